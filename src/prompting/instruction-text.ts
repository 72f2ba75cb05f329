import { describeFailure } from '../core/failure.ts'
import type { PromptAttempt, PromptInstruction, PromptMeta, PromptProblem } from './context.ts'
import { valuesText } from './scores-text.ts'
import { inline } from './untrusted.ts'

const summaryLimit = 200
const failureLimit = 300

/** An instruction with its record, on one line. */
export function instructionText(instruction: PromptInstruction, { objectives }: PromptProblem): string {
  const { wordings, uses, improved, meanGain } = instruction
  const words = wordings.map((wording) => inline(wording, 2000)).join(' or ')
  if (uses === 0) return `${words}: not judged yet`
  const gain =
    meanGain === undefined
      ? ''
      : `, mean gain ${String(Number(meanGain.toPrecision(6)))} in ${objectives[0]?.name ?? 'score'} (positive is better)`
  return `${words}: ${String(improved)} of ${String(uses)} children better than their parent${gain}`
}

/** A child that an instruction led to, and what became of it. */
export function outcomeOfInstruction({ summary, outcome }: PromptAttempt, { objectives }: PromptProblem): string {
  const change = summary.trim() === '' ? 'a reply' : inline(summary, summaryLimit)
  const result = outcome.ok
    ? `no better, ${valuesText(objectives, outcome.objectives)}`
    : `failed, ${inline(describeFailure(outcome.failure), failureLimit)}`
  return `- ${change}: ${result}`
}

/** How a better instruction is answered. This is what the reader reads, so templates can place it but not reword it. */
export function instructionFormat({ limit }: PromptMeta): string {
  return `Answer with one JSON object and nothing else:

\`\`\`json
{
  "instruction": "Find the step that loses most and replace it by one that cannot lose.",
  "reason": "The failures show that many changes touch what works already."
}
\`\`\`

- \`instruction\` is one paragraph of at most ${String(limit)} characters. It is put in the place of the present one, word for word.
- It says what kind of change to look for and how to think about it, for any program of this search. It names no line of a particular program.
- It does not speak of the form of replies, of markers or of limits: they stand elsewhere in the prompt and cannot change.
- \`reason\` says in one sentence why it should bring better children more often.`
}

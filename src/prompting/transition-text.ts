import { describeFailure } from '../core/failure.ts'
import type { LineChange } from '../core/program.ts'
import type { PromptContext, PromptTransition } from './context.ts'
import { changeText } from './scores-text.ts'
import { fenced, inline } from './untrusted.ts'

/** Characters of changed lines shown; a rewrite of a long program is told by its beginning. */
const mostCharacters = 12_000

/** The changed stretches of a program, before and after. */
export function changedLinesText({ hunks }: PromptTransition, language: string): string {
  const shown: string[] = []
  let room = mostCharacters
  for (const hunk of hunks) {
    const text = stretchText(hunk, language)
    if (text.length > room && shown.length > 0) break
    shown.push(text.length > room ? `${text.slice(0, room)}\n[... cut]` : text)
    room -= text.length
  }
  const left = hunks.length - shown.length
  if (left > 0) shown.push(`[... ${String(left)} more changed ${left === 1 ? 'stretch' : 'stretches'} left out]`)
  return shown.join('\n\n')
}

function stretchText({ line, removed, added }: LineChange, language: string): string {
  if (removed === '') return `Before line ${String(line)} these lines were added:\n\n${fenced(added, language)}`
  if (added === '') return `At line ${String(line)} these lines were removed:\n\n${fenced(removed, language)}`
  return `At line ${String(line)} these lines:\n\n${fenced(removed, language)}\n\nbecame:\n\n${fenced(added, language)}`
}

/** What the change did to every objective, or how the program failed. */
export function outcomeText({ outcome }: PromptTransition, { problem, parent }: PromptContext): string {
  if (!outcome.ok) return `The program failed: ${inline(describeFailure(outcome.failure), 1000)}`
  const gained = changeText(problem.objectives, parent.objectives, outcome.objectives)
  const said = outcome.feedback?.trim() ?? ''
  return said === '' ? gained : `${gained}\n\nThe evaluator said:\n\n${fenced(said.slice(0, 4000), 'text')}`
}

/** How lessons are answered. This is what the parser reads, so templates can place it but not reword it. */
export const lessonFormat = `Answer with one JSON object and nothing else:

\`\`\`json
{
  "lessons": [
    {
      "kind": "imitate",
      "condition": "the inner loop visits every pair",
      "explanation": "Sorting once lets the loop stop early; the time saved pays for twice as many rounds.",
      "anchor": "items.sort((a, b) => a.x - b.x)",
      "applies": { "contains": "for (const", "lacks": "sort(", "above": null, "below": null, "operator": null }
    }
  ],
  "refinements": []
}
\`\`\`

- One to three lessons; none when the step teaches nothing. \`kind\` is one of: imitate (do the same elsewhere), avoid (do not do this), generalise (a rule that holds beyond this program), explore (a direction worth going further in), refine (promising, but not yet right).
- \`condition\` says in words when the lesson holds. \`explanation\` says why, in at most 40 words, about the cause and not about the numbers.
- \`anchor\` is a verbatim quote from the changed lines, the shortest that shows what you mean. A lesson without a true quote is thrown away.
- \`applies\` is optional and narrows the lesson by what a machine can check about the program to be changed: text its source contains or lacks, a score above or below a number.
- \`refinements\` is for the advice with a mixed record, if there is any above: \`{ "id": 7, "condition": "...", "applies": { ... } }\` with a condition that tells the cases in which it helps from those in which it hurts. Leave it empty otherwise.`

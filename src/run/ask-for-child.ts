import type { CandidateFailure, FailureKind } from '../core/failure.ts'
import type { Program } from '../core/program.ts'
import type { Unfinished } from '../store/run-store.ts'
import type { StoredReply } from '../store/stored-reply.ts'
import type { ModelOperator, Variation } from '../variation/operator.ts'
import { asksConditions, checkedInsights } from './check-conditions.ts'
import type { Checked } from './check-conditions.ts'
import type { RunParts } from './parts.ts'
import { insightsOnTrial } from './trial.ts'

/** What a model operator's child is made from. */
export interface ChildRequest {
  readonly start: Unfinished
  readonly parent: Program
  readonly inspirations: readonly Program[]
  readonly seed: string
}

/** Failures that the model can mend when it is told exactly what went wrong. */
const mendable: readonly FailureKind[] = [
  'no-edit-found',
  'search-missed',
  'search-ambiguous',
  'outside-evolve-block',
  'unchanged',
]

/**
 * Gets a child from a model: prompt, reply, and one repair turn when the reply cannot be applied.
 *
 * A prompt or reply that an earlier process stored is used as it is. Without budget for the repair turn the first
 * failure stands; without budget for the first reply there is no answer at all.
 */
export async function askForChild(
  parts: RunParts,
  operator: ModelOperator,
  request: ChildRequest,
  signal: AbortSignal,
): Promise<Variation | 'no-budget'> {
  const { start } = request
  const { language } = parts.problem.program
  let attempts = start.attempts
  let reply = start.reply
  if (reply === undefined) {
    // Without conditions to check nothing is awaited: the prompt is stored in the same breath as the selection.
    const checked = asksConditions(parts, start)
      ? await checkedInsights(parts, start, request.parent, signal)
      : undefined
    const answer = await parts.ask(firstQuestion(parts, operator, request, checked), signal)
    if (answer.ok === 'no-budget') return 'no-budget'
    if (!answer.ok) return answer
    reply = { ...answer, purpose: 'propose' }
    attempts = answer.attempt
  }
  const variation = applied(operator, reply, request, language)
  if (variation.ok || reply.purpose === 'repair' || !mendable.includes(variation.failure.kind)) return variation
  if (parts.recorded?.repaired(start.ordinal) === false) return variation
  const mended = await parts.ask(repairQuestion(parts, operator, request, attempts, reply, variation.failure), signal)
  return mended.ok === true ? applied(operator, { ...mended, purpose: 'repair' }, request, language) : variation
}

function firstQuestion(
  parts: RunParts,
  operator: ModelOperator,
  { start, parent, inspirations }: ChildRequest,
  checked: Checked | undefined,
) {
  const { ordinal, island, trial, seen } = start
  const attempts = checked?.attempts ?? start.attempts
  let { prompt } = start
  if (prompt === undefined) {
    const insights = trial === undefined ? checked?.insights : insightsOnTrial(parts, trial)
    const built = parts.buildPrompt({
      operator,
      ordinal,
      island,
      parent,
      inspirations,
      repair: undefined,
      insights,
      seen,
    })
    prompt = built.prompt
    parts.store.prompt(ordinal, prompt, built.insights, built.instruction)
  }
  return { ordinal, attempt: attempts + 1, purpose: 'propose', model: start.model ?? '', prompt } as const
}

function repairQuestion(
  parts: RunParts,
  operator: ModelOperator,
  { start, parent, inspirations }: ChildRequest,
  attempts: number,
  reply: StoredReply,
  failure: CandidateFailure,
) {
  const { ordinal, island } = start
  const repair = { failure, reply: reply.text }
  const { prompt } = parts.buildPrompt({ operator, ordinal, island, parent, inspirations, repair })
  const model = parts.problem.llm.repair?.name ?? start.model ?? ''
  return { ordinal, attempt: attempts + 1, purpose: 'repair', model, prompt } as const
}

function applied(operator: ModelOperator, reply: StoredReply, request: ChildRequest, language: string): Variation {
  const { start, parent, inspirations, seed } = request
  if (reply.finish === 'refusal') {
    const message = `${start.model ?? 'the model'} declined: ${reply.text.slice(0, 200)}`
    return { ok: false, failure: { kind: 'refused', message } }
  }
  return operator.apply(reply.text, { parent, inspirations, seed, language })
}

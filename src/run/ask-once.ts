import type { Prompt } from '../core/prompt.ts'
import type { StageAnswer } from '../pipeline/stage.ts'
import type { RunStore } from '../store/run-store.ts'
import type { Question, RunParts } from './parts.ts'

/** A question about a candidate that is asked through the ledger once, whichever process gets the reply. */
export interface OnceQuestion extends Pick<Question, 'ordinal' | 'purpose'> {
  /** Name of a configured model; without one only a stored reply can answer. */
  readonly model: string | undefined
  /** What the ledger calls it. */
  readonly question: string
  /** Built only when it has to be asked. */
  readonly prompt: () => Prompt
  /** What a budget without room had none for. */
  readonly what: string
}

/**
 * Asks a model, unless the reply to the same question about the candidate is stored already. A call that brought no reply
 * and a budget without room are answers, not errors.
 */
export async function askOnce(
  { store, ask }: { readonly store: Pick<RunStore, 'asked'>; readonly ask: RunParts['ask'] },
  { ordinal, purpose, model, question, prompt, what }: OnceQuestion,
  signal: AbortSignal,
): Promise<StageAnswer> {
  const { attempts, reply } = store.asked(ordinal, question)
  if (reply !== undefined) return { ok: true, text: reply.text }
  if (model === undefined) return { ok: false, reason: 'there is no model to ask' }
  const answer = await ask({ ordinal, attempt: attempts + 1, purpose, model, prompt: prompt(), question }, signal)
  if (answer.ok === 'no-budget') return { ok: false, reason: `the budget had no room for ${what}` }
  return answer.ok ? { ok: true, text: answer.text } : { ok: false, reason: answer.failure.message }
}

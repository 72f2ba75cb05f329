import type { Problem } from '../config/problem.ts'
import type { StageServices } from '../pipeline/stage.ts'
import type { RunStore } from '../store/run-store.ts'
import { askOnce } from './ask-once.ts'
import type { RunParts } from './parts.ts'

/** What stages ask through. */
export interface StageAsking {
  readonly problem: Pick<Problem, 'llm'>
  readonly store: Pick<RunStore, 'asked'>
  readonly ask: RunParts['ask']
  /** Hexadecimal hash of a text. */
  readonly hash: (text: string) => string
}

/**
 * Lets the stages of a run ask its models: within the budget, on the ledger, and for each candidate never the same question
 * twice, whichever process got the reply.
 *
 * A call that brought no reply, a budget without room and a run without models are answers, not errors: the stage says what
 * becomes of it.
 */
export function stageAsker({ problem, store, ask, hash }: StageAsking): StageServices['ask'] {
  return ({ stage, model, prompt, purpose = 'review' }, ordinal, signal) => {
    const { models } = problem.llm
    const name = (models.find((each) => each.name === model) ?? models[0])?.name
    if (name === undefined) return Promise.resolve({ ok: false, reason: 'there is no language model' })
    const question = hash(JSON.stringify([stage, prompt.system, prompt.user]))
    const once = { ordinal, purpose, model: name, question, prompt: () => prompt, what: 'the question' }
    return askOnce({ store, ask }, once, signal)
  }
}

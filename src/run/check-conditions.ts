import type { KnownInsight } from '../core/insight.ts'
import type { Program } from '../core/program.ts'
import { conditionsThatFail } from '../insights/condition-answer.ts'
import type { Unfinished } from '../store/run-store.ts'
import { analysisModel } from './learn.ts'
import type { RunParts } from './parts.ts'

/** The insights that a prompt tells, and how many calls were opened for its candidate so far. */
export interface Checked {
  readonly insights: readonly KnownInsight[]
  readonly attempts: number
}

/** Whether conditions are checked before a candidate is asked for: not once its prompt is written, nor in a trial. */
export function asksConditions({ conditions }: RunParts, { prompt, trial }: Unfinished): boolean {
  return conditions !== undefined && prompt === undefined && trial === undefined
}

/**
 * Chooses for a candidate's first prompt those insights of the short list whose condition in words holds for the parent,
 * as the analysis model says.
 *
 * An answer that an earlier process paid for is read, not asked for again. Without short list nothing is asked; without
 * budget or answer the short list stands.
 */
export async function checkedInsights(
  parts: RunParts,
  start: Unfinished,
  parent: Program,
  signal: AbortSignal,
): Promise<Checked | undefined> {
  const { conditions, problem, store } = parts
  const { ordinal, operator, attempts } = start
  if (conditions === undefined) return undefined
  const listed = conditions.shortList(parent, ordinal, operator)
  const holding = (reply: string): readonly KnownInsight[] => {
    const failing = conditionsThatFail(reply)
    return listed.filter(({ id }) => !failing.has(id)).slice(0, problem.memory.insights)
  }
  if (start.check !== undefined) return { insights: holding(start.check.text), attempts }
  const model = analysisModel(problem)
  if (listed.length === 0 || model === undefined) return { insights: holding(''), attempts }
  const prompt = conditions.question(parent, ordinal, listed)
  const answer = await parts.ask({ ordinal, attempt: attempts + 1, purpose: 'analysis', model, prompt }, signal)
  if (answer.ok === true) return { insights: holding(answer.text), attempts: answer.attempt }
  // Attempts that failed have used up numbers of their own.
  const now = store.unfinished().find((candidate) => candidate.ordinal === ordinal)
  return { insights: holding(''), attempts: now?.attempts ?? attempts }
}

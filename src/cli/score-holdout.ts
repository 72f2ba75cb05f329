import { textHash } from '../compose/hashes.ts'
import type { Evaluating } from '../compose/evaluating.ts'
import type { Problem } from '../config/problem.ts'
import { rawOf } from '../core/objective.ts'
import { systemClock } from '../core/system-clock.ts'
import type { HeldOut } from '../report/holdout-text.ts'
import { scoreHoldout } from '../run/holdout.ts'
import type { HoldoutScore } from '../store/holdout-store.ts'
import type { RunStore } from '../store/run-store.ts'
import type { Io } from './io.ts'

/** First program and best ones on the hold-out. */
export interface HeldOutPrograms {
  readonly first: HeldOut
  readonly best: readonly HeldOut[]
}

/**
 * Scores a run that has ended on its hold-out, if the problem has one and the run a program.
 *
 * @returns `undefined` without a hold-out, or when Ctrl+C cut it short: what was scored is kept.
 */
export async function scoreOnHoldout(
  io: Io,
  problem: Problem,
  store: RunStore,
  evaluating: Evaluating,
): Promise<HeldOutPrograms | undefined> {
  const { holdout, objectives } = problem
  if (holdout === undefined || store.evaluation(0) === undefined) return undefined
  const stop = new AbortController()
  const unregister = io.onInterrupt(() => stop.abort())
  const judge = await evaluating.holdout(store.holdout.level())
  try {
    const { first, best } = await scoreHoldout({
      ...{ store, objectives, clock: systemClock, signal: stop.signal },
      programs: holdout.programs,
      key: textHash(judge.identity),
      judge: (source, signal) => judge.judge(source, signal),
    })
    const told = ({ ordinal, outcome }: HoldoutScore): HeldOut =>
      outcome.ok ? { ordinal, value: rawOf(objectives, outcome.fitness) } : { ordinal, failure: outcome.failure }
    return { first: told(first), best: best.map(told) }
  } catch (error) {
    if (stop.signal.aborted) return undefined
    throw error
  } finally {
    unregister()
    await judge.close()
  }
}

import type { Clock } from '../core/clock.ts'
import { EvaluatorFault } from '../core/errors.ts'
import type { Objective } from '../core/objective.ts'
import { fitnessOf } from '../core/objective.ts'
import type { ScoreOutcome } from '../evaluation/trusted-pool.ts'
import type { HoldoutOutcome, HoldoutScore } from '../store/holdout-store.ts'
import type { RunStore } from '../store/run-store.ts'

/** What scoring the hold-out needs. */
export interface HoldoutParts {
  readonly store: Pick<RunStore, 'program'> & Pick<RunStore, 'holdout'>
  readonly objectives: readonly Objective[]
  /** Best programs to score beside the first one. */
  readonly programs: number
  /** Hash of everything that the scores depend on beside the program. */
  readonly key: string
  readonly judge: (source: string, signal: AbortSignal) => Promise<ScoreOutcome>
  readonly clock: Clock
  readonly signal: AbortSignal
}

/** What the hold-out says about a run: its first program, and its best ones, the best of the search first. */
export interface HoldoutVerdict {
  readonly first: HoldoutScore
  readonly best: readonly HoldoutScore[]
}

/**
 * Scores the first program and the best ones on the inputs that the search never saw.
 *
 * Which programs are scored is decided by the search alone. Each score is on disk before the next program is run; one
 * that is there already under the same key is taken as it is.
 */
export async function scoreHoldout(parts: HoldoutParts): Promise<HoldoutVerdict> {
  const { store, programs } = parts
  const first = await scoreOf(parts, 0)
  const best: HoldoutScore[] = []
  for (const ordinal of store.holdout.best(programs)) best.push(ordinal === 0 ? first : await scoreOf(parts, ordinal))
  return { first, best }
}

async function scoreOf(parts: HoldoutParts, ordinal: number): Promise<HoldoutScore> {
  const { store, key, clock } = parts
  const known = store.holdout.scores().find((score) => score.ordinal === ordinal && score.key === key)
  if (known !== undefined) return known
  const score = { ordinal, key, outcome: await outcomeOf(parts, store.program(ordinal).source) }
  // A breakage of the evaluator says nothing about the program: it is told, and tried again next time.
  if (score.outcome.ok || score.outcome.failure.kind !== 'evaluator-threw') store.holdout.record(score, clock.now())
  return score
}

async function outcomeOf({ judge, signal, objectives }: HoldoutParts, source: string): Promise<HoldoutOutcome> {
  try {
    const outcome = await judge(source, signal)
    if (!outcome.ok) return outcome
    const { scored } = outcome
    return {
      ok: true,
      objectives: scored.objectives,
      fitness: fitnessOf(objectives, scored.objectives),
      scores: scored.scores,
    }
  } catch (error) {
    if (!(error instanceof EvaluatorFault)) throw error
    return { ok: false, failure: { kind: 'evaluator-threw', message: error.message } }
  }
}

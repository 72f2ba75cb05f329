import type { CandidateFailure } from '../core/failure.ts'
import type { ObjectiveValues } from '../core/objective.ts'

/** What a program was worth on the hold-out, or why it has no score there. */
export type HoldoutOutcome =
  | {
      readonly ok: true
      readonly objectives: ObjectiveValues
      /** Higher is better. */
      readonly fitness: number
      /** One number per case, if the evaluator gives any. */
      readonly scores: Readonly<Record<string, number>>
    }
  | { readonly ok: false; readonly failure: CandidateFailure }

/** One program's outcome, with the hash of what it was judged by. */
export interface HoldoutScore {
  readonly ordinal: number
  /** Hash of the evaluator, the cases and the limits: a score under another key is out of date. */
  readonly key: string
  readonly outcome: HoldoutOutcome
}

/**
 * Scores of the hold-out, apart from everything that the search reads. Written once a run has ended; a later score of a
 * program replaces the one before.
 */
export interface HoldoutStore {
  /** Ordinals of the best placed programs, the best one first; of equal ones the oldest. */
  best(count: number): readonly number[]
  /** In order of ordinals. */
  scores(): readonly HoldoutScore[]
  record(score: HoldoutScore, now: number): void
  /** Level of the curriculum that the best programs are from; 1 without one. */
  level(): number
}

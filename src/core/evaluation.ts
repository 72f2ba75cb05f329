import type { CandidateFailure } from './failure.ts'
import type { Json } from './json.ts'
import type { ObjectiveValues } from './objective.ts'

/** One call of the candidate's entry that the evaluator asks for. */
export interface Case {
  readonly id: string
  /** Arguments of the call, copied into the candidate's process. */
  readonly args: readonly Json[]
}

/** Which inputs are drawn: those of the search, those kept for the end, or those on which programs are timed. */
export type Split = 'search' | 'holdout' | 'timing'

/** What came of one case: plain data, or why there is none. `ms` is wall time inside the candidate's process. */
export type CaseResult =
  | { readonly id: string; readonly ok: true; readonly value: Json; readonly ms: number }
  | { readonly id: string; readonly ok: false; readonly failure: CandidateFailure; readonly ms: number }

/** A valid score. Every number in it is finite. */
export interface Scored {
  readonly objectives: ObjectiveValues
  /** Behaviour values by descriptor name. */
  readonly descriptors: Readonly<Record<string, number>>
  /** One number per case, higher or lower as the first objective says; empty when the evaluator gives none. */
  readonly scores: Readonly<Record<string, number>>
  /** What the evaluator says to the author of the next version. */
  readonly feedback: string | undefined
  readonly artifacts: Readonly<Record<string, Json>>
}

/** A finished evaluation. */
export interface Evaluation extends Scored {
  /** Higher is better; from {@link fitnessOf}. */
  readonly fitness: number
}

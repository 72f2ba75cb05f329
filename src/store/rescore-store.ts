import type { Evaluation } from '../core/evaluation.ts'
import type { CandidateFailure } from '../core/failure.ts'
import type { Placement } from '../core/placement.ts'
import type { EndedStage, StageOutcome } from '../pipeline/stage.ts'

/** What the run is judged by from now on. */
export interface RescoreIdentity {
  /** SHA-256 of the evaluator's own files. */
  readonly evaluatorHash: string
  /** The effective configuration as YAML. */
  readonly config: string
}

/** The new verdict on one program. */
export type Rescored =
  { readonly ok: true; readonly evaluation: Evaluation } | { readonly ok: false; readonly failure: CandidateFailure }

/** A program that has been through the pipeline. */
export interface EvaluatedProgram {
  readonly ordinal: number
  readonly island: number
  /** Level of the curriculum, from 1. */
  readonly level: number
}

/**
 * The part of a run's store that scores finished programs again. Everything is on disk when a method returns; a rescore
 * that is killed finds, when it begins again, what it had computed. Until {@link RescoreStore.adopt} the run is
 * what it was.
 */
export interface RescoreStore {
  /** Opens the next pass. Returns its number, from 1. */
  beginPass(identity: RescoreIdentity, now: number): number
  /** Programs that have ended and were evaluated, in order of creation. */
  evaluated(): readonly EvaluatedProgram[]
  /**
   * The result that a program's own stage has under a key, in any pass; `not-kept` when the stage ended well but its
   * data was not stored.
   */
  ownResult(ordinal: number, key: string): StageOutcome | 'not-kept' | undefined
  recordPass(pass: number, ordinal: number, runs: readonly EndedStage[]): void
  /** Writes the new verdict beside the old ones. */
  score(pass: number, ordinal: number, rescored: Rescored): void
  /**
   * Makes the pass the one that counts, in one transaction: scores, failures, placements and what the run is judged by.
   * What counted before stays readable.
   *
   * @param placements - All of them, in the order decided, each with the candidate whose commit it belongs to.
   */
  adopt(pass: number, placements: readonly (Placement & { readonly committedBy: number })[], now: number): void
}

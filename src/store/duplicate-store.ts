import type { ComparedWith, Departure, Rejection } from '../core/rejection.ts'

/** The part of a run's store that knows which candidates were taken for earlier ones. Every method is one transaction. */
export interface DuplicateStore {
  /** Writes down the fingerprint of a candidate; see `StageServices.claim`. */
  claim(scope: string, fingerprint: string, ordinal: number, among: ComparedWith): number | undefined
  /** Writes down that a check takes a candidate for an earlier one. The same stage again changes nothing. */
  reject(rejection: Rejection): void
  /** How the way from an ancestor to a candidate left it; `undefined` for its parent, and for what is no ancestor. */
  departure(ancestor: number, ordinal: number): Departure | undefined
  /** What a program removed from its parent, stretch by stretch, each line ended by a line feed. */
  removed(ordinal: number): readonly string[]
  /**
   * The stored vectors of scored programs that were committed after the `after`-th commit, in the order of commits.
   *
   * @param model - Name of the model that made them.
   */
  vectors(model: string, after: number): readonly StoredVector[]
  /** Where a candidate is to be born, on which level, and how many commits its selection took into account. */
  standing(ordinal: number): { readonly island: number; readonly seen: number; readonly level: number }
}

/** A program's vector as the ledger has it. */
export interface StoredVector {
  readonly ordinal: number
  readonly island: number
  /** Level of the curriculum, from 1. */
  readonly level: number
  /** Which commit of the run the program is; 0 for the first program. */
  readonly finished: number
  /** The reply of the call. */
  readonly text: string
}

import type { DuplicateCheck } from './failure.ts'

/** A candidate that a check takes for an earlier one. */
export interface Rejection {
  readonly ordinal: number
  /** Name of the stage. */
  readonly stage: string
  readonly check: DuplicateCheck
  /** The earlier program. */
  readonly twin: number
  /** Cosine of the angle between the vectors of the two; only where vectors are compared. */
  readonly similarity?: number | undefined
  /** Whether it is evaluated all the same, to find out if the check was right. */
  readonly audited: boolean
}

/** The program whose vector is nearest to a candidate's. */
export interface Neighbour {
  readonly ordinal: number
  /** Cosine of the angle between the two vectors, -1 to 1. */
  readonly similarity: number
  readonly source: string
}

/** How the way from an ancestor to a candidate left the ancestor. */
export interface Departure {
  /** The ancestor's child on that way. */
  readonly by: number
  /** Its gain in fitness over the ancestor, positive is better; `undefined` when one of them has no score. */
  readonly gain: number | undefined
}

/**
 * Programs that a candidate is compared with: those committed before it was selected, or its ancestors. Both are the same
 * whatever finishes first, so that a run can be carried out again.
 */
export type ComparedWith = 'committed' | 'ancestors'

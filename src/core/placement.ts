/** A program that owns a cell. */
export interface Elite {
  readonly ordinal: number
  readonly fitness: number
}

/**
 * What the archive decided about a program: it is the first of its cell, it made its cell better (by displacing a
 * member, or by taking a free place beside others), or it was turned away. Ties keep the first owner.
 */
export type PlacementDecision = 'new-cell' | 'improved' | 'rejected'

/**
 * How a program came to an island. `founding`: the island is emptied, or created when it is the next one, and this
 * program is all it starts from.
 */
export type PlacementVia = 'birth' | 'migration' | 'founding'

/** One decision of the archive; the archive is the fold of these in order of `seq`. */
export interface Placement {
  readonly ordinal: number
  readonly island: number
  /** Bin index per axis, joined by `,`; or `c` and the number of a centroid. */
  readonly cell: string
  readonly decision: PlacementDecision
  readonly fitness: number
  /** The member that had to leave; of several the best. */
  readonly displaced: number | undefined
  /** The other members that had to leave; absent when there are none. */
  readonly alsoDisplaced?: readonly number[]
  readonly via: PlacementVia
  /** Axes whose value lay outside the range and was moved to the edge bin. */
  readonly clamped: readonly string[]
  /**
   * The objectives in their declared order, each oriented so that higher is better; absent where cells keep the best by
   * fitness alone.
   */
  readonly vector?: readonly number[]
  /** Level of the curriculum on which its fitness was measured, from 1; absent for the first. A higher one than before empties the archive. */
  readonly level?: number
}

/** A program that owns a cell. */
export interface Elite {
  readonly ordinal: number
  readonly fitness: number
}

/** What the archive decided about a program. Ties keep the first owner, so an equal program is rejected. */
export type PlacementDecision = 'new-cell' | 'improved' | 'rejected'

/** How a program came to an island. */
export type PlacementVia = 'birth' | 'migration'

/** One decision of the archive; the archive is the fold of these in order of `seq`. */
export interface Placement {
  readonly ordinal: number
  readonly island: number
  /** Bin index per axis, joined by `,`. */
  readonly cell: string
  readonly decision: PlacementDecision
  readonly fitness: number
  /** The owner that had to leave. */
  readonly displaced: number | undefined
  readonly via: PlacementVia
  /** Axes whose value lay outside the range and was moved to the edge bin. */
  readonly clamped: readonly string[]
}

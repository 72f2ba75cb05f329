import type { Point } from './point.ts'

/** How two convex polygons lie to each other along the axis that tells them apart best. */
export interface Separation {
  /** Length of the gap, below 0 for an overlap: the least shift that would part the two. */
  readonly gap: number
  /** Unit vector from the first to the second along which the gap is measured. */
  readonly axis: Point
}

/**
 * The widest gap between two convex polygons over the normals of all their edges, in floating point.
 *
 * A gap of 0 or more means no common inner point. Between polygons that are apart the gap is a lower bound of their
 * distance; for overlapping ones its size is the least shift that parts them.
 *
 * @param first - Corners counter-clockwise, three or more, not all on one line.
 * @param second - As `first`.
 * @see Gottschalk, Lin and Manocha 1996, "OBBTree", https://doi.org/10.1145/237170.237244.
 */
export function separation(first: readonly Point[], second: readonly Point[]): Separation {
  let best: Separation = { gap: -Infinity, axis: [1, 0] }
  for (const [polygon, other, side] of [
    [first, second, 1],
    [second, first, -1],
  ] as const) {
    for (const [index, [x, y]] of polygon.entries()) {
      const [nextX, nextY] = polygon[(index + 1) % polygon.length] as Point
      const length = Math.hypot(nextX - x, nextY - y)
      if (length === 0) continue
      // The outer normal of an edge of a counter-clockwise polygon.
      const [nx, ny] = [(nextY - y) / length, (x - nextX) / length]
      const gap = Math.min(...other.map(([px, py]) => (px - x) * nx + (py - y) * ny))
      if (gap > best.gap) best = { gap, axis: [side * nx, side * ny] }
    }
  }
  return best
}

/** Centre x, centre y, radius. */
export type Circle = readonly [x: number, y: number, radius: number]

/** Standard deviation over mean of the radii: 0 when all circles are equal. Their sum must not be 0. */
export function radiusSpread(circles: readonly Circle[]): number {
  const mean = circles.reduce((sum, [, , radius]) => sum + radius, 0) / circles.length
  const variance = circles.reduce((sum, [, , radius]) => sum + (radius / mean - 1) ** 2, 0) / circles.length
  return Math.sqrt(variance)
}

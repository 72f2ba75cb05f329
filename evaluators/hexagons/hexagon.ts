import type { Point } from '../grading/point.ts'

/** A regular hexagon of side 1: centre and the direction of one corner in degrees. */
export type Hexagon = readonly [x: number, y: number, degrees: number]

/** Directions of the corners (or of the normals) of a hexagon repeat after this many degrees. */
export const turn = 60

/** Distance from the centre of a hexagon of side 1 to its sides. */
export const apothem = Math.sqrt(3) / 2

/** The corners of a hexagon, counter-clockwise. */
export function cornersOf([x, y, degrees]: Hexagon): readonly Point[] {
  return Array.from({ length: 6 }, (_, index): Point => {
    const angle = ((degrees + turn * index) * Math.PI) / 180
    return [x + Math.cos(angle), y + Math.sin(angle)]
  })
}

/**
 * How far two hexagons reach towards each other beside their distance: below 1 they overlap, at 1 they touch.
 *
 * The largest, over the normals of both, of the distance of the centres along the normal over what the two take up
 * there. Moving the centres apart by a factor multiplies it by that factor.
 */
export function clearanceRatio(first: Hexagon, second: Hexagon): number {
  const [dx, dy] = [second[0] - first[0], second[1] - first[1]]
  let best = 0
  for (const own of [first[2], second[2]]) {
    for (let side = 0; side < 3; side++) {
      const normal = own + turn / 2 + turn * side
      const angle = (normal * Math.PI) / 180
      const apart = Math.abs(dx * Math.cos(angle) + dy * Math.sin(angle))
      const reach = reachAlong(first[2], normal) + reachAlong(second[2], normal)
      best = Math.max(best, apart / reach)
    }
  }
  return best
}

/** How far a hexagon reaches from its centre along a direction, both in degrees. */
function reachAlong(corner: number, direction: number): number {
  const from = (((direction - corner) % turn) + turn) % turn
  return Math.cos((Math.min(from, turn - from) * Math.PI) / 180)
}

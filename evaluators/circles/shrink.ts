import { nextDown, sumRoundedDown } from '../grading/double.ts'
import { pairsOf } from '../grading/point.ts'
import type { Circle } from './circle.ts'
import { areDisjoint, isInside } from './exact.ts'

/** What the circles must stay inside, besides out of each other. */
export type Walls = 'unit square' | 'none'

/** A packing that is valid in exact arithmetic, and what it took to get there. */
export interface Packing {
  readonly circles: readonly Circle[]
  /** Sum of the valid radii, rounded down. */
  readonly total: number
  /** Sum of the radii as returned. */
  readonly raw: number
  /** What every radius was multiplied by; 1 when the circles were valid as returned. */
  readonly factor: number
  /** The pair or wall that asked for the strongest shrinking, in words; absent when nothing did. */
  readonly worst: string | undefined
}

/** Something two circles, or a circle and a wall, ask of the common factor. */
interface Bound {
  /** The largest factor it allows, up to rounding. */
  readonly factor: number
  /** Overlap of the circles as returned. */
  readonly overlap: number
  readonly first: number
  /** The other circle, or a wall. */
  readonly second: number | 'left' | 'right' | 'lower' | 'upper'
}

/** What is smaller is a rounding residue or a point that passes for a circle. */
const leastRadius = 1e-12

/**
 * Shrinks all radii by the largest common factor up to 1 at which no two circles overlap and none leaves the walls.
 *
 * One factor for all is the repair that gives nothing away: a packing without overlap keeps its radii to the last bit,
 * turning or mirroring it changes nothing, and an overlap is paid for by every circle.
 *
 * @param returned - Finite; centres inside the walls, radii from 0 up. Radii below 1e-12 count as 0.
 */
export function shrink(returned: readonly Circle[], walls: Walls): Packing {
  const circles = returned.map(([x, y, radius]): Circle => [x, y, radius < leastRadius ? 0 : radius])
  const raw = sumRoundedDown(returned.map(([, , radius]) => radius))
  const bounds = boundsOf(circles, walls)
  const worst = bounds.reduce<Bound | undefined>(
    (least, each) => (least && least.factor <= each.factor ? least : each),
    undefined,
  )
  const start = Math.min(1, worst?.factor ?? 1)
  const tight = bounds.filter((each) => each.factor <= start * (1 + 10 * margin))
  const { factor, circles: shrunk } = largestValid(circles, tight, start)
  const total = sumRoundedDown(shrunk.map(([, , radius]) => radius))
  const blamed = factor < 1 && worst !== undefined ? inWords(worst) : undefined
  return { circles: shrunk, total, raw, factor, worst: blamed }
}

/**
 * Steps down from a factor that is right up to rounding until exact arithmetic agrees with every bound.
 *
 * Rounding is monotone: a smaller factor never breaks a bound that a larger one keeps, so what is comfortably far from
 * its bound at the start needs no second look.
 */
function largestValid(circles: readonly Circle[], bounds: readonly Bound[], start: number) {
  for (let factor = start, step = 2 ** -53; ; step *= 2) {
    const shrunk = circles.map(([x, y, radius]): Circle => [x, y, radius * factor])
    if (bounds.every((bound) => isKept(bound, shrunk))) return { factor, circles: shrunk }
    factor = Math.max(0, Math.min(nextDown(factor), factor * (1 - step)))
  }
}

function isKept({ first, second }: Bound, circles: readonly Circle[]): boolean {
  const circle = circles[first] as Circle
  return typeof second === 'number' ? areDisjoint(circle, circles[second] as Circle) : isInside(circle)
}

/** Relative; some 50 times the rounding error of the comparisons it guards. */
const margin = 1e-14

/** Every pair and wall that the circles as returned come near, touch or break. Nothing else can need shrinking. */
function boundsOf(circles: readonly Circle[], walls: Walls): Bound[] {
  const bounds = walls === 'none' ? [] : wallBounds(circles)
  for (const [first, second] of pairsOf(circles.length)) {
    const [one, other] = [circles[first] as Circle, circles[second] as Circle]
    const [dx, dy, reach] = [one[0] - other[0], one[1] - other[1], one[2] + other[2]]
    if (dx * dx + dy * dy > reach * reach * (1 + margin)) continue
    const distance = Math.hypot(dx, dy)
    bounds.push({ factor: reach === 0 ? 1 : distance / reach, overlap: reach - distance, first, second })
  }
  return bounds
}

function wallBounds(circles: readonly Circle[]): Bound[] {
  const bounds: Bound[] = []
  for (const [first, [x, y, radius]] of circles.entries()) {
    for (const [second, room] of [
      ['left', x],
      ['right', 1 - x],
      ['lower', y],
      ['upper', 1 - y],
    ] as const) {
      if (room > radius * (1 + margin)) continue
      bounds.push({ factor: radius === 0 ? 1 : room / radius, overlap: radius - room, first, second })
    }
  }
  return bounds
}

function inWords({ first, second, overlap }: Bound): string {
  // An overlap that only exact arithmetic sees is 0 here.
  const by = overlap > 0 ? overlap.toPrecision(2) : 'less than 1e-16'
  return typeof second === 'number'
    ? `circles ${first} and ${second} overlap by ${by}`
    : `circle ${first} crosses the ${second} wall by ${by}`
}

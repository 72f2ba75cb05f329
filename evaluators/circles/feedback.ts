import type { Circle } from './circle.ts'
import type { Packing } from './shrink.ts'

/** Circles with less room than this are taken to touch something, in sides of the square. */
const contact = 1e-6

/** A rectangle with sides along the axes. */
export interface Box {
  readonly left: number
  readonly right: number
  readonly lower: number
  readonly upper: number
}

/** The unit square. */
export const unitBox: Box = { left: 0, right: 1, lower: 0, upper: 1 }

/**
 * What to tell the author of the next packing: what was wrong, which circles could grow, where a hole is.
 *
 * @param box - What the circles must not leave.
 */
export function describePacking(packing: Packing, box: Box): string {
  const { circles, raw, factor, worst } = packing
  const repaired =
    worst === undefined
      ? 'The packing is valid as returned.'
      : `${sentence(worst)}: all radii were multiplied by ${factorText(factor)}, which took ${rounded(raw - packing.total, 3)} off the sum.`
  return [repaired, growthOf(circles, box), holeIn(circles, box), smallestOf(circles)].join(' ')
}

function growthOf(circles: readonly Circle[], box: Box): string {
  const rooms = circles.map((_, index) => ({ index, room: roomOf(circles, index, box) }))
  const loose = rooms.filter(({ room }) => room > contact).sort((left, right) => right.room - left.room)
  if (loose.length === 0) return 'Every circle touches a neighbour or a wall, so only moving centres can help.'
  const named = loose.slice(0, 3).map(({ index, room }) => `${index} by ${rounded(room, 3)}`)
  return `${loose.length} of ${circles.length} circles touch nothing; alone, circle ${named.join(', ')} could grow.`
}

/** By how much one circle could grow if all others stayed. */
function roomOf(circles: readonly Circle[], index: number, box: Box): number {
  const [x, y, radius] = circles[index] as Circle
  return clearance({ circles, box, x, y, except: index }) - radius
}

interface ClearanceQuestion {
  readonly circles: readonly Circle[]
  readonly box: Box
  readonly x: number
  readonly y: number
  /** Index of a circle that is left out of account. */
  readonly except?: number
  /** The answer is some value not above this as soon as the radius cannot exceed it. */
  readonly floor?: number
}

/** Radius of the largest circle around a point that leaves all circles but one alone. */
function clearance({ circles, box, x, y, except = -1, floor = -1 }: ClearanceQuestion): number {
  let least = Math.min(x - box.left, box.right - x, y - box.lower, box.upper - y)
  for (let index = 0; index < circles.length && least > floor; index++) {
    if (index === except) continue
    const [otherX, otherY, radius] = circles[index] as Circle
    const [dx, dy] = [x - otherX, y - otherY]
    const reach = least + radius
    // Squares first: the root is needed only for the few circles that lower the bound.
    if (dx * dx + dy * dy < reach * reach) least = Math.sqrt(dx * dx + dy * dy) - radius
  }
  return least
}

const gridSteps = 20

/** The largest hole, looked for on a grid: right to about a twentieth of the side. */
function holeIn(circles: readonly Circle[], box: Box): string {
  let best: Circle = [0, 0, 0]
  for (let row = 1; row < gridSteps; row++) {
    for (let column = 1; column < gridSteps; column++) {
      const x = box.left + ((box.right - box.left) * column) / gridSteps
      const y = box.lower + ((box.upper - box.lower) * row) / gridSteps
      const room = clearance({ circles, box, x, y, floor: best[2] })
      if (room > best[2]) best = [x, y, room]
    }
  }
  const place = `(${rounded(best[0], 2)}, ${rounded(best[1], 2)})`
  return `The largest hole is near ${place}, room for a radius of about ${rounded(best[2], 2)}.`
}

function smallestOf(circles: readonly Circle[]): string {
  const sorted = circles
    .map(([, , radius], index) => ({ index, radius }))
    .sort((left, right) => left.radius - right.radius)
  const named = sorted.slice(0, 3).map(({ index, radius }) => `${index} (${rounded(radius, 3)})`)
  return `Smallest circles: ${named.join(', ')}.`
}

function factorText(factor: number): string {
  return factor > 1 - 1e-5 ? `1 - ${rounded(1 - factor, 2)}` : rounded(factor, 6)
}

function rounded(value: number, digits: number): string {
  return String(Number(value.toPrecision(digits)))
}

function sentence(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1)
}

import type { Circle } from './circle.ts'
import type { Packing } from './shrink.ts'

/** Circles with less room than this are taken to touch something, in sides of the square. */
const contact = 1e-6

/** What to tell the author of the next packing: what was wrong, which circles could grow, where a hole is. */
export function describePacking(packing: Packing): string {
  const { circles, raw, factor, worst } = packing
  const repaired =
    worst === undefined
      ? 'The packing is valid as returned.'
      : `${sentence(worst)}: all radii were multiplied by ${factorText(factor)}, which took ${rounded(raw - packing.total, 3)} off the sum.`
  return [repaired, growthOf(circles), holeIn(circles), smallestOf(circles)].join(' ')
}

function growthOf(circles: readonly Circle[]): string {
  const rooms = circles.map((_, index) => ({ index, room: roomOf(circles, index) }))
  const loose = rooms.filter(({ room }) => room > contact).sort((left, right) => right.room - left.room)
  if (loose.length === 0) return 'Every circle touches a neighbour or a wall, so only moving centres can help.'
  const named = loose.slice(0, 3).map(({ index, room }) => `${index} by ${rounded(room, 3)}`)
  return `${loose.length} of ${circles.length} circles touch nothing; alone, circle ${named.join(', ')} could grow.`
}

/** By how much one circle could grow if all others stayed. */
function roomOf(circles: readonly Circle[], index: number): number {
  const [x, y, radius] = circles[index] as Circle
  return clearance(circles, x, y, index) - radius
}

/**
 * Radius of the largest circle around a point that leaves all circles but one alone.
 *
 * @param floor - Gives up, with some value not above it, as soon as the radius cannot exceed it.
 */
function clearance(circles: readonly Circle[], x: number, y: number, except = -1, floor = -1): number {
  let least = Math.min(x, 1 - x, y, 1 - y)
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
function holeIn(circles: readonly Circle[]): string {
  let best: Circle = [0, 0, 0]
  for (let row = 1; row < gridSteps; row++) {
    for (let column = 1; column < gridSteps; column++) {
      const [x, y] = [column / gridSteps, row / gridSteps]
      const room = clearance(circles, x, y, -1, best[2])
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

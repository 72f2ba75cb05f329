/** A circle of the packing: centre and radius, in sides of the square. */
interface Circle {
  x: number
  y: number
  r: number
}

// EVOLVE-BLOCK-START
/** Rings: number of circles, distance from the middle, direction of the first in turns, where the square cuts off. */
const rings: [number, number, number, number][] = [
  [1, 0.0, 0.0, 0.49],
  [12, 0.3, 0.0, 0.49],
  [13, 0.5, 0.0, 0.49],
]

/** No circle is larger than this. */
const largest = 0.5

/** Places n circles on the rings, pushed back towards the middle where a ring leaves its square. */
function placeCentres(n: number): Circle[] {
  const circles: Circle[] = []
  for (const [count, distance, turn, limit] of rings) {
    for (let i = 0; i < count; i++) {
      const angle = 2 * Math.PI * (turn + i / count)
      const x = 0.5 + clip(distance * Math.cos(angle), limit)
      const y = 0.5 + clip(distance * Math.sin(angle), limit)
      circles.push({ x, y, r: 0 })
    }
  }
  return circles.slice(0, n)
}

/** Cuts a value off at a limit on either side of zero. */
function clip(value: number, limit: number): number {
  return Math.min(limit, Math.max(-limit, value))
}

/** Gives each circle in turn what the walls, the circles before it and the centres after it leave. */
function chooseRadii(circles: Circle[]): void {
  for (const one of circles) {
    let room = Math.min(largest, one.x, 1 - one.x, one.y, 1 - one.y)
    for (const other of circles) {
      if (other !== one) room = Math.min(room, Math.hypot(one.x - other.x, one.y - other.y) - other.r)
    }
    one.r = Math.max(0, room)
  }
}

function makePacking(n: number): Circle[] {
  const circles = placeCentres(n)
  chooseRadii(circles)
  return circles
}
// EVOLVE-BLOCK-END

/** Packs n circles into the unit square: [x, y, radius] of each. */
export function pack(n: number): [number, number, number][] {
  return makePacking(n).map(({ x, y, r }) => [x, y, r])
}

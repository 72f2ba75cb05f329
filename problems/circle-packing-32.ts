/** Centre x, centre y, radius, in sides of the square. */
type Circle = [x: number, y: number, r: number]

// EVOLVE-BLOCK-START
/** Rows from below: number of circles, height, place of the first, distance from one to the next. */
const rows: [number, number, number, number][] = [
  [6, 0.1, 0.1, 0.16],
  [5, 0.26, 0.18, 0.16],
  [6, 0.42, 0.1, 0.16],
  [5, 0.58, 0.18, 0.16],
  [6, 0.74, 0.1, 0.16],
  [5, 0.9, 0.18, 0.16],
]

/** The first circles take no more than this, so that something is left for the others. */
const first = 0.08

/** Places n centres row by row. */
function placeCentres(n: number): Circle[] {
  const circles: Circle[] = []
  for (const [count, height, start, step] of rows) {
    for (let i = 0; i < count; i++) circles.push([start + step * i, height, 0])
  }
  return circles.slice(0, n)
}

/** The room that a circle has between the walls and the others. */
function room(circles: Circle[], index: number): number {
  const [x, y] = circles[index]
  let least = Math.min(x, 1 - x, y, 1 - y)
  for (let other = 0; other < circles.length; other++) {
    if (other === index) continue
    const [ox, oy, r] = circles[other]
    least = Math.min(least, Math.hypot(x - ox, y - oy) - r)
  }
  return Math.max(0, least)
}

function makePacking(n: number): Circle[] {
  const circles = placeCentres(n)
  for (let i = 0; i < circles.length; i++) circles[i][2] = Math.min(first, room(circles, i))
  for (let i = 0; i < circles.length; i++) circles[i][2] = room(circles, i)
  return circles
}
// EVOLVE-BLOCK-END

/** Packs n circles into the unit square: [x, y, radius] of each. */
export function pack(n: number): Circle[] {
  return makePacking(n)
}

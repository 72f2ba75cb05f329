/** Centre x, centre y, radius. */
type Circle = [x: number, y: number, r: number]

// EVOLVE-BLOCK-START
/** Columns from the left: number of circles, place, height of the lowest, distance from one to the next. */
const columns: [number, number, number, number][] = [
  [5, 0.0, 0.0, 0.2],
  [5, 0.2, 0.0, 0.2],
  [5, 0.4, 0.0, 0.2],
  [5, 0.6, 0.0, 0.2],
  [1, 0.8, 0.4, 0.2],
]

/** The first circles take no more than this, so that something is left for the others. */
const first = 0.1

/** Places n centres column by column. */
function placeCentres(n: number): Circle[] {
  const circles: Circle[] = []
  for (const [count, place, start, step] of columns) {
    for (let i = 0; i < count; i++) circles.push([place, start + step * i, 0])
  }
  return circles.slice(0, n)
}

/** The room that a circle has between the others, up to some size. */
function room(circles: Circle[], index: number, largest: number): number {
  const [x, y] = circles[index]
  let least = largest
  for (let other = 0; other < circles.length; other++) {
    if (other === index) continue
    const [ox, oy, r] = circles[other]
    least = Math.min(least, Math.hypot(x - ox, y - oy) - r)
  }
  return Math.max(0, least)
}

function makePacking(n: number): Circle[] {
  const circles = placeCentres(n)
  for (let i = 0; i < circles.length; i++) circles[i][2] = room(circles, i, first)
  for (let i = 0; i < circles.length; i++) circles[i][2] = room(circles, i, 0.12)
  return circles
}
// EVOLVE-BLOCK-END

/** Packs n circles: [x, y, radius] of each. */
export function pack(n: number): Circle[] {
  return makePacking(n)
}

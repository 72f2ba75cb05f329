import { solve } from 'yalps'

/** Centre x, centre y, radius, in sides of the square. */
type Circle = [x: number, y: number, r: number]
type Point = [x: number, y: number]

// EVOLVE-BLOCK-START
/** Rows from below: number of circles, height, place of the first, distance from one to the next. */
const rows: [number, number, number, number][] = [
  [6, 0.09, 0.09, 0.164],
  [5, 0.26, 0.17, 0.165],
  [6, 0.42, 0.09, 0.164],
  [5, 0.58, 0.17, 0.165],
  [6, 0.74, 0.09, 0.164],
  [4, 0.91, 0.14, 0.24],
]

/** By how much each row bends up in its middle. */
const bends = [0.0, 0.0, 0.0, 0.0, 0.0, 0.0]

/** By how much each centre is moved along x and along y, in the order of the rows. */
// prettier-ignore
const moves: [number, number][] = [
  [0.0, 0.0], [0.0, 0.0], [0.0, 0.0], [0.0, 0.0], [0.0, 0.0], [0.0, 0.0],
  [0.0, 0.0], [0.0, 0.0], [0.0, 0.0], [0.0, 0.0], [0.0, 0.0],
  [0.0, 0.0], [0.0, 0.0], [0.0, 0.0], [0.0, 0.0], [0.0, 0.0], [0.0, 0.0],
  [0.0, 0.0], [0.0, 0.0], [0.0, 0.0], [0.0, 0.0], [0.0, 0.0],
  [0.0, 0.0], [0.0, 0.0], [0.0, 0.0], [0.0, 0.0], [0.0, 0.0], [0.0, 0.0],
  [0.0, 0.0], [0.0, 0.0], [0.0, 0.0], [0.0, 0.0],
]

/** Places n centres row by row. */
function placeCentres(n: number): Point[] {
  const centres: Point[] = []
  for (const [row, [count, height, start, step]] of rows.entries()) {
    for (let i = 0; i < count; i++) {
      const along = (i + 0.5) / count
      const [dx, dy] = moves[centres.length] ?? [0, 0]
      centres.push([start + step * i + dx, height + bends[row] * Math.sin(Math.PI * along) + dy])
    }
  }
  return centres.slice(0, n).map(([x, y]) => [clip(x), clip(y)])
}

/** Keeps a coordinate inside the square. */
function clip(value: number): number {
  return Math.min(0.98, Math.max(0.02, value))
}
// EVOLVE-BLOCK-END

/** Circles further apart than this never meet. */
const reach = 0.45

/** The radii with the largest sum for fixed centres, by linear programming. */
function largestRadii(centres: Point[]): Circle[] {
  const constraints: Record<string, { max: number }> = {}
  const variables: Record<string, Record<string, number>> = {}
  for (const [i, [x, y]] of centres.entries()) {
    constraints[`wall ${i}`] = { max: Math.min(x, 1 - x, y, 1 - y) }
    variables[`r${i}`] = { sum: 1, [`wall ${i}`]: 1 }
  }
  for (const [i, [x, y]] of centres.entries()) {
    for (const [j, [u, v]] of centres.entries()) {
      const distance = Math.hypot(x - u, y - v)
      if (j <= i || distance > reach) continue
      const name = `pair ${i} ${j}`
      constraints[name] = { max: distance }
      variables[`r${i}`][name] = 1
      variables[`r${j}`][name] = 1
    }
  }
  const { variables: found } = solve({ direction: 'maximize', objective: 'sum', constraints, variables })
  const radii = new Map(found)
  return centres.map(([x, y], i) => [x, y, Math.max(0, radii.get(`r${i}`) ?? 0)])
}

/** Packs n circles into the unit square: [x, y, radius] of each. */
export function pack(n: number): Circle[] {
  return largestRadii(placeCentres(n))
}

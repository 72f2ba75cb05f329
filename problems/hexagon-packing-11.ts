/** Centre and the direction of one corner in degrees. */
type Hexagon = [x: number, y: number, degrees: number]

// EVOLVE-BLOCK-START
/** Rows from below: number of hexagons, height, place of the first, distance from one to the next, direction. */
const rows: [number, number, number, number, number][] = [
  [2, -2.7, -0.95, 1.9, 30.0],
  [3, -0.9, -1.9, 1.9, 30.0],
  [4, 0.9, -2.85, 1.9, 30.0],
  [2, 2.7, -0.95, 1.9, 30.0],
]

/** By how much each hexagon is turned further, in degrees. */
const turns = [0.0, 1.0, -1.0, 2.0, 0.0, 0.0, 1.0, -1.0, 0.0, 2.0, 0.0]

function placeHexagons(n: number): Hexagon[] {
  const hexagons: Hexagon[] = []
  for (const [count, height, start, step, degrees] of rows) {
    for (let i = 0; i < count; i++) hexagons.push([start + step * i, height, degrees + turns[hexagons.length]])
  }
  return hexagons.slice(0, n)
}
// EVOLVE-BLOCK-END

/** Places n hexagons of side 1. */
export function pack(n: number): Hexagon[] {
  return placeHexagons(n)
}

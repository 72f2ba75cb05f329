type Point = [x: number, y: number]

// EVOLVE-BLOCK-START
/** Layers of points: number, height, place of the first, distance from one to the next. */
const layers: [number, number, number, number][] = [
  [4, 0.05, 0.1, 0.24],
  [3, 0.25, 0.22, 0.26],
  [2, 0.42, 0.37, 0.25],
  [1, 0.6, 0.45, 0.2],
  [1, 0.78, 0.5, 0.1],
]

/** How far each point is moved off its layer, in the order of the points. */
const lifts = [0.0, 0.03, -0.02, 0.05, 0.01, -0.04, 0.06, 0.02, -0.03, 0.0, 0.04]

/** How far each point is moved along its layer. */
const shifts = [0.02, -0.01, 0.03, 0.0, -0.02, 0.01, 0.0, -0.03, 0.02, 0.01, 0.0]

function placePoints(n: number): Point[] {
  const points: Point[] = []
  for (const [count, height, start, step] of layers) {
    for (let i = 0; i < count; i++) {
      const k = points.length
      points.push([start + step * i + shifts[k], height + lifts[k]])
    }
  }
  return points.slice(0, n)
}
// EVOLVE-BLOCK-END

/** Places n points in the triangle with corners (0, 0), (1, 0) and (1/2, sqrt(3)/2). */
export function place(n: number): Point[] {
  return placePoints(n)
}

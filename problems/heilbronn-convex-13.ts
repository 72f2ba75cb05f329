type Point = [x: number, y: number]

// EVOLVE-BLOCK-START
/** Rings: number of points, radius, direction of the first in turns, stretch along x. */
const rings: [number, number, number, number][] = [
  [8, 1.0, 0.0, 1.0],
  [4, 0.55, 0.07, 1.0],
  [1, 0.1, 0.15, 1.0],
]

/** By how much the radius of each point differs from that of its ring. */
const bulges = [0.0, 0.05, -0.05, 0.02, 0.0, 0.04, -0.03, 0.01, 0.0, 0.06, -0.04, 0.02, 0.0]

/** By how much the direction of each point differs, in turns. */
const twists = [0.0, 0.01, -0.01, 0.0, 0.02, 0.0, -0.02, 0.01, 0.0, 0.02, -0.01, 0.03, 0.0]

function placePoints(n: number): Point[] {
  const points: Point[] = []
  for (const [count, radius, turn, stretch] of rings) {
    for (let i = 0; i < count; i++) {
      const k = points.length
      const angle = 2 * Math.PI * (turn + i / count + twists[k])
      const distance = radius + bulges[k]
      points.push([stretch * distance * Math.cos(angle), distance * Math.sin(angle)])
    }
  }
  return points.slice(0, n)
}
// EVOLVE-BLOCK-END

/** Places n points in the plane. */
export function place(n: number): Point[] {
  return placePoints(n)
}

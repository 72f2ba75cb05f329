// EVOLVE-BLOCK-START
/** Points on circles around a middle: how many, how far from it, where the middle is, direction of the first in turns. */
const circles: [number, number, number, number, number][] = [
  [4, 0.6, 0.5, 0.5, 0.1],
  [3, 0.4, 0.5, 0.5, 0.0],
  [3, 0.2, 0.5, 0.5, 0.5],
]

function makePoints(): [number, number][] {
  const points: [number, number][] = []
  for (const [count, distance, x, y, turn] of circles) {
    for (let i = 0; i < count; i++) {
      const angle = 2 * Math.PI * (turn + i / count)
      points.push([clip(x + distance * Math.cos(angle)), clip(y + distance * Math.sin(angle))])
    }
  }
  return points
}

/** Cuts a coordinate off at the sides of the square. */
function clip(value: number): number {
  return Math.min(1, Math.max(0, value))
}
// EVOLVE-BLOCK-END

/** Places n points in the unit square. Only the code between the markers above changes. */
export function place(n: number): [number, number][] {
  return makePoints().slice(0, n)
}

type Point = [x: number, y: number]

// EVOLVE-BLOCK-START
/** Rings: number of points, radius, direction of the first in turns. */
const rings: [number, number, number][] = [
  [1, 0.0, 0.0],
  [5, 1.0, 0.0],
  [10, 2.0, 0.05],
]

function placePoints(n: number): Point[] {
  const points: Point[] = []
  for (const [count, radius, turn] of rings) {
    for (let i = 0; i < count; i++) {
      const angle = 2 * Math.PI * (turn + i / count)
      points.push([radius * Math.cos(angle), radius * Math.sin(angle)])
    }
  }
  return points.slice(0, n)
}

/** Pushes points apart that are closer than some distance, and all towards the middle. */
function relax(points: Point[], rounds: number, distance: number, push: number, pull: number): void {
  for (let round = 0; round < rounds; round++) {
    for (const one of points) {
      for (const other of points) {
        const dx = one[0] - other[0]
        const dy = one[1] - other[1]
        const gap = Math.hypot(dx, dy)
        if (gap > 0 && gap < distance) {
          one[0] += (push * dx * (distance - gap)) / gap
          one[1] += (push * dy * (distance - gap)) / gap
        }
      }
      one[0] -= pull * one[0]
      one[1] -= pull * one[1]
    }
  }
}

function arrange(n: number): Point[] {
  const points = placePoints(n)
  relax(points, 20, 1.0, 0.1, 0.001)
  return points
}
// EVOLVE-BLOCK-END

/** Places n points in the plane. */
export function place(n: number): Point[] {
  return arrange(n)
}

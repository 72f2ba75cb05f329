type Point = [x: number, y: number]

/** The clock of a call, and what the best program so far returned. */
declare const timeBudget: { remaining(): number; best: unknown } | undefined

// EVOLVE-BLOCK-START
/** Rings of the first arrangement: number of points, radius, direction of the first in turns. */
const rings: [number, number, number][] = [
  [9, 1.0, 0.0],
  [3, 0.5, 0.07],
  [1, 0.1, 0.15],
]

/** Length of a move at the start and at the end of the time. */
const firstStep = 0.3
const lastStep = 0.001

/** Share of moves that start from a fresh place instead of near the old one. */
const freshShare = 0.1

/** A loss of this share of the value is accepted, at the start. */
const patience = 0.02

function firstPoints(n: number): Point[] {
  const points: Point[] = []
  for (const [count, radius, turn] of rings) {
    for (let i = 0; i < count; i++) {
      const angle = 2 * Math.PI * (turn + i / count)
      points.push([radius * Math.cos(angle), radius * Math.sin(angle)])
    }
  }
  return points.slice(0, n)
}

/** Another place for one point; `done` runs from 0 to 1. */
function moved([x, y]: Point, done: number): Point {
  if (Math.random() < freshShare) return [2 * Math.random() - 1, 2 * Math.random() - 1]
  const step = firstStep * (lastStep / firstStep) ** done
  return [x + step * (Math.random() - 0.5), y + step * (Math.random() - 0.5)]
}

/** Moves one point at a time and keeps what is no worse, until the time is up. */
function improve(points: Point[], remaining: () => number): Point[] {
  let value = smallestShare(points)
  let best = points.map((point) => [...point] as Point)
  let bestValue = value
  const whole = remaining()
  for (let round = 0; remaining() > 10 && round < 1000000; round++) {
    const done = 1 - remaining() / whole
    const index = Math.floor(Math.random() * points.length)
    const old = points[index]
    points[index] = moved(old, done)
    const next = smallestShare(points)
    if (next >= value * (1 - patience * (1 - done))) value = next
    else points[index] = old
    if (value > bestValue) {
      bestValue = value
      best = points.map((point) => [...point] as Point)
    }
  }
  return best
}
// EVOLVE-BLOCK-END

/** Area of the smallest triangle over the area of the convex hull. */
function smallestShare(points: Point[]): number {
  let least = Infinity
  for (let a = 0; a < points.length; a++) {
    const [ax, ay] = points[a]
    for (let b = a + 1; b < points.length; b++) {
      const dx = points[b][0] - ax
      const dy = points[b][1] - ay
      for (let c = b + 1; c < points.length; c++) {
        const area = Math.abs(dx * (points[c][1] - ay) - dy * (points[c][0] - ax))
        if (area < least) least = area
      }
    }
  }
  return least / hullArea(points)
}

/** Twice the area of the convex hull. */
function hullArea(points: Point[]): number {
  const sorted = points.toSorted((one, other) => one[0] - other[0] || one[1] - other[1])
  const half = (list: Point[]): Point[] => {
    const kept: Point[] = []
    for (const point of list) {
      while (kept.length > 1 && turn(kept[kept.length - 2], kept[kept.length - 1], point) <= 0) kept.pop()
      kept.push(point)
    }
    return kept.slice(0, -1)
  }
  const hull = [...half(sorted), ...half(sorted.toReversed())]
  return hull.reduce((sum, [x, y], k) => {
    const [u, v] = hull[(k + 1) % hull.length]
    return sum + x * v - u * y
  }, 0)
}

function turn([ax, ay]: Point, [bx, by]: Point, [cx, cy]: Point): number {
  return (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
}

/** Places n points in the plane, starting from the best known so far if there is one. */
export function place(n: number): Point[] {
  const budget = typeof timeBudget === 'undefined' ? undefined : timeBudget
  const start = Array.isArray(budget?.best) ? (budget.best as Point[]).map(([x, y]): Point => [x, y]) : firstPoints(n)
  let rounds = 20000
  return improve(start, budget === undefined ? () => rounds-- : () => budget.remaining())
}

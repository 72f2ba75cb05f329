import { expect, test } from 'vitest'
import { centroidSpace, lloydStep, spreadCentroids } from '../../src/archive/centroids.ts'
import { indexPoints, squaredDistance } from '../../src/archive/nearest-point.ts'
import { InvariantError } from '../../src/core/errors.ts'
import type { Axis } from '../../src/core/descriptor.ts'
import { rngStream } from '../../src/core/rng.ts'
import fc from '../seeded-properties.ts'

const rng = (seed = 1) => rngStream(seed, 'centroids', 0)

test("one round of Lloyd's algorithm by hand: means of the nearest samples; a centroid without any stays", () => {
  const samples = [[0.1], [0.2], [0.3], [0.8], [1]]
  const [first, second, third] = lloydStep([[0.2], [0.7], [5]], samples)
  expect(first?.[0]).toBeCloseTo(0.2, 12)
  expect(second?.[0]).toBeCloseTo(0.9, 12)
  expect(third).toEqual([5])
})

test('on a line the centroids settle at the middles of equal parts', () => {
  for (const count of [1, 2, 3, 4]) {
    const found = spreadCentroids(1, count, rng()).map(([x]) => x ?? Number.NaN)
    const expected = Array.from({ length: count }, (_, index) => (index + 0.5) / count)
    for (const [index, x] of found.toSorted((a, b) => a - b).entries()) {
      expect(Math.abs(x - (expected[index] ?? Number.NaN))).toBeLessThan(0.03)
    }
  }
})

test('in a square four centroids settle at the middles of its quarters', () => {
  for (const centroid of spreadCentroids(2, 4, rng())) {
    for (const x of centroid) expect(Math.min(Math.abs(x - 0.25), Math.abs(x - 0.75))).toBeLessThan(0.03)
  }
})

test('in five dimensions the cells get nearly equal shares of evenly spread points', () => {
  const centroids = spreadCentroids(5, 32, rng())
  const index = indexPoints(centroids)
  const draws = rng(2)
  const counts = centroids.map(() => 0)
  for (let n = 0; n < 32_000; n++) {
    const cell = index.nearest(Array.from({ length: 5 }, () => draws.next()))
    counts[cell] = (counts[cell] ?? 0) + 1
  }
  expect(Math.min(...counts)).toBeGreaterThan(500)
  expect(Math.max(...counts)).toBeLessThan(1800)
})

test('the same seed gives the same centroids, another seed others', () => {
  expect(spreadCentroids(3, 10, rng())).toEqual(spreadCentroids(3, 10, rng()))
  expect(spreadCentroids(3, 10, rng())).not.toEqual(spreadCentroids(3, 10, rng(2)))
})

test('law: the index finds the nearest point, of equally near ones the lowest', () => {
  const coordinate = fc.integer({ min: 0, max: 4 })
  const points = fc
    .integer({ min: 1, max: 4 })
    .chain((d) =>
      fc.tuple(
        fc.array(fc.array(coordinate, { minLength: d, maxLength: d }), { minLength: 1, maxLength: 40 }),
        fc.array(coordinate, { minLength: d, maxLength: d }),
      ),
    )
  fc.assert(
    fc.property(points, ([list, position]) => {
      const distances = list.map((point) => squaredDistance(point, position))
      expect(indexPoints(list).nearest(position)).toBe(distances.indexOf(Math.min(...distances)))
    }),
  )
})

test('a program belongs to the nearest centroid on normalised axes, and clamped axes are named', () => {
  const axes: readonly Axis[] = [
    { descriptor: 'length', scale: 'log', range: [10, 1000], bins: 1 },
    { descriptor: 'depth', scale: 'linear', range: [0, 4], bins: 1 },
  ]
  const space = centroidSpace(axes, [
    [0.25, 0.5],
    [0.75, 0.5],
  ])
  // The middle of the logarithmic axis is 100.
  expect(space.cellOf({ length: 90, depth: 2 })).toEqual({ cell: 'c0', clamped: [] })
  expect(space.cellOf({ length: 110, depth: 2 })).toEqual({ cell: 'c1', clamped: [] })
  expect(space.cellOf({ length: 5000, depth: -1 })).toEqual({ cell: 'c1', clamped: ['length', 'depth'] })
  expect(space.size).toBe(2)
  expect(space.centre('c1')).toEqual([0.75, 0.5])
  expect(() => space.centre('c2')).toThrow(InvariantError)
  expect(() => space.cellOf({ length: Number.NaN, depth: 1 })).toThrow(InvariantError)
})

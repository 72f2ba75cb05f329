import { expect, test } from 'vitest'
import { rngStream } from '../../src/core/rng.ts'
import { clusters } from '../../src/selection/clusters.ts'
import { curiosity } from '../../src/selection/curiosity.ts'
import { perInput } from '../../src/selection/per-input.ts'
import { rank } from '../../src/selection/rank.ts'
import { sigmoid } from '../../src/selection/sigmoid.ts'
import { viewOf, weightsOf } from './weights.ts'

const logistic = (x: number): number => 1 / (1 + Math.exp(-x))

test('sigmoid by hand: the median is 1.5, the median absolute deviation 1, and children divide', () => {
  const view = viewOf(
    [
      [undefined, 4],
      [0, 2],
      [0, 1],
      [0, 0],
    ],
    [0, 1, 2, 3],
  )
  const [weights] = weightsOf(sigmoid, view)
  const expected = [logistic(25) / 4, logistic(5), logistic(-5), logistic(-15)]
  for (const [index, weight] of (weights ?? []).entries()) expect(weight).toBeCloseTo(expected[index] ?? Number.NaN, 12)
})

test('sigmoid with equal owners goes by children alone', () => {
  const view = viewOf(
    [
      [undefined, 4],
      [0, 4],
      [0, 4],
    ],
    [0, 1, 2],
  )
  expect(weightsOf(sigmoid, view)).toEqual([[0.5 / 3, 0.5, 0.5]])
})

test('curiosity by hand: 1 for a child that was kept, minus a half for another one, never below 0.05', () => {
  const view = viewOf(
    [
      [undefined, 9, true],
      [0, 8, true],
      [0, 7, true],
      [1, 1, false],
      [1, undefined, false],
      [1, undefined, false],
      [2, 2, false],
      [0, undefined],
    ],
    [0, 1, 2],
  )
  expect(weightsOf(curiosity, view)).toEqual([[3, 0.05, 0.5]])
})

test('per input by hand: winners of cases, without those that another winner dominates, weighted by their cases', () => {
  const view = viewOf(
    [
      [undefined, 1],
      [0, 4],
      [0, 3],
      [0, 2],
    ],
    [0, 1, 2, 3],
    {
      0: { scores: { a: 0, b: 0, c: 0 } },
      1: { scores: { a: 3, b: 1, c: 0 } },
      2: { scores: { a: 3, b: 0, c: 0 } },
      3: { scores: { a: 1, b: 4, c: -1 } },
    },
  )
  // 1 wins a and c, 3 wins b alone; 2 wins as much as 1, which is better on b; 0 ties on c and is dominated by 1.
  expect(weightsOf(perInput, view)).toEqual([[2, 1]])
  const drawn = new Set(Array.from({ length: 100 }, (_, n) => perInput.sample(view, rngStream(1, 'parent', n)).ordinal))
  expect([...drawn].sort()).toEqual([1, 3])
})

test('clusters by hand: equal scores make a cluster, the best is likeliest, and short members within it', () => {
  const view = viewOf(
    [
      [undefined, 1],
      [0, 3],
      [0, 3],
      [0, 2],
    ],
    [0, 1, 2, 3],
    {
      0: { scores: { a: 1 }, length: 5 },
      1: { scores: { a: 3 }, length: 40 },
      2: { scores: { a: 3 }, length: 20 },
      3: { scores: { a: 2 }, length: 5 },
    },
  )
  const temperature = 0.1 * (1 - 4 / 30_000)
  const [first, second] = weightsOf(clusters, view, 0, 1)
  expect(first?.[0]).toBe(1)
  expect(first?.[1]).toBeCloseTo(Math.exp(-0.5 / temperature), 12)
  expect(first?.[2]).toBeCloseTo(Math.exp(-1 / temperature), 12)
  expect(second?.[0]).toBeCloseTo(Math.exp(-20 / 40), 12)
  expect(second?.[1]).toBe(1)
})

test('rank draws each owner as often as its weight says', () => {
  const view = viewOf(
    Array.from({ length: 12 }, (_, n) => [n === 0 ? undefined : 0, -n] as const),
    [...Array(12).keys()],
  )
  const counts = view.owners.map(() => 0)
  const draws = 40_000
  for (let n = 0; n < draws; n++) {
    const { ordinal } = rank.sample(view, rngStream(1, 'parent', n))
    counts[ordinal] = (counts[ordinal] ?? 0) + 1
  }
  const weights = view.owners.map((_, position) => Math.exp(-position / 2.4))
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  for (const [position, count] of counts.entries()) {
    const expected = (draws * (weights[position] ?? 0)) / total
    // Six standard deviations.
    expect(Math.abs(count - expected)).toBeLessThan(6 * Math.sqrt(expected))
  }
})

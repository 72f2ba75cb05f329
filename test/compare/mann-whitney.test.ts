import { describe, expect, test } from 'vitest'
import { mannWhitney } from '../../src/compare/mann-whitney.ts'
import fc from '../seeded-properties.ts'

/** Two samples without ties of these sizes with exactly this U. */
function samplesWith(u: number, first: number, second: number): [number[], number[]] {
  // Every value of the first sample beats some of the second: fill up one after the other.
  let left = u
  const ones = Array.from({ length: first }, (_, index) => {
    const beats = Math.min(second, left)
    left -= beats
    return beats - 0.5 + (first - index) * 1e-3
  })
  return [ones, Array.from({ length: second }, (_, index) => index)]
}

describe('against published values', () => {
  test('Hollander and Wolfe 1973, p. 69: permeability of chorioamnion, W = 35 and one-sided p = 0.1272', () => {
    const term = [0.8, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46]
    const early = [1.15, 0.88, 0.9, 0.74, 1.21]
    const found = mannWhitney(term, early)
    expect(found).toMatchObject({ u: 35, superiority: 0.7, exact: true })
    expect(found.p / 2).toBeCloseTo(0.1272, 4)
  })

  // Largest U that is significant at 5 %, two-sided (Mann and Whitney 1947 and the usual tables).
  test.each([
    [4, 4, 0],
    [5, 5, 2],
    [5, 8, 6],
    [7, 7, 8],
    [8, 10, 17],
    [10, 10, 23],
    [15, 15, 64],
    [20, 20, 127],
  ])('samples of %i and %i: the critical U is %i', (first, second, critical) => {
    const p = (u: number) => {
      const found = mannWhitney(...samplesWith(u, first, second))
      expect(found.u).toBe(u)
      return found.p
    }
    expect(p(critical)).toBeLessThanOrEqual(0.05)
    expect(p(critical + 1)).toBeGreaterThan(0.05)
  })

  test('five against five that never meet: 2 of 252 divisions', () => {
    expect(mannWhitney([6, 7, 8, 9, 10], [1, 2, 3, 4, 5]).p).toBeCloseTo(2 / 252, 12)
  })
})

test('ties share their ranks, and p is counted over the divisions of what was seen', () => {
  // 1 1 | 1 2: of the 6 divisions, U is 1 three times and 3 three times, each 1 away from the mean of 2.
  expect(mannWhitney([1, 1], [1, 2])).toEqual({ u: 1, p: 1, superiority: 0.25, exact: true })
  expect(mannWhitney([2, 2, 2], [2, 2])).toEqual({ u: 3, p: 1, superiority: 0.5, exact: true })
  // 0 0 0 | 1 1 1: only the division itself and its mirror are as far apart.
  expect(mannWhitney([0, 0, 0], [1, 1, 1])).toEqual({ u: 0, p: 2 / 20, superiority: 0, exact: true })
})

test('an empty sample tells nothing', () => {
  expect(mannWhitney([], [1, 2])).toEqual({ u: 0, p: 1, superiority: 0.5, exact: true })
})

test('beyond sixty values the normal approximation takes over where the exact count ends', () => {
  const exact = mannWhitney(...samplesWith(300, 30, 30))
  const approximate = mannWhitney(...samplesWith(310, 31, 30))
  expect([exact.exact, approximate.exact]).toEqual([true, false])
  // z = (300 - 450 + 0.5) / sqrt(30 * 30 * 61 / 12) = -2.2103
  expect(exact.p).toBeCloseTo(0.0266, 3)
  expect(approximate.p).toBeCloseTo(0.0257, 3)
})

test('law: exchanging the samples mirrors the result, and only the order of the values counts', () => {
  const sample = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 12 })
  fc.assert(
    fc.property(sample, sample, (first, second) => {
      const there = mannWhitney(first, second)
      const back = mannWhitney(second, first)
      expect(back.u).toBe(first.length * second.length - there.u)
      expect(back.p).toBeCloseTo(there.p, 10)
      const stretched = (values: readonly number[]) => values.map((value) => Math.exp(value))
      expect(mannWhitney(stretched(first), stretched(second))).toEqual(there)
      expect(there.p).toBeGreaterThan(0)
      expect(there.p).toBeLessThanOrEqual(1)
    }),
  )
})

import { expect, test } from 'vitest'
import { rngStream } from '../../src/core/rng.ts'

const draws = (seed: number, stream: string, ordinal: number, count = 4) => {
  const rng = rngStream(seed, stream, ordinal)
  return Array.from({ length: count }, () => rng.next())
}

test('the same seed, stream and ordinal give the same numbers', () => {
  expect(draws(1, 'parent', 7)).toEqual(draws(1, 'parent', 7))
})

test('another seed, stream or ordinal gives other numbers', () => {
  const all = [draws(1, 'parent', 7), draws(2, 'parent', 7), draws(1, 'model', 7), draws(1, 'parent', 8)]
  expect(new Set(all.map((row) => row.join())).size).toBe(4)
})

test('numbers are uniform in [0, 1) over neighbouring ordinals', () => {
  const bins = new Array<number>(10).fill(0)
  for (let ordinal = 0; ordinal < 20_000; ordinal++) {
    const value = rngStream(3, 'uniform', ordinal).next()
    expect(value).toBeGreaterThanOrEqual(0)
    expect(value).toBeLessThan(1)
    const bin = Math.floor(value * 10)
    bins[bin] = (bins[bin] ?? 0) + 1
  }
  const chiSquare = bins.reduce((sum, count) => sum + (count - 2000) ** 2 / 2000, 0)
  // 9 degrees of freedom: 33.7 is exceeded once in 10,000.
  expect(chiSquare).toBeLessThan(33.7)
})

test('normal values have mean 0 and variance 1', () => {
  const rng = rngStream(5, 'normal', 0)
  const values = Array.from({ length: 20_000 }, () => rng.normal())
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length
  expect(Math.abs(mean)).toBeLessThan(0.04)
  expect(Math.abs(variance - 1)).toBeLessThan(0.05)
})

test('weighted draws follow the weights and never take a zero weight', () => {
  const rng = rngStream(9, 'weights', 0)
  const counts = [0, 0, 0]
  for (let draw = 0; draw < 10_000; draw++) {
    const index = rng.weighted([3, 0, 1])
    counts[index] = (counts[index] ?? 0) + 1
  }
  expect(counts[1]).toBe(0)
  expect(Math.abs((counts[0] ?? 0) / 10_000 - 0.75)).toBeLessThan(0.03)
})

test('weights that are all zero mean that all are equally likely', () => {
  const rng = rngStream(9, 'zero', 0)
  expect(new Set(Array.from({ length: 200 }, () => rng.weighted([0, 0, 0]))).size).toBe(3)
})

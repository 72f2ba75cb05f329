import { expect, test } from 'vitest'
import { axisHealth, AxisWatch } from '../../src/archive/axis-health.ts'
import { rankCorrelation } from '../../src/archive/rank-correlation.ts'
import { rngStream } from '../../src/core/rng.ts'

test('rank correlation by hand', () => {
  expect(rankCorrelation([1, 2, 3], [10, 200, 3000])).toBeCloseTo(1, 12)
  expect(rankCorrelation([1, 2, 3], [3, 2, 1])).toBeCloseTo(-1, 12)
  // Squared differences of the ranks 0, 1, 1, 0, 0: 1 - 6 * 2 / (5 * 24).
  expect(rankCorrelation([1, 2, 3, 4, 5], [1, 3, 2, 4, 5])).toBeCloseTo(0.9, 12)
  // Equal values share their ranks: 0, 1.5, 1.5, 3 against 0, 1, 2, 3 is 4.5 / sqrt(4.5 * 5).
  expect(rankCorrelation([1, 2, 2, 3], [1, 2, 3, 4])).toBeCloseTo(4.5 / Math.sqrt(22.5), 12)
  expect(rankCorrelation([1, 1, 1], [1, 2, 3])).toBeUndefined()
  expect(rankCorrelation([], [])).toBeUndefined()
})

const draws = rngStream(1, 'axes', 0)
const samples = Array.from({ length: 200 }, (_, n) => ({
  fitness: n ** 3,
  descriptors: { alike: -n, free: draws.next(), narrow: draws.next() },
  clamped: n % 4 === 0 ? ['narrow'] : [],
}))

test('warns of an axis that repeats the fitness and of one whose range is too narrow, and says what to do', () => {
  const [alike, free, narrow] = axisHealth(['alike', 'free', 'narrow'], samples)
  expect(alike).toMatchObject({ correlation: -1, scored: 200, clamped: 0 })
  expect(alike?.warning).toContain('choose another descriptor')
  expect(free?.warning).toBeUndefined()
  expect(narrow).toMatchObject({ clamped: 50 })
  expect(narrow?.warning).toMatch(/^25 % of its values lie outside.*widen the range$/)
})

test('a few programs are not enough for a warning', () => {
  expect(axisHealth(['alike'], samples.slice(0, 99))[0]).toMatchObject({ correlation: -1, warning: undefined })
  expect(axisHealth(['alike'], [])[0]).toMatchObject({ correlation: undefined, warning: undefined })
})

test('a watch warns of each axis once', () => {
  const watch = new AxisWatch(['alike', 'free'])
  const warned = samples.flatMap((sample, n) => watch.note(sample).map(({ descriptor }) => [n, descriptor]))
  expect(warned).toEqual([[99, 'alike']])
})

test('a watch judges by the latest thousand programs', () => {
  const watch = new AxisWatch(['alike'])
  const noise = Array.from({ length: 1000 }, () => ({
    fitness: draws.next(),
    descriptors: { alike: draws.next() },
    clamped: [],
  }))
  const late = Array.from({ length: 1000 }, (_, n) => ({ fitness: n, descriptors: { alike: n }, clamped: [] }))
  expect(noise.flatMap((sample) => watch.note(sample))).toEqual([])
  expect(late.flatMap((sample) => watch.note(sample))).toHaveLength(1)
})

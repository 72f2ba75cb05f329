import { describe, expect, it } from 'vitest'
import { meanRatio, median, pairedRatio } from '../../../src/evaluation/timing/paired-ratio.ts'
import fc from '../../seeded-properties.ts'

const pairs = (...times: readonly (readonly [number, number])[]) =>
  times.map(([candidateMs, referenceMs]) => ({ candidateMs, referenceMs }))

const time = fc.double({ min: 0.001, max: 1e6, noNaN: true })
const somePairs = fc.array(fc.record({ candidateMs: time, referenceMs: time }), { minLength: 5, maxLength: 30 })

describe('the ratio of interleaved pairs', () => {
  it('is the median of the ratios of the pairs, not of the times', () => {
    const { ratio } = pairedRatio(pairs([1, 2], [10, 20], [100, 200], [5, 2.5], [7, 70]))
    expect(ratio).toBeCloseTo(0.5, 12)
  })

  it('does not see what slows both programs of a pair alike', () => {
    fc.assert(
      fc.property(
        somePairs,
        fc.array(fc.double({ min: 0.5, max: 50, noNaN: true }), { minLength: 30 }),
        (given, slow) => {
          const slowed = given.map(({ candidateMs, referenceMs }, index) => ({
            candidateMs: candidateMs * slow[index]!,
            referenceMs: referenceMs * slow[index]!,
          }))
          expect(Math.log(pairedRatio(slowed).ratio)).toBeCloseTo(Math.log(pairedRatio(given).ratio), 9)
        },
      ),
    )
  })

  it('is turned upside down when the programs change places', () => {
    fc.assert(
      fc.property(somePairs, (given) => {
        const turned = given.map(({ candidateMs, referenceMs }) => ({
          candidateMs: referenceMs,
          referenceMs: candidateMs,
        }))
        expect(Math.log(pairedRatio(turned).ratio)).toBeCloseTo(-Math.log(pairedRatio(given).ratio), 9)
        expect(pairedRatio(turned).noise).toBeCloseTo(pairedRatio(given).noise, 9)
      }),
    )
  })

  it('is not moved by two wild pairs of seven', () => {
    const calm = pairs([1, 1], [1.01, 1], [0.99, 1], [1, 1], [1.02, 1])
    expect(pairedRatio([...calm, ...pairs([1000, 1], [1, 1000])]).ratio).toBeCloseTo(1, 1)
  })

  it('has no noise when all pairs agree, and less of it the more pairs there are', () => {
    expect(pairedRatio(pairs([2, 1], [4, 2], [2, 1], [8, 4], [2, 1])).noise).toBeCloseTo(0, 12)
    const five = pairs([0.8, 1], [0.9, 1], [1, 1], [1.1, 1], [1.2, 1])
    const twenty = [...five, ...five, ...five, ...five]
    expect(pairedRatio(five).noise).toBeGreaterThan(0.05)
    expect(pairedRatio(twenty).noise).toBeCloseTo(pairedRatio(five).noise / 2, 2)
  })

  it('refuses fewer than five pairs, and times that are none', () => {
    expect(() => pairedRatio(pairs([1, 1], [1, 1], [1, 1], [1, 1]))).toThrow(RangeError)
    for (const wrong of [0, -1, Number.NaN, Infinity]) {
      expect(() => pairedRatio(pairs([1, 1], [1, 1], [1, 1], [1, 1], [wrong, 1]))).toThrow(RangeError)
    }
  })
})

describe('the mean ratio', () => {
  it('calls twice as fast here and half as fast there no gain', () => {
    expect(
      meanRatio([
        { ratio: 0.5, noise: 0 },
        { ratio: 2, noise: 0 },
      ]),
    ).toEqual({ ratio: 1, noise: 0 })
  })

  it('has less noise than each of its parts', () => {
    const part = { ratio: 1, noise: 0.2 }
    expect(meanRatio([part, part, part, part]).noise).toBeCloseTo(0.1, 12)
  })
})

it('the median of an even number of values is the mean of the two middle ones', () => {
  expect(median([4, 1, 3, 2])).toBe(2.5)
  expect(median([3])).toBe(3)
  expect(() => median([])).toThrow(RangeError)
})

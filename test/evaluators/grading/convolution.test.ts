import { describe, expect, it } from 'vitest'
import {
  autoconvolution,
  correlation,
  exactAutoconvolution,
  exactCorrelation,
} from '../../../evaluators/grading/convolution.ts'
import { rational, rationalOf, roundedDown, times } from '../../../evaluators/grading/rational.ts'
import fc from '../../seeded-properties.ts'

/** The definition, term by term and in whole numbers. */
function bySum(length: number, term: (place: number, other: number) => bigint, at: (k: number, i: number) => number) {
  return Array.from({ length: 2 * length - 1 }, (_, k) => {
    let sum = 0n
    for (let i = 0; i < length; i++) {
      const other = at(k, i)
      if (other >= 0 && other < length) sum += term(i, other)
    }
    return sum
  })
}

const wholes = fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 1, maxLength: 20 })

describe('a convolution of a list with itself', () => {
  it('is the sum over all pairs of places with the same sum', () => {
    fc.assert(
      fc.property(wholes, (list) => {
        const expected = bySum(
          list.length,
          (i, j) => BigInt(list[i]!) * BigInt(list[j]!),
          (k, i) => k - i,
        )
        expect([...autoconvolution(list)].map(BigInt)).toEqual(expected)
        const { units, exponent } = exactAutoconvolution(list)
        expect(units.map((unit) => unit << BigInt(exponent))).toEqual(expected)
      }),
    )
  })

  it('in floating point is right to its stated error, exponents far apart included', () => {
    const height = fc.oneof(fc.double({ min: 1e-20, max: 1e3, noNaN: true }), fc.constantFrom(0, 1e-9, 1e-30, 7.25))
    fc.assert(
      fc.property(fc.array(height, { minLength: 1, maxLength: 30 }), (list) => {
        const { units, exponent } = exactAutoconvolution(list)
        for (const [index, value] of autoconvolution(list).entries()) {
          const exact = roundedDown(times(rational(units[index]!), rationalOf(2 ** exponent)))
          expect(Math.abs(value - exact)).toBeLessThanOrEqual((list.length + 2) * 2 ** -53 * exact)
        }
      }),
    )
  })
})

describe('a correlation of two lists', () => {
  it('is the sum over all pairs of places with the same distance', () => {
    fc.assert(
      fc.property(wholes, wholes, (one, other) => {
        const length = Math.min(one.length, other.length)
        const [fixed, sliding] = [one.slice(0, length), other.slice(0, length)]
        const expected = bySum(
          length,
          (i, j) => BigInt(fixed[i]!) * BigInt(sliding[j]!),
          (k, i) => i + k - (length - 1),
        )
        expect([...correlation(fixed, sliding)].map(BigInt)).toEqual(expected)
        expect(exactCorrelation(fixed.map(BigInt), sliding.map(BigInt))).toEqual(expected)
      }),
    )
  })
})

import { describe, expect, it } from 'vitest'
import { nextUp } from '../../../evaluators/grading/double.ts'
import {
  compare,
  minus,
  over,
  plus,
  rational,
  rationalOf,
  roundedDown,
  roundedUp,
  times,
} from '../../../evaluators/grading/rational.ts'
import fc from '../../seeded-properties.ts'

const double = fc.oneof(
  fc.double({ min: -1e12, max: 1e12, noNaN: true }),
  fc.constantFrom(0, 5e-324, -5e-324, 2.2250738585072014e-308, 1e-161, 1, 0.1),
)
const whole = fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n })

describe('fractions', () => {
  it('hold doubles exactly, both roundings give them back', () => {
    fc.assert(
      fc.property(fc.oneof(double, fc.constantFrom(Number.MAX_VALUE, -Number.MAX_VALUE)), (value) => {
        expect(roundedDown(rationalOf(value))).toBe(value + 0)
        expect(roundedUp(rationalOf(value))).toBe(value + 0)
      }),
    )
  })

  it('round to the two doubles around a fraction that is none', () => {
    expect(roundedDown(rational(1n, 3n))).toBe(1 / 3)
    expect(roundedUp(rational(1n, 3n))).toBe(nextUp(1 / 3))
    expect(roundedDown(rational(-1n, 3n))).toBe(-nextUp(1 / 3))
    fc.assert(
      fc.property(whole, whole, (numerator, denominator) => {
        fc.pre(denominator !== 0n)
        const fraction = rational(numerator, denominator)
        const [low, high] = [roundedDown(fraction), roundedUp(fraction)]
        expect(compare(rationalOf(low), fraction)).toBeLessThanOrEqual(0)
        expect(compare(rationalOf(high), fraction)).toBeGreaterThanOrEqual(0)
        expect(
          low === high || nextUp(Math.min(Math.abs(low), Math.abs(high))) === Math.max(Math.abs(low), Math.abs(high)),
        ).toBe(true)
      }),
    )
  })

  it('round below the smallest normal double too', () => {
    const tiny = rational(3n, 1n << 1075n)
    expect([roundedDown(tiny), roundedUp(tiny)]).toEqual([5e-324, 1e-323])
    expect([roundedDown(rational(1n, 1n << 2000n)), roundedUp(rational(1n, 1n << 2000n))]).toEqual([0, 5e-324])
  })

  it('refuse what no double can be', () => {
    expect(() => roundedDown(rational(1n << 1024n))).toThrow(RangeError)
    expect(() => rational(1n, 0n)).toThrow(RangeError)
    expect(() => over(rational(1n), rational(0n))).toThrow(RangeError)
  })

  it('obey the laws of arithmetic', () => {
    const fraction = fc
      .tuple(
        whole,
        whole.filter((n) => n !== 0n),
      )
      .map(([n, d]) => rational(n, d))
    fc.assert(
      fc.property(fraction, fraction, fraction, (a, b, c) => {
        expect(compare(times(a, plus(b, c)), plus(times(a, b), times(a, c)))).toBe(0)
        expect(compare(plus(minus(a, b), b), a)).toBe(0)
        if (b.numerator !== 0n) expect(compare(times(over(a, b), b), a)).toBe(0)
        expect(compare(a, b)).toBe(-compare(b, a) + 0)
        expect(a.denominator > 0n && over(rational(1n), rational(-3n)).denominator > 0n).toBe(true)
      }),
    )
  })
})

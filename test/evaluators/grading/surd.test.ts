import { describe, expect, it } from 'vitest'
import { compare, minus, rational, roundedUp } from '../../../evaluators/grading/rational.ts'
import {
  addSurds,
  compareSurds,
  multiplySurds,
  negatedSurd,
  signOfSurd,
  surd,
  surdAbove,
} from '../../../evaluators/grading/surd.ts'
import type { Surd } from '../../../evaluators/grading/surd.ts'
import fc from '../../seeded-properties.ts'

const whole = fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n })
const number = fc.tuple(whole, whole, fc.bigInt({ min: 1n, max: 10n ** 20n })).map(([a, b, d]) => surd(a, b, d))

/** sqrt(3) to 60 decimal places, cut. */
const root = rational(1732050807568877293527446341505872366942805253810380628055806n, 10n ** 60n)

/** A number up to about 10^-29. */
function nearly({ whole: a, root: b, denominator }: Surd) {
  return rational(a * root.denominator + b * root.numerator, denominator * root.denominator)
}

describe('numbers with sqrt(3)', () => {
  it('have the sign that sixty places of sqrt(3) give them', () => {
    fc.assert(
      fc.property(number, (value) => {
        const { numerator } = nearly(value)
        // Nearer to 0 than the places tell only 0 itself is left, for parts of this size.
        fc.pre(numerator === 0n || numerator > 10n ** 31n || numerator < -(10n ** 31n))
        expect(signOfSurd(value)).toBe(numerator < 0n ? -1 : numerator > 0n ? 1 : 0)
      }),
    )
  })

  it('tell apart what floating point cannot', () => {
    // 1351/780 and 265/153 are Archimedes' bounds; the convergent below is right to 30 digits.
    const [p, q] = [2n, 1n]
    let [a, b] = [p, q]
    for (let step = 0; step < 24; step++) [a, b] = [2n * a + 3n * b, a + 2n * b]
    expect(Number(a) / Number(b)).toBe(Math.sqrt(3))
    expect(signOfSurd(surd(a, -b))).toBe(1)
    expect(signOfSurd(surd(-a, b))).toBe(-1)
    expect(signOfSurd(surd(3n * b, -a))).toBe(-1)
    expect(compareSurds(surd(0n, 1n), surd(0n, 1n))).toBe(0)
  })

  it('obey the laws of arithmetic', () => {
    fc.assert(
      fc.property(number, number, number, (a, b, c) => {
        const one = multiplySurds(a, addSurds(b, c))
        const other = addSurds(multiplySurds(a, b), multiplySurds(a, c))
        expect(compareSurds(one, other)).toBe(0)
        expect(signOfSurd(addSurds(a, negatedSurd(a)))).toBe(0)
        expect(signOfSurd(multiplySurds(a, a))).not.toBe(-1)
      }),
    )
  })

  it('are rounded up, and hardly', () => {
    expect(roundedUp(surdAbove(surd(0n, 1n)))).toBe(Math.sqrt(3) + 2 ** -52)
    expect(roundedUp(surdAbove(surd(0n, -1n)))).toBe(-Math.sqrt(3))
    expect(roundedUp(surdAbove(surd(7n, 0n, 2n)))).toBe(3.5)
    fc.assert(
      fc.property(number, (value) => {
        const excess = minus(surdAbove(value), nearly(value))
        expect(compare(excess, rational(-(10n ** 31n), root.denominator))).toBe(1)
        expect(compare(excess, rational(10n ** 31n, root.denominator))).toBe(-1)
      }),
    )
  })

  it('refuse a denominator that is not above 0', () => {
    expect(() => surd(1n, 0n, 0n)).toThrow(RangeError)
  })
})

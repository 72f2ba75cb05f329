import { describe, expect, it } from 'vitest'
import { commonUnits, nextDown, nextUp, stepsOf, sumRoundedDown } from '../../../evaluators/grading/double.ts'
import fc from '../../seeded-properties.ts'

/** A double as a multiple of 2^-1074, found by another way: its text in base 2. */
function stepsByText(value: number): bigint {
  const [whole = '0', fraction = ''] = Math.abs(value).toString(2).split('.')
  const size = BigInt(`0b${whole}${fraction}`) << BigInt(1074 - fraction.length)
  return value < 0 ? -size : size
}

const moderate = fc.double({ min: -1e15, max: 1e15, noNaN: true })
const special = fc.constantFrom(0, -0, 5e-324, -5e-324, 2.2250738585072014e-308, 1e-161, 1, -1, 0.1, 1e15)
const value = fc.oneof(moderate, special)

describe('a double as a whole number', () => {
  it('counts the steps of the smallest double', () => {
    expect(stepsOf(5e-324)).toBe(1n)
    expect(stepsOf(1)).toBe(1n << 1074n)
    expect(stepsOf(-Number.MAX_VALUE)).toBe(-(((1n << 53n) - 1n) << 2045n))
    fc.assert(
      fc.property(value, (x) => {
        expect(stepsOf(x)).toBe(stepsByText(x))
      }),
    )
  })

  it('has units that give each value back and are no smaller than needed', () => {
    expect(commonUnits([0, -0])).toEqual({ units: [0n, 0n], exponent: 0 })
    expect(commonUnits([0.5, 0.25])).toMatchObject({ units: [2n ** 52n * 2n, 2n ** 52n] })
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 6 }), (values) => {
        const { units, exponent } = commonUnits(values)
        for (const [index, unit] of units.entries()) {
          expect(unit << BigInt(exponent + 1074)).toBe(stepsByText(values[index]!))
        }
      }),
    )
  })
})

describe('neighbours and sums', () => {
  it('step to the next double', () => {
    expect([nextUp(1), nextDown(1), nextUp(0)]).toEqual([1 + 2 ** -52, 1 - 2 ** -53, 5e-324])
  })

  it('round a sum down and no further than to the next double', () => {
    const positive = fc.oneof(fc.double({ min: 0, max: 1e6, noNaN: true }), fc.constantFrom(0, 5e-324, 0.1, 1e-161))
    fc.assert(
      fc.property(fc.array(positive, { maxLength: 8 }), (values) => {
        const exact = values.reduce((sum, each) => sum + stepsByText(each), 0n)
        const rounded = sumRoundedDown(values)
        expect(stepsByText(rounded) <= exact).toBe(true)
        expect(stepsByText(nextUp(rounded)) > exact).toBe(true)
      }),
    )
  })
})

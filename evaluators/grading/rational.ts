import { partsOf, stepExponent } from './double.ts'

/** An exact fraction. The denominator is above 0; nothing else is normalised. */
export interface Rational {
  readonly numerator: bigint
  readonly denominator: bigint
}

/** The fraction of two whole numbers. @throws RangeError when the denominator is 0. */
export function rational(numerator: bigint, denominator = 1n): Rational {
  if (denominator === 0n) throw new RangeError('a fraction needs a denominator that is not 0')
  return denominator < 0n ? { numerator: -numerator, denominator: -denominator } : { numerator, denominator }
}

/** A finite double, exactly. */
export function rationalOf(value: number): Rational {
  const { mantissa, exponent } = partsOf(value)
  return exponent < 0
    ? { numerator: mantissa, denominator: 1n << BigInt(-exponent) }
    : { numerator: mantissa << BigInt(exponent), denominator: 1n }
}

/** `left + right`, exactly. */
export function plus(left: Rational, right: Rational): Rational {
  return {
    numerator: left.numerator * right.denominator + right.numerator * left.denominator,
    denominator: left.denominator * right.denominator,
  }
}

/** `left - right`, exactly. */
export function minus(left: Rational, right: Rational): Rational {
  return plus(left, { numerator: -right.numerator, denominator: right.denominator })
}

/** `left * right`, exactly. */
export function times(left: Rational, right: Rational): Rational {
  return { numerator: left.numerator * right.numerator, denominator: left.denominator * right.denominator }
}

/** `left / right`, exactly. @throws RangeError when `right` is 0. */
export function over(left: Rational, right: Rational): Rational {
  return rational(left.numerator * right.denominator, left.denominator * right.numerator)
}

/** Below 0, 0 or above 0 as `left` is smaller than, equal to or larger than `right`. */
export function compare(left: Rational, right: Rational): number {
  const difference = left.numerator * right.denominator - right.numerator * left.denominator
  return difference < 0n ? -1 : difference > 0n ? 1 : 0
}

/** The largest double that is not above the fraction. @throws RangeError beyond the range of doubles. */
export function roundedDown({ numerator, denominator }: Rational): number {
  if (numerator < 0n) return -roundedUp({ numerator: -numerator, denominator })
  return scaledDown(numerator, denominator).value
}

/** The smallest double that is not below the fraction. @throws RangeError beyond the range of doubles. */
export function roundedUp({ numerator, denominator }: Rational): number {
  if (numerator < 0n) return -roundedDown({ numerator: -numerator, denominator })
  const { value, exact, step } = scaledDown(numerator, denominator)
  return exact ? value : finite(value + step)
}

/** A fraction of 0 or more, cut to 53 binary places, and the size of the last of them. */
function scaledDown(numerator: bigint, denominator: bigint) {
  if (numerator === 0n) return { value: 0, exact: true, step: 2 ** -stepExponent }
  const excess = bitLength(numerator) - bitLength(denominator)
  // The quotient gets 53 or 54 bits; a unit below the smallest double would round twice.
  let shift = Math.min(53 - excess, stepExponent)
  let quotient = shifted(numerator, shift) / shifted(denominator, -shift)
  if (bitLength(quotient) > 53) {
    shift--
    quotient = shifted(numerator, shift) / shifted(denominator, -shift)
  }
  const exact = quotient * shifted(denominator, -shift) === shifted(numerator, shift)
  return { value: finite(scaled(Number(quotient), -shift)), exact, step: scaled(1, -shift) }
}

/** `value * 2^exponent` without the detour through a power of two that is itself out of range. */
function scaled(value: number, exponent: number): number {
  const half = Math.trunc(exponent / 2)
  return value * 2 ** half * 2 ** (exponent - half)
}

function shifted(value: bigint, by: number): bigint {
  return by > 0 ? value << BigInt(by) : value
}

function bitLength(value: bigint): number {
  const text = value.toString(16)
  return (text.length - 1) * 4 + (32 - Math.clz32(Number.parseInt(text.charAt(0), 16)))
}

function finite(value: number): number {
  if (!Number.isFinite(value)) throw new RangeError('a fraction lies beyond the range of doubles')
  return value
}

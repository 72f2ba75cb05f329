import { rational } from './rational.ts'
import type { Rational } from './rational.ts'

/** An exact number `(whole + root * sqrt(3)) / denominator`; the denominator is above 0. */
export interface Surd {
  readonly whole: bigint
  readonly root: bigint
  readonly denominator: bigint
}

/** `(whole + root * sqrt(3)) / denominator`. @throws RangeError when the denominator is not above 0. */
export function surd(whole: bigint, root = 0n, denominator = 1n): Surd {
  if (denominator <= 0n) throw new RangeError('a surd needs a denominator above 0')
  return { whole, root, denominator }
}

/** `left + right`, exactly. */
export function addSurds(left: Surd, right: Surd): Surd {
  if (left.denominator === right.denominator) {
    return { ...left, whole: left.whole + right.whole, root: left.root + right.root }
  }
  return {
    whole: left.whole * right.denominator + right.whole * left.denominator,
    root: left.root * right.denominator + right.root * left.denominator,
    denominator: left.denominator * right.denominator,
  }
}

/** `left * right`, exactly. */
export function multiplySurds(left: Surd, right: Surd): Surd {
  return {
    whole: left.whole * right.whole + 3n * left.root * right.root,
    root: left.whole * right.root + left.root * right.whole,
    denominator: left.denominator * right.denominator,
  }
}

/** `-value`, exactly. */
export function negatedSurd({ whole, root, denominator }: Surd): Surd {
  return { whole: -whole, root: -root, denominator }
}

/** -1, 0 or 1 as the number is below, at or above 0, exactly: sqrt(3) is never rounded. */
export function signOfSurd({ whole, root }: Surd): -1 | 0 | 1 {
  const [one, other] = [sign(whole), sign(root)]
  if (one === other || other === 0) return one
  if (one === 0) return other
  // Of opposite signs: the larger of the two sizes decides. They are never equal, since sqrt(3) is no fraction.
  return whole * whole > 3n * root * root ? one : other
}

/** -1, 0 or 1 as `left` is smaller than, equal to or larger than `right`. */
export function compareSurds(left: Surd, right: Surd): -1 | 0 | 1 {
  return signOfSurd(addSurds(left, negatedSurd(right)))
}

/** Binary places to which {@link surdAbove} knows sqrt(3). */
const rootPlaces = 400n
const rootBelow = integerRoot(3n << (2n * rootPlaces))

/** A fraction that is not below the number and less than 2^-400 times its irrational part above it. */
export function surdAbove({ whole, root, denominator }: Surd): Rational {
  const factor = root > 0n ? rootBelow + 1n : rootBelow
  return rational((whole << rootPlaces) + root * factor, denominator << rootPlaces)
}

/** The largest whole number whose square is not above a positive one, by Newton's method. */
function integerRoot(square: bigint): bigint {
  let guess = 1n << BigInt(Math.ceil(square.toString(2).length / 2))
  for (;;) {
    const next = (guess + square / guess) >> 1n
    if (next >= guess) return guess
    guess = next
  }
}

function sign(value: bigint): -1 | 0 | 1 {
  return value < 0n ? -1 : value > 0n ? 1 : 0
}

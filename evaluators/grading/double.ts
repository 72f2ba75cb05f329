/*
 * Every double is a whole multiple of 2^-1074, so sums and products of doubles are exact as BigInts over a power of
 * two. That makes each comparison built on these a fact, not an estimate.
 */

const bits = new DataView(new ArrayBuffer(8))

/** Binary places of the smallest double, 2^-1074. */
export const stepExponent = 1074

/** A finite double as its number of 2^-1074 steps. */
export function stepsOf(value: number): bigint {
  const { mantissa, exponent } = partsOf(value)
  return mantissa << BigInt(exponent + stepExponent)
}

/** A finite double as `mantissa * 2^exponent`, exactly; the mantissa has 53 bits at most. */
export function partsOf(value: number): { readonly mantissa: bigint; readonly exponent: number } {
  bits.setFloat64(0, value)
  const word = bits.getBigUint64(0)
  const field = Number((word >> 52n) & 0x7ffn)
  const fraction = word & 0xfffffffffffffn
  const size = field === 0 ? fraction : fraction | 0x10000000000000n
  return { mantissa: value < 0 ? -size : size, exponent: Math.max(field, 1) - 1 - stepExponent }
}

/** Doubles as whole numbers over one power of two: `values[i] = units[i] * 2^exponent`, exactly. */
export interface CommonUnits {
  readonly units: readonly bigint[]
  /** Of the unit; the largest that makes every value whole, 0 when all values are 0. */
  readonly exponent: number
}

/**
 * Writes doubles as whole numbers of the largest common power of two.
 *
 * What is computed on the units stays as short as the values allow, where {@link stepsOf} always takes a thousand bits.
 *
 * @param values - All finite.
 */
export function commonUnits(values: readonly number[]): CommonUnits {
  const parts = values.map(partsOf)
  const used = parts.flatMap(({ mantissa, exponent }) => (mantissa === 0n ? [] : [exponent]))
  const exponent = used.length === 0 ? 0 : Math.min(...used)
  const units = parts.map((part) => (part.mantissa === 0n ? 0n : part.mantissa << BigInt(part.exponent - exponent)))
  return { units, exponent }
}

/** The largest double that is not above the exact sum of some that are 0 or more. */
export function sumRoundedDown(values: readonly number[]): number {
  const exact = values.reduce((sum, value) => sum + stepsOf(value), 0n)
  let rounded = values.reduce((sum, value) => sum + value, 0)
  while (stepsOf(rounded) > exact) rounded = nextDown(rounded)
  for (let above = nextUp(rounded); stepsOf(above) <= exact; above = nextUp(rounded)) rounded = above
  return rounded
}

/** The next smaller double of a positive one. */
export function nextDown(value: number): number {
  return neighbour(value, -1n)
}

/** The next larger double of one that is 0 or more. */
export function nextUp(value: number): number {
  return neighbour(value, 1n)
}

function neighbour(value: number, step: bigint): number {
  bits.setFloat64(0, value)
  bits.setBigUint64(0, bits.getBigUint64(0) + step)
  return bits.getFloat64(0)
}

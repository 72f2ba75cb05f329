import type { Circle } from './circle.ts'

/*
 * Every double is a whole multiple of 2^-1074, so sums and products of doubles are exact as BigInts over a power of
 * two. That makes each comparison here a fact, not an estimate.
 */

const bits = new DataView(new ArrayBuffer(8))

/** A finite double as its number of 2^-1074 steps. */
export function stepsOf(value: number): bigint {
  bits.setFloat64(0, value)
  const word = bits.getBigUint64(0)
  const exponent = Number((word >> 52n) & 0x7ffn)
  const fraction = word & 0xfffffffffffffn
  const size = exponent === 0 ? fraction : (fraction | 0x10000000000000n) << BigInt(exponent - 1)
  return value < 0 ? -size : size
}

const one = stepsOf(1)

/** Whether a circle lies in the closed unit square, exactly. */
export function isInside([x, y, radius]: Circle): boolean {
  const size = stepsOf(radius)
  return [stepsOf(x), stepsOf(y)].every((place) => place >= size && one - place >= size)
}

/** Whether two circles have no inner point in common, exactly. Touching is allowed. */
export function areDisjoint(first: Circle, second: Circle): boolean {
  const [dx, dy, reach] = [
    stepsOf(first[0]) - stepsOf(second[0]),
    stepsOf(first[1]) - stepsOf(second[1]),
    stepsOf(first[2]) + stepsOf(second[2]),
  ]
  return dx * dx + dy * dy >= reach * reach
}

/** The largest double that is not above the exact sum. All values are 0 or more. */
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

function nextUp(value: number): number {
  return neighbour(value, 1n)
}

function neighbour(value: number, step: bigint): number {
  bits.setFloat64(0, value)
  bits.setBigUint64(0, bits.getBigUint64(0) + step)
  return bits.getFloat64(0)
}

import { correlation, exactCorrelation } from '../grading/convolution.ts'
import { commonUnits } from '../grading/double.ts'
import type { Rational } from '../grading/rational.ts'
import { rational } from '../grading/rational.ts'
import type { Heights } from './heights.ts'
import { indexOfLargest } from './heights.ts'

/** A function's largest overlap with the complement of its shifts. */
export interface Overlap {
  readonly overlap: number
  /** By shift, from `-(n - 1)` to `n - 1`. */
  readonly byShift: Float64Array
  /** Index of the largest overlap in `byShift`. */
  readonly worst: number
  /** The heights that are scored: between 0 and 1, their sum half their number up to rounding. */
  readonly heights: Heights
}

/**
 * Scales a function between 0 and 1 so that it fills half its interval, without leaving 0 to 1.
 *
 * Where it fills more, the heights shrink by one factor; where it fills less, what is missing to 1 does.
 *
 * @param list - Heights from 0 to 1, neither all 0 nor all 1.
 */
export function halfFilled(list: Heights): Heights {
  const half = list.length / 2
  const total = list.reduce((sum, height) => sum + height, 0)
  if (total >= half) return list.map((height) => height * (half / total))
  const factor = half / list.reduce((sum, height) => sum + (1 - height), 0)
  return list.map((height) => 1 - (1 - height) * factor)
}

/**
 * The largest integral of `f(x) (1 - f(x + k))` over all shifts k, for f on an interval of length 2 after
 * {@link halfFilled}.
 *
 * @see Haugland 2016, "The minimum overlap problem revisited", arXiv:1609.08000.
 */
export function largestOverlap(list: Heights): Overlap {
  const heights = halfFilled(list)
  const byShift = correlation(
    heights,
    heights.map((height) => 1 - height),
  )
  const worst = indexOfLargest(byShift)
  return { overlap: ((byShift[worst] ?? 0) * 2) / list.length, byShift, worst, heights }
}

/** The overlap of {@link largestOverlap}, exactly, with an exact scaling too. */
export function exactLargestOverlap(list: Heights): Rational {
  const length = BigInt(list.length)
  const [one = 1n, ...units] = commonUnits([1, ...list]).units
  const total = units.reduce((sum, height) => sum + height, 0n)
  // What is scaled, in units in which its sum stands for n/2: the heights, or what is missing to 1.
  const scaled = 2n * total >= length * one ? units : units.map((height) => one - height)
  const sum = scaled.reduce((all, height) => all + height, 0n)
  const rest = scaled.map((height) => 2n * sum - length * height)
  const most = exactCorrelation(scaled, rest).reduce((best, value) => (value > best ? value : best), 0n)
  return rational(most, 2n * sum * sum)
}

import { autoconvolution, exactAutoconvolution } from '../grading/convolution.ts'
import type { Rational } from '../grading/rational.ts'
import { rational } from '../grading/rational.ts'
import { commonUnits } from '../grading/double.ts'
import type { Heights } from './heights.ts'
import { indexOfLargest } from './heights.ts'

/*
 * A step function with n equal steps has a piecewise linear autoconvolution; its corners are the discrete
 * autoconvolution of the heights, with a 0 at either end. The width of the steps cancels in both ratios.
 */

/** One of the ratios with the autoconvolution behind it. */
export interface Autocorrelation {
  readonly ratio: number
  /** Values at the corners, length `2n - 1`, without the zeros at the ends. */
  readonly corners: Float64Array
  /** Index of the largest corner. */
  readonly peak: number
}

/**
 * The largest value of `f * f` over the square of the integral of f, for f on an interval of length 1/2.
 *
 * @param list - Heights of 0 or more, not all 0.
 * @see Matolcsi and Vinuesa 2010, "Improved bounds on the supremum of autoconvolutions".
 */
export function peakRatio(list: Heights): Autocorrelation {
  const corners = autoconvolution(list)
  const peak = indexOfLargest(corners)
  const total = list.reduce((sum, height) => sum + height, 0)
  return { ratio: (2 * list.length * (corners[peak] ?? 0)) / total ** 2, corners, peak }
}

/** The ratio of {@link peakRatio}, exactly. */
export function exactPeakRatio(list: Heights): Rational {
  const total = commonUnits(list).units.reduce((sum, height) => sum + height, 0n)
  return rational(2n * BigInt(list.length) * largest(exactAutoconvolution(list).units), total * total)
}

/**
 * The square of the L2 norm of `f * f` over the product of its L1 and its supremum norm.
 *
 * @param list - Heights of 0 or more, not all 0.
 * @see Matolcsi and Vinuesa 2010, as above.
 */
export function normRatio(list: Heights): Autocorrelation {
  const corners = autoconvolution(list)
  const peak = indexOfLargest(corners)
  let [square, integral, before] = [0, 0, 0]
  for (const corner of corners) {
    square += before * before + before * corner + corner * corner
    integral += corner
    before = corner
  }
  square += before * before
  return { ratio: square / (3 * integral * (corners[peak] ?? 0)), corners, peak }
}

/** The ratio of {@link normRatio}, exactly. */
export function exactNormRatio(list: Heights): Rational {
  const corners = exactAutoconvolution(list).units
  let [square, integral, before] = [0n, 0n, 0n]
  for (const corner of [...corners, 0n]) {
    square += before * before + before * corner + corner * corner
    integral += corner
    before = corner
  }
  return rational(square, 3n * integral * largest(corners))
}

function largest(values: readonly bigint[]): bigint {
  return values.reduce((most, value) => (value > most ? value : most), 0n)
}

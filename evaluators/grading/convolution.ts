import { commonUnits } from './double.ts'

/*
 * Direct sums, no fast Fourier transform: its error is relative to the largest value of the whole, while a direct sum of
 * non-negative products is right to about `n * 2^-53` of itself. At the lengths of these problems it takes milliseconds.
 */

/**
 * Convolves a list with itself: `y[k] = sum of a[i] * a[k - i]`, length `2n - 1`.
 *
 * @param values - Finite, at least one. Where all are 0 or more, each result is right to a relative `n * 2^-53`.
 */
export function autoconvolution(values: readonly number[]): Float64Array {
  const list = Float64Array.from(values)
  const sums = new Float64Array(2 * list.length - 1)
  for (let first = 0; first < list.length; first++) {
    const value = list[first] as number
    if (value === 0) continue
    sums[2 * first] = (sums[2 * first] as number) + value * value
    // Each pair of different places counts twice.
    const twice = 2 * value
    for (let second = first + 1; second < list.length; second++) {
      sums[first + second] = (sums[first + second] as number) + twice * (list[second] as number)
    }
  }
  return sums
}

/** Whole numbers over a power of two: `units[k] * 2^exponent`. */
export interface ExactList {
  readonly units: readonly bigint[]
  readonly exponent: number
}

/** {@link autoconvolution}, exactly. */
export function exactAutoconvolution(values: readonly number[]): ExactList {
  const { units, exponent } = commonUnits(values)
  const sums = new Array<bigint>(2 * units.length - 1).fill(0n)
  for (const [first, value] of units.entries()) {
    if (value === 0n) continue
    sums[2 * first] = (sums[2 * first] ?? 0n) + value * value
    const twice = 2n * value
    for (let second = first + 1; second < units.length; second++) {
      sums[first + second] = (sums[first + second] ?? 0n) + twice * (units[second] ?? 0n)
    }
  }
  return { units: sums, exponent: 2 * exponent }
}

/**
 * Slides one list along another of the same length: `y[k] = sum of a[i] * b[i + k - (n - 1)]`, length `2n - 1`.
 *
 * Outside of the lists everything is 0. Rounding as in {@link autoconvolution}.
 */
export function correlation(fixed: readonly number[], sliding: readonly number[]): Float64Array {
  const [one, other] = [Float64Array.from(fixed), Float64Array.from(sliding)]
  const last = one.length - 1
  const sums = new Float64Array(2 * one.length - 1)
  for (let first = 0; first < one.length; first++) {
    const value = one[first] as number
    if (value === 0) continue
    const from = last - first
    for (let second = 0; second < other.length; second++) {
      sums[from + second] = (sums[from + second] as number) + value * (other[second] as number)
    }
  }
  return sums
}

/** {@link correlation} of whole numbers, exactly. */
export function exactCorrelation(fixed: readonly bigint[], sliding: readonly bigint[]): readonly bigint[] {
  const last = fixed.length - 1
  const sums = new Array<bigint>(2 * fixed.length - 1).fill(0n)
  for (const [first, value] of fixed.entries()) {
    if (value === 0n) continue
    for (const [second, other] of sliding.entries()) {
      sums[last - first + second] = (sums[last - first + second] ?? 0n) + value * other
    }
  }
  return sums
}

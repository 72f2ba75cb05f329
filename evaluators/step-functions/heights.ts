import { z } from 'evolve-agent'

/** Heights of a step function on equal steps, left to right. */
export type Heights = readonly number[]

/** Shape of an answer: from 1 to `most` heights, each of a size that a function can mean. */
export function heights(most: number) {
  return z.array(z.number().min(-1e10).max(1e10)).min(1).max(most)
}

/** A function whose largest height is below this is an empty one that passes for a function by its ratios. */
const leastHeight = 1e-12

/** A non-negative function, or why there is none. */
export type Clipped =
  | { readonly ok: true; readonly heights: Heights; readonly negative: number }
  | { readonly ok: false; readonly reason: string }

/**
 * Takes negative heights for 0, which is what the problems allow them to be.
 *
 * @returns The heights and how many were negative; a reason when nothing is left.
 */
export function clipped(returned: Heights): Clipped {
  const largest = Math.max(...returned)
  if (largest < leastHeight) {
    return { ok: false, reason: `the largest height is ${largest}: a function of nothing has no ratio` }
  }
  const negative = returned.filter((height) => height < 0).length
  return { ok: true, heights: negative === 0 ? returned : returned.map((height) => Math.max(0, height)), negative }
}

/** Share of the heights that are above a hundredth of the largest: how much of the interval the function uses. */
export function supportOf(list: Heights): number {
  const least = Math.max(...list) / 100
  return list.filter((height) => height > least).length / list.length
}

/** Half the sum of differences between a function and its mirror image, as a share of the function: 0 if symmetric, 1 at most. */
export function asymmetryOf(list: Heights): number {
  const total = list.reduce((sum, height) => sum + height, 0)
  const apart = list.reduce((sum, height, index) => sum + Math.abs(height - (list[list.length - 1 - index] ?? 0)), 0)
  return total === 0 ? 0 : apart / (2 * total)
}

/** Index of the largest value, the first of several. */
export function indexOfLargest(values: ArrayLike<number>): number {
  let best = 0
  for (let index = 1; index < values.length; index++) if ((values[index] ?? 0) > (values[best] ?? 0)) best = index
  return best
}

/** Share of the values that are within one per cent of the largest. */
export function plateauOf(values: Float64Array): number {
  const least = 0.99 * (values[indexOfLargest(values)] ?? 0)
  return values.filter((value) => value >= least).length / values.length
}

/** In words, how many heights were clipped; nothing when none was. */
export function clippingText(negative: number): string {
  return negative === 0 ? '' : ` ${negative} negative heights were taken for 0.`
}

/** A number with few digits, for feedback. */
export function rounded(value: number, digits = 3): string {
  return String(Number(value.toPrecision(digits)))
}

import { defineEvaluator, invalid } from 'evolve-agent'
import { roundedUp } from './grading/rational.ts'
import { asymmetryOf, heights, rounded } from './step-functions/heights.ts'
import { exactLargestOverlap, largestOverlap } from './step-functions/overlap.ts'

/** The best value known; what comes within 1e-9 of it, or beats it, is computed again exactly and rounded up. */
const record = 0.3808703106

/** Mean heights outside of these say nothing about a function that fills half its interval. */
const leastMean = 1e-6

/**
 * Erdos's minimum overlap problem: a step function from 0 to 1 on [0, 2] with integral 1 that overlaps the complement
 * of its own shifts as little as possible. The objective is an upper bound of the constant.
 *
 * Heights outside of 0 to 1 are clipped, and the function is scaled until it fills exactly half the interval.
 */
export default defineEvaluator({
  output: heights(600),
  cases: () => [{ id: 'steps', args: [] }],
  score({ cases: [only] }) {
    if (!only.ok) return only.failure
    const outside = only.value.filter((height) => height < 0 || height > 1).length
    const list = only.value.map((height) => Math.min(1, Math.max(0, height)))
    const mean = list.reduce((sum, height) => sum + height, 0) / list.length
    if (mean < leastMean || mean > 1 - leastMean) {
      return invalid(
        `the mean of the clipped heights is ${mean}: a function that is ${mean < 0.5 ? 0 : 1} everywhere cannot be scaled`,
      )
    }
    const { overlap, byShift, worst, heights: scaled } = largestOverlap(list)
    const shift = ((worst - (list.length - 1)) * 2) / list.length
    const near = byShift.filter((value) => value >= 0.99 * (byShift[worst] ?? 0)).length
    return {
      objectives: { overlap: overlap < record * (1 + 1e-9) ? roundedUp(exactLargestOverlap(list)) : overlap },
      feedback:
        `The ${list.length} steps overlap most at shift ${rounded(shift)} of -2 to 2; ${near} of ${byShift.length} shifts come within 1 % of that. ` +
        `The heights filled ${rounded(100 * mean)} % of the interval before they were scaled to 50 %.` +
        (outside === 0 ? '' : ` ${outside} heights outside of 0 to 1 were clipped.`),
      descriptors: { steps: list.length, asymmetry: asymmetryOf(scaled), saturated: saturationOf(scaled) },
    }
  },
})

/** Share of the heights within a hundredth of 0 or 1. */
function saturationOf(list: readonly number[]): number {
  return list.filter((height) => height < 0.01 || height > 0.99).length / list.length
}

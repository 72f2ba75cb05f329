import { defineEvaluator, invalid } from 'evolve-agent'
import { roundedUp } from './grading/rational.ts'
import { exactPeakRatio, peakRatio } from './step-functions/autocorrelation.ts'
import { asymmetryOf, clipped, clippingText, heights, plateauOf, rounded, supportOf } from './step-functions/heights.ts'

/** The best value known; what comes within 1e-9 of it, or beats it, is computed again exactly and rounded up. */
const record = 1.5028628587

/**
 * The first autocorrelation inequality: a non-negative step function on [-1/4, 1/4] whose autoconvolution peaks as low as
 * possible. The objective is an upper bound of the constant in the inequality.
 */
export default defineEvaluator({
  output: heights(2000),
  cases: () => [{ id: 'steps', args: [] }],
  score({ cases: [only] }) {
    if (!only.ok) return only.failure
    const repaired = clipped(only.value)
    if (!repaired.ok) return invalid(repaired.reason)
    const list = repaired.heights
    const { ratio, corners, peak } = peakRatio(list)
    const place = (peak + 1) / (2 * list.length) - 0.5
    return {
      objectives: { ratio: ratio < record * (1 + 1e-9) ? roundedUp(exactPeakRatio(list)) : ratio },
      feedback:
        `The autoconvolution of the ${list.length} steps peaks at x = ${rounded(place)} of -0.5 to 0.5; ` +
        `${rounded(100 * plateauOf(corners))} % of its values are within 1 % of the peak. ` +
        `A lower peak needs mass moved away from the pairs of steps that meet there.${clippingText(repaired.negative)}`,
      descriptors: { steps: list.length, support: supportOf(list), asymmetry: asymmetryOf(list) },
    }
  },
})

import { defineEvaluator, invalid } from 'evolve-agent'
import { roundedDown } from './grading/rational.ts'
import { exactNormRatio, normRatio } from './step-functions/autocorrelation.ts'
import { asymmetryOf, clipped, clippingText, heights, plateauOf, rounded, supportOf } from './step-functions/heights.ts'

/** The best value known; what comes within 1e-9 of it, or beats it, is computed again exactly and rounded down. */
const record = 0.96258

/**
 * The second autocorrelation inequality: a non-negative step function whose autoconvolution is as near to a constant on
 * its support as possible. The objective is a lower bound of the constant in the inequality.
 */
export default defineEvaluator({
  output: heights(4096),
  cases: () => [{ id: 'steps', args: [] }],
  score({ cases: [only] }) {
    if (!only.ok) return only.failure
    const repaired = clipped(only.value)
    if (!repaired.ok) return invalid(repaired.reason)
    const list = repaired.heights
    const { ratio, corners, peak } = normRatio(list)
    const place = (peak + 1) / (2 * list.length)
    return {
      objectives: { ratio: ratio > record * (1 - 1e-9) ? roundedDown(exactNormRatio(list)) : ratio },
      feedback:
        `The autoconvolution of the ${list.length} steps peaks at ${rounded(100 * place)} % of its length; ` +
        `${rounded(100 * plateauOf(corners))} % of its values are within 1 % of the peak. ` +
        `The ratio would be 1 if all values that are not 0 were equal.${clippingText(repaired.negative)}`,
      descriptors: { steps: list.length, support: supportOf(list), asymmetry: asymmetryOf(list) },
    }
  },
})

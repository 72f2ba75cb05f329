import { defineEvaluator, invalid, z } from 'evolve-agent'
import { findFlaw } from './circle-packing/flaw.ts'
import { describePacking } from './circle-packing/feedback.ts'
import { shrink } from './circle-packing/shrink.ts'

/** Circles to pack. The evaluator decides, never the candidate. */
const count = 26

/** A total below this is an empty packing: points that pass for circles. */
const emptyTotal = 1e-6

/**
 * Packs 26 disjoint circles in the unit square; the objective is the sum of their radii.
 *
 * Tolerance 0: overlapping circles are not forgiven, all radii shrink by one common factor until no two overlap and
 * none leaves the square, checked in exact arithmetic. A packing that is valid as returned is scored as it is.
 */
export default defineEvaluator({
  output: z.array(z.tuple([z.number(), z.number(), z.number()])).length(count),
  cases: () => [{ id: `n${count}`, args: [count] }],
  score({ cases: [only] }) {
    if (!only.ok) return only.failure
    const flaw = findFlaw(only.value)
    if (flaw !== undefined) return invalid(flaw)
    const packing = shrink(only.value)
    if (packing.total < emptyTotal) {
      return invalid(
        `${packing.worst ?? 'all radii are zero'}: the circles have no room, the sum of radii is ${packing.total}`,
      )
    }
    return {
      objectives: { sum_radii: packing.total },
      feedback: describePacking(packing),
      artifacts: { raw: packing.raw, shrink: packing.factor, circles: packing.circles },
      descriptors: { radius_spread: spread(packing.circles.map(([, , radius]) => radius)) },
    }
  },
})

/** Standard deviation over mean: 0 when all are equal. The mean must not be 0. */
function spread(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const variance = values.reduce((sum, value) => sum + (value / mean - 1) ** 2, 0) / values.length
  return Math.sqrt(variance)
}

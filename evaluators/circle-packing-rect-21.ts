import { defineEvaluator, invalid, z } from 'evolve-agent'
import { boundingBox, scaledTotal } from './circles/bounding-box.ts'
import { radiusSpread } from './circles/circle.ts'
import { describePacking } from './circles/feedback.ts'
import { findFlaw } from './circles/flaw.ts'
import { shrink } from './circles/shrink.ts'
import { coordinate } from './grading/point.ts'
import { roundedDown } from './grading/rational.ts'

const count = 21

/** A total below this is an empty packing: points that pass for circles. */
const emptyTotal = 1e-6

/**
 * Packs 21 disjoint circles in a rectangle of perimeter 4 whose shape is free; the objective is the sum of their radii.
 *
 * The rectangle is the bounding box. Where its width and height add up to more than 2, the whole packing is scaled down
 * until they do not, so there is no wall to cross. Tolerance 0: overlapping circles all shrink by one common factor first, in exact arithmetic.
 */
export default defineEvaluator({
  output: z.array(z.tuple([coordinate, coordinate, coordinate])).length(count),
  cases: () => [{ id: `n${count}`, args: [count] }],
  score({ cases: [only] }) {
    if (!only.ok) return only.failure
    const flaw = findFlaw(only.value, 'none')
    if (flaw !== undefined) return invalid(flaw)
    const packing = shrink(only.value, 'none')
    if (packing.total === 0) return invalid(`${packing.worst ?? 'all radii are zero'}: the circles have no room`)
    const total = roundedDown(scaledTotal(packing.circles))
    if (total < emptyTotal)
      return invalid(`the circles are points beside their distances: the sum of radii is ${total}`)
    const box = boundingBox(packing.circles)
    const [width, height] = [box.right - box.left, box.upper - box.lower]
    const scale = Math.min(1, 2 / (width + height))
    const scaling =
      scale === 1
        ? 'no scaling was needed'
        : `everything was scaled by ${scale.toPrecision(6)}, lengths that follow are as returned`
    return {
      objectives: { sum_radii: total },
      feedback: `The bounding box measures ${width.toPrecision(6)} x ${height.toPrecision(6)}; ${scaling}. ${describePacking(packing, box)}`,
      artifacts: { raw: packing.raw, shrink: packing.factor, scale, circles: packing.circles },
      descriptors: {
        radius_spread: radiusSpread(packing.circles),
        box_aspect: Math.min(width, height) / Math.max(width, height),
      },
    }
  },
})

import type { EvaluatorDefinition } from 'evolve-agent'
import { invalid, z } from 'evolve-agent'
import { coordinate } from '../grading/point.ts'
import { radiusSpread } from './circle.ts'
import { describePacking, unitBox } from './feedback.ts'
import { findFlaw } from './flaw.ts'
import { shrink } from './shrink.ts'

/** A total below this is an empty packing: points that pass for circles. */
const emptyTotal = 1e-6

function circles(count: number) {
  return z.array(z.tuple([coordinate, coordinate, coordinate])).length(count)
}

/**
 * Packing disjoint circles in the unit square; the objective `sum_radii` is the sum of their radii.
 *
 * Tolerance 0: overlapping circles are not forgiven, all radii shrink by one common factor until no two overlap and
 * none leaves the square, checked in exact arithmetic. A packing that is valid as returned is scored as it is.
 *
 * @param count - Circles to pack. The evaluator decides, never the candidate.
 */
export function squarePacking(count: number): EvaluatorDefinition<ReturnType<typeof circles>> {
  return {
    output: circles(count),
    cases: () => [{ id: `n${count}`, args: [count] }],
    score({ cases: [only] }) {
      if (!only.ok) return only.failure
      const flaw = findFlaw(only.value, 'unit square')
      if (flaw !== undefined) return invalid(flaw)
      const packing = shrink(only.value, 'unit square')
      if (packing.total < emptyTotal) {
        return invalid(
          `${packing.worst ?? 'all radii are zero'}: the circles have no room, the sum of radii is ${packing.total}`,
        )
      }
      return {
        objectives: { sum_radii: packing.total },
        feedback: describePacking(packing, unitBox),
        artifacts: { raw: packing.raw, shrink: packing.factor, circles: packing.circles },
        descriptors: { radius_spread: radiusSpread(packing.circles) },
      }
    },
  }
}

import { defineEvaluator, invalid } from 'evolve-agent'
import { points } from './grading/point.ts'
import { roundedDown } from './grading/rational.ts'
import { areaShare, clipped, unitWeights } from './heilbronn/barycentric.ts'
import type { UnitWeights } from './heilbronn/barycentric.ts'
import { describeSmallest, trianglesBySize } from './heilbronn/smallest.ts'

const count = 11

/** A point this near to a side lies on it, in sides of the triangle. */
const contact = 1e-9

/**
 * Places 11 points in an equilateral triangle; the objective is the area of the smallest triangle of three of them over
 * the area of the whole.
 *
 * Tolerance 0: points outside are clipped to the triangle, and the clipped points are scored with exact fractions.
 */
export default defineEvaluator({
  output: points(count),
  cases: () => [{ id: `n${count}`, args: [count] }],
  score({ cases: [only] }) {
    if (!only.ok) return only.failure
    const inside = only.value.map(clipped)
    const weights = inside.map((each) => unitWeights(each.weights))
    const triangles = trianglesBySize(count, (a, b, c) =>
      areaShare(weights[a] as UnitWeights, weights[b] as UnitWeights, weights[c] as UnitWeights),
    )
    const [{ share, corners }] = triangles
    const smallest = roundedDown(share)
    if (smallest === 0) return invalid(`points ${corners.join(', ')} lie on one line or closer than numbers can tell`)
    const onBoundary = inside.filter(({ weights: each }) => Math.min(...each) < contact).length
    const outside = inside
      .map(({ outside: by }, index) => ({ index, by }))
      .filter(({ by }) => by > contact)
      .sort((one, other) => other.by - one.by)
    const [worst] = outside
    const repaired =
      worst === undefined
        ? 'All points lie in the triangle.'
        : `${outside.length} points were outside and clipped to the triangle, point ${worst.index} by ${worst.by.toPrecision(3)}.`
    return {
      objectives: { smallest_share: smallest },
      feedback: `${repaired} ${describeSmallest(triangles)} ${onBoundary} points are on the boundary.`,
      artifacts: { clipped: outside.length },
      descriptors: { boundary_points: onBoundary },
    }
  },
})

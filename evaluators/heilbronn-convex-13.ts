import { defineEvaluator, invalid } from 'evolve-agent'
import { doublePolygonArea, unitHull } from './grading/convex-hull.ts'
import { doubleArea, unitPoints } from './grading/orientation.ts'
import type { UnitPoint } from './grading/orientation.ts'
import { points } from './grading/point.ts'
import { rational, roundedDown } from './grading/rational.ts'
import { describeSmallest, trianglesBySize } from './heilbronn/smallest.ts'

const count = 13

/**
 * Places 13 points in the plane; the objective is the area of the smallest triangle of three of them over the area of
 * their convex hull.
 *
 * No stretching or shearing changes the value, so nothing has to be contained in anything and nothing is to be repaired.
 * Areas are exact fractions.
 */
export default defineEvaluator({
  output: points(count),
  cases: () => [{ id: `n${count}`, args: [count] }],
  score({ cases: [only] }) {
    if (!only.ok) return only.failure
    const { places } = unitPoints(only.value)
    const at = (index: number): UnitPoint => places[index] as UnitPoint
    const hull = unitHull(places)
    if (hull.length < 3) return invalid('all points lie on one line, so there is no hull')
    const whole = doublePolygonArea(hull.map(at))
    const triangles = trianglesBySize(count, (a, b, c) => {
      const area = doubleArea(at(a), at(b), at(c))
      return rational(area < 0n ? -area : area, whole)
    })
    const [{ share, corners }] = triangles
    const smallest = roundedDown(share)
    if (smallest === 0) return invalid(`points ${corners.join(', ')} lie on one line or closer than numbers can tell`)
    return {
      objectives: { smallest_share: smallest },
      feedback: `${describeSmallest(triangles)} The hull has ${hull.length} corners: ${hull.join(', ')}.`,
      artifacts: { hull, points: only.value.map((point) => [...point]) },
      descriptors: { hull_corners: hull.length },
    }
  },
})

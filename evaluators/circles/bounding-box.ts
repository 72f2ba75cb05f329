import { stepsOf } from '../grading/double.ts'
import { rational } from '../grading/rational.ts'
import type { Rational } from '../grading/rational.ts'
import type { Circle } from './circle.ts'
import type { Box } from './feedback.ts'

/** The smallest rectangle with sides along the axes that holds all circles, up to rounding. */
export function boundingBox(circles: readonly Circle[]): Box {
  return {
    left: Math.min(...circles.map(([x, , radius]) => x - radius)),
    right: Math.max(...circles.map(([x, , radius]) => x + radius)),
    lower: Math.min(...circles.map(([, y, radius]) => y - radius)),
    upper: Math.max(...circles.map(([, y, radius]) => y + radius)),
  }
}

/**
 * Sum of the radii after the packing is scaled down until width and height of its bounding box add up to 2 at most,
 * exactly. A packing that fits keeps its size.
 *
 * @param circles - Not all of radius 0.
 */
export function scaledTotal(circles: readonly Circle[]): Rational {
  const radii = circles.map(([, , radius]) => stepsOf(radius))
  const extent = (axis: 0 | 1): bigint => {
    const places = circles.map((circle) => stepsOf(circle[axis]))
    const upper = places.map((place, index) => place + (radii[index] ?? 0n))
    const lower = places.map((place, index) => place - (radii[index] ?? 0n))
    return largest(upper) + largest(lower.map((each) => -each))
  }
  const total = radii.reduce((sum, radius) => sum + radius, 0n)
  const around = extent(0) + extent(1)
  return around > two ? rational(2n * total, around) : rational(total, two / 2n)
}

const two = stepsOf(2)

function largest(values: readonly bigint[]): bigint {
  return values.reduce((most, value) => (value > most ? value : most))
}

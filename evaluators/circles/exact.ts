import { stepsOf } from '../grading/double.ts'
import type { Circle } from './circle.ts'

const one = stepsOf(1)

/** Whether a circle lies in the closed unit square, exactly. */
export function isInside([x, y, radius]: Circle): boolean {
  const size = stepsOf(radius)
  return [stepsOf(x), stepsOf(y)].every((place) => place >= size && one - place >= size)
}

/** Whether two circles have no inner point in common, exactly. Touching is allowed. */
export function areDisjoint(first: Circle, second: Circle): boolean {
  const [dx, dy, reach] = [
    stepsOf(first[0]) - stepsOf(second[0]),
    stepsOf(first[1]) - stepsOf(second[1]),
    stepsOf(first[2]) + stepsOf(second[2]),
  ]
  return dx * dx + dy * dy >= reach * reach
}

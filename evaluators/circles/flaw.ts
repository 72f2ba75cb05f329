import type { Circle } from './circle.ts'
import type { Walls } from './shrink.ts'

/**
 * What makes a list of finite circles no packing at all, before any overlap is looked at.
 *
 * @returns One sentence that names the first offender, or nothing.
 */
export function findFlaw(circles: readonly Circle[], walls: Walls): string | undefined {
  for (const [index, [x, y, radius]] of circles.entries()) {
    if (radius < 0) return `circle ${index} has the negative radius ${radius}`
    if (walls === 'none') continue
    if (x < 0 || x > 1 || y < 0 || y > 1)
      return `the centre (${x}, ${y}) of circle ${index} lies outside the unit square`
    if (radius > 1) return `circle ${index} has radius ${radius}, more than the side of the square`
  }
  return undefined
}

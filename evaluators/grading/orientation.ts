import { commonUnits } from './double.ts'
import type { Point } from './point.ts'

/** A place in the plane by whole numbers of one unit. */
export type UnitPoint = readonly [x: bigint, y: bigint]

/** Points as whole numbers of a common unit, `2^exponent`. Areas in it are whole numbers of `4^exponent`. */
export function unitPoints(points: readonly Point[]): {
  readonly places: readonly UnitPoint[]
  readonly exponent: number
} {
  const { units, exponent } = commonUnits(points.flat())
  return { places: points.map((_, index) => [units[2 * index] ?? 0n, units[2 * index + 1] ?? 0n]), exponent }
}

/** Twice the signed area of a triangle, exactly: above 0 when it turns left, 0 when its corners lie on one line. */
export function doubleArea([ax, ay]: UnitPoint, [bx, by]: UnitPoint, [cx, cy]: UnitPoint): bigint {
  return (bx - ax) * (cy - ay) - (cx - ax) * (by - ay)
}

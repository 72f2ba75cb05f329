import { doubleArea, unitPoints } from './orientation.ts'
import type { UnitPoint } from './orientation.ts'
import type { Point } from './point.ts'

/**
 * Indices of the corners of the convex hull, counter-clockwise from the leftmost (then lowest) point, exactly.
 *
 * Points on an edge and second copies of a corner are no corners. Points on one line give its two ends, copies of one
 * point give one index.
 *
 * @see Andrew 1979, "Another efficient algorithm for convex hulls in two dimensions".
 */
export function convexHull(points: readonly Point[]): readonly number[] {
  return unitHull(unitPoints(points).places)
}

/** {@link convexHull} of points that are whole numbers of a unit already. */
export function unitHull(places: readonly UnitPoint[]): readonly number[] {
  const at = (index: number): UnitPoint => places[index] as UnitPoint
  const order = places
    .map((_, index) => index)
    .sort((one, other) => sign(at(one)[0] - at(other)[0]) || sign(at(one)[1] - at(other)[1]) || one - other)
    .filter((index, place, all) => place === 0 || !same(at(index), at(all[place - 1] as number)))
  if (order.length < 3) return order
  const chain = (indices: readonly number[]): number[] => {
    const kept: number[] = []
    for (const index of indices) {
      while (kept.length >= 2 && doubleArea(at(kept.at(-2) as number), at(kept.at(-1) as number), at(index)) <= 0n) {
        kept.pop()
      }
      kept.push(index)
    }
    return kept.slice(0, -1)
  }
  return [...chain(order), ...chain(order.toReversed())]
}

/** Twice the area inside a polygon whose corners are given counter-clockwise, exactly. */
export function doublePolygonArea(corners: readonly UnitPoint[]): bigint {
  const [first, ...rest] = corners
  if (first === undefined) return 0n
  return rest.slice(1).reduce((sum, corner, index) => sum + doubleArea(first, rest[index] as UnitPoint, corner), 0n)
}

function sign(value: bigint): number {
  return value < 0n ? -1 : value > 0n ? 1 : 0
}

function same([ax, ay]: UnitPoint, [bx, by]: UnitPoint): boolean {
  return ax === bx && ay === by
}

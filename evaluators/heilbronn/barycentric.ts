import { commonUnits } from '../grading/double.ts'
import type { Point } from '../grading/point.ts'
import { rational } from '../grading/rational.ts'
import type { Rational } from '../grading/rational.ts'

/** Weights of the corners (0, 0), (1, 0) and (1/2, sqrt(3)/2); none below 0, not all 0. Only their ratios matter. */
export type Weights = readonly [number, number, number]

/** A point as weights of the triangle's corners, and how far outside it was. */
export interface Clipped {
  readonly weights: Weights
  /** Distance to the line of the side that was crossed furthest, in sides of the triangle; 0 inside. */
  readonly outside: number
}

const height = Math.sqrt(3) / 2

/**
 * Clips a point to the equilateral triangle of side 1 above (0, 0) and (1, 0).
 *
 * Weights below 0 become 0. In weights a point of the triangle is exactly inside, whatever its coordinates round to, and
 * ratios of areas are rational.
 */
export function clipped([x, y]: Point): Clipped {
  const top = y / height
  const weights = [1 - x - top / 2, x - top / 2, top] as const
  const [a, b, c] = weights.map((weight) => Math.max(0, weight)) as [number, number, number]
  return { weights: [a, b, c], outside: height * Math.max(0, ...weights.map((weight) => -weight)) }
}

/** Weights as whole numbers, and their sum. */
export interface UnitWeights {
  readonly weights: readonly [bigint, bigint, bigint]
  readonly sum: bigint
}

/** Writes weights as whole numbers in the same ratio. */
export function unitWeights(weights: Weights): UnitWeights {
  const [a = 0n, b = 0n, c = 0n] = commonUnits(weights).units
  return { weights: [a, b, c], sum: a + b + c }
}

/** Area of a triangle over the area of the whole one, exactly, whatever way it turns. */
export function areaShare(first: UnitWeights, second: UnitWeights, third: UnitWeights): Rational {
  const [a, b, c] = first.weights
  const [d, e, f] = second.weights
  const [g, h, i] = third.weights
  const determinant = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g)
  const size = determinant < 0n ? -determinant : determinant
  return rational(size, first.sum * second.sum * third.sum)
}

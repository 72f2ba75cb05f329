import { triplesOf } from '../grading/point.ts'
import { compare, roundedDown } from '../grading/rational.ts'
import type { Rational } from '../grading/rational.ts'

/** Three points by index, and the area of their triangle as a share of the whole. */
export interface Triangle {
  readonly corners: readonly [number, number, number]
  readonly share: Rational
}

/**
 * All triangles of a list of points, the smallest first.
 *
 * @param count - Points, 3 or more.
 * @param shareOf - Exact share of the triangle of three indices.
 */
export function trianglesBySize(
  count: number,
  shareOf: (first: number, second: number, third: number) => Rational,
): readonly [Triangle, ...Triangle[]] {
  const triangles = [...triplesOf(count)].map((corners): Triangle => ({ corners, share: shareOf(...corners) }))
  return triangles.sort((one, other) => compare(one.share, other.share)) as [Triangle, ...Triangle[]]
}

/** Shares within this of each other, relatively, count as equal. */
const level = 1e-6

/** Names the smallest triangles, and how many are as small as the smallest. */
export function describeSmallest(triangles: readonly [Triangle, ...Triangle[]]): string {
  const [smallest, ...others] = triangles
  const least = roundedDown(smallest.share)
  const equal = triangles.filter(({ share }) => roundedDown(share) <= least * (1 + level)).length
  const next = others.slice(0, 3).map((each) => `${corners(each)} ${shown(each)}`)
  return `The smallest triangle is ${corners(smallest)} with ${shown(smallest)} of the area, then ${next.join(', ')}. ${equal} of ${triangles.length} triangles are as small as the smallest.`
}

function corners({ corners: [a, b, c] }: Triangle): string {
  return `(${a}, ${b}, ${c})`
}

function shown({ share }: Triangle): string {
  return roundedDown(share).toPrecision(5)
}

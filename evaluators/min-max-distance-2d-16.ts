import { defineEvaluator, invalid } from 'evolve-agent'
import { unitHull } from './grading/convex-hull.ts'
import { unitPoints } from './grading/orientation.ts'
import type { UnitPoint } from './grading/orientation.ts'
import { pairsOf, points } from './grading/point.ts'
import { compare, rational, roundedUp } from './grading/rational.ts'

const count = 16

/** Points closer than this to each other, beside the largest distance, are the same point. */
const coincident = 1e-6

/** Squared distances within this of the extreme ones, relatively, count as extreme. */
const level = 1e-3

/**
 * Places 16 points in the plane; the objective is the square of the largest distance over the smallest one.
 *
 * The value is the same at any scale, so nothing is to be repaired. It is an exact fraction, rounded up.
 */
export default defineEvaluator({
  output: points(count),
  cases: () => [{ id: `n${count}`, args: [count] }],
  score({ cases: [only] }) {
    if (!only.ok) return only.failure
    const { places } = unitPoints(only.value)
    const pairs = [...pairsOf(count)]
      .map(([first, second]) => ({ first, second, square: squaredDistance(places, first, second) }))
      .sort((one, other) => compare(rational(one.square), rational(other.square)))
    const [closest, furthest] = [pairs[0], pairs.at(-1)]
    if (closest === undefined || furthest === undefined || furthest.square === 0n) {
      return invalid('all points are at one place')
    }
    const share = (square: bigint): number => Math.sqrt(roundedUp(rational(square, furthest.square)))
    if (share(closest.square) < coincident) {
      return invalid(`points ${closest.first} and ${closest.second} are at one place beside the largest distance`)
    }
    const ratio = roundedUp(rational(furthest.square, closest.square))
    const shortest = pairs.filter(({ square }) => share(square) <= share(closest.square) * (1 + level / 2))
    const longest = pairs.filter(({ square }) => share(square) >= 1 - level / 2)
    const hull = unitHull(places).length
    const named = (list: typeof pairs): string =>
      list
        .slice(0, 3)
        .map(({ first, second }) => `(${first}, ${second})`)
        .join(', ')
    return {
      objectives: { ratio_squared: ratio },
      feedback: `Points ${closest.first} and ${closest.second} are closest, ${furthest.first} and ${furthest.second} furthest apart. ${shortest.length} pairs are within a thousandth of the smallest squared distance, first ${named(shortest)}; ${longest.length} of the largest, first ${named(longest.toReversed())}. The hull has ${hull} corners.`,
      artifacts: { shortest: shortest.length, longest: longest.length },
      descriptors: { shortest_pairs: shortest.length, hull_corners: hull },
    }
  },
})

function squaredDistance(places: readonly UnitPoint[], first: number, second: number): bigint {
  const [[ax, ay], [bx, by]] = [places[first] as UnitPoint, places[second] as UnitPoint]
  return (ax - bx) ** 2n + (ay - by) ** 2n
}

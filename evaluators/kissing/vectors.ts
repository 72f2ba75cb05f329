import { z } from 'evolve-agent'

/** A vector of whole numbers of any size. */
export type Vector = readonly bigint[]

/** Longer numbers than this only cost time: the published sets have 13 digits. */
const longestText = 40

/**
 * Shape of one vector: whole numbers, those above 2^53 as decimal text.
 *
 * @param dimension - Entries of a vector.
 */
export function wholeVector(dimension: number) {
  const text = z.string().regex(new RegExp(`^-?\\d{1,${longestText}}$`), {
    error: `must be a whole number, at most ${longestText} digits long`,
  })
  return z.array(z.union([z.int(), text]).transform((entry) => BigInt(entry))).length(dimension)
}

/** Square of the length, exactly. */
export function squaredLength(vector: Vector): bigint {
  return vector.reduce((sum, entry) => sum + entry * entry, 0n)
}

/** Square of the distance of two vectors of one length, exactly. */
export function squaredDistance(first: Vector, second: Vector): bigint {
  return first.reduce((sum, entry, index) => sum + (entry - (second[index] ?? 0n)) ** 2n, 0n)
}

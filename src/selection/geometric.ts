import type { Rng } from '../core/rng.ts'

/**
 * Draws an index of a list, `0` the likeliest: index `i` has a chance proportional to `exp(-i / max(1, share * length))`.
 *
 * One draw takes the same time on a list of any length: the weights sum up to a geometric series, whose inverse tells the
 * index.
 *
 * @param length - Items in the list, at least 1.
 * @param share - Share of the list over which the chance falls by a factor e.
 */
export function geometricIndex(rng: Rng, length: number, share: number): number {
  const scale = Math.max(1, length * share)
  const everything = -Math.expm1(-length / scale)
  return Math.min(Math.floor(-scale * Math.log1p(-rng.next() * everything)), length - 1)
}

/** Gain over the last new best that makes another one, as a share of its size. */
const leastGain = 1e-9

/**
 * Whether a program counts as a new best, which is announced.
 *
 * It needs a relative gain of 1e-9 over the last one, not over the best just before it, so that many small steps add up;
 * less is what rounding gives. Over a fitness of 0 every gain counts.
 *
 * @param fitness - Higher is better.
 * @param last - Fitness of the last new best; `undefined` when there is none.
 */
export function isNewBest(fitness: number, last: number | undefined): boolean {
  return last === undefined || (fitness > last && fitness - last >= leastGain * Math.abs(last))
}

import type { TimedPair } from './timer.ts'

type Program = 'candidateMs' | 'referenceMs'

/** How often both programs are loaded afresh, unless a problem says otherwise. */
export const usualStarts = 3

/**
 * One pair for each input: the shortest time of each program over its starts, because an engine that compiled a program
 * badly tells nothing about the program.
 *
 * @param pairs - Whole starts with the same inputs. Not empty.
 * @returns the pairs of the first start with the shortest times in them, in the same order.
 */
export function bestOfStarts(pairs: readonly TimedPair[]): readonly TimedPair[] {
  const ofInputs = [...Map.groupBy(pairs, ({ id, round }) => `${String(round)} ${id}`).values()]
  return ofInputs.map((ofInput) =>
    ofInput.reduce((best, { candidateMs, referenceMs }) => ({
      ...best,
      candidateMs: Math.min(best.candidateMs, candidateMs),
      referenceMs: Math.min(best.referenceMs, referenceMs),
    })),
  )
}

/** How many starts there are among pairs. */
export function countStarts(pairs: readonly TimedPair[]): number {
  return new Set(pairs.map(({ start }) => start)).size
}

/**
 * What the shortest times may still be off, as a share of them: how much longer the second best start of either program
 * took than its best, on the geometric mean of all inputs. Were what a start takes beyond the least possible distributed
 * exponentially, this would be a little more than what the best is expected to be off.
 *
 * @param pairs - Whole starts with the same inputs. Not empty.
 * @returns 0 for a single start, which says nothing about the others.
 */
export function spreadOfStarts(pairs: readonly TimedPair[]): number {
  const starts = [...Map.groupBy(pairs, ({ start }) => start).values()]
  return Math.hypot(gapBetween(starts, 'candidateMs'), gapBetween(starts, 'referenceMs'))
}

function gapBetween(starts: readonly (readonly TimedPair[])[], program: Program): number {
  const means = starts.map((pairs) => pairs.reduce((sum, pair) => sum + Math.log(pair[program]), 0) / pairs.length)
  const [best = 0, second = best] = means.toSorted((a, b) => a - b)
  return Math.exp(second - best) - 1
}

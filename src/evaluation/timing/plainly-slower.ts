import { bestOfStarts, countStarts } from './starts.ts'
import type { TimedPair } from './timer.ts'

/** How far from the fastest every round has to lie: more than the noise of a busy machine moves all of them at once. */
const margin = 1.1

/** The same while there were too few starts: about as far as an engine that compiled the program badly moves it. */
const marginOfFewStarts = 1.5

/**
 * Whether a candidate need not be measured further, because it is slower than another one beyond doubt: in every round
 * its time, the geometric mean over the kinds of input of its best start, is more than a tenth above that of the other.
 * After fewer starts than that takes, its time has to be more than one and a half times the other's.
 *
 * @param pairs - Whole starts.
 * @param fastest - The other one's time, in times of the reference.
 * @param fewestStarts - After fewer starts than this a tenth says nothing yet.
 */
export function isPlainlySlower(pairs: readonly TimedPair[], fastest: number, fewestStarts: number): boolean {
  const least = fastest * (countStarts(pairs) < fewestStarts ? marginOfFewStarts : margin)
  const rounds = [...Map.groupBy(bestOfStarts(pairs), ({ round }) => round).values()]
  return rounds.every((ofRound) => Math.exp(meanLog(ofRound)) > least)
}

function meanLog(pairs: readonly TimedPair[]): number {
  const logs = pairs.map(({ candidateMs, referenceMs }) => Math.log(candidateMs / referenceMs))
  return logs.reduce((sum, log) => sum + log, 0) / logs.length
}

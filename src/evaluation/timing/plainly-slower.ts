import type { TimedPair } from './timer.ts'

/** How far from the fastest every round has to lie: more than the noise of a busy machine moves all of them at once. */
const margin = 1.1

/**
 * Whether a candidate need not be measured further, because it is slower than another one beyond doubt: in every round
 * its time, the geometric mean over the kinds of input, is more than a tenth above that of the other.
 *
 * @param pairs - Whole rounds.
 * @param fastest - The other one's time, in times of the reference.
 * @param fewestRounds - Fewer rounds than this say nothing yet.
 */
export function isPlainlySlower(pairs: readonly TimedPair[], fastest: number, fewestRounds: number): boolean {
  const rounds = [...Map.groupBy(pairs, ({ round }) => round).values()]
  if (rounds.length < fewestRounds) return false
  return rounds.every((ofRound) => Math.exp(meanLog(ofRound)) > fastest * margin)
}

function meanLog(pairs: readonly TimedPair[]): number {
  const logs = pairs.map(({ candidateMs, referenceMs }) => Math.log(candidateMs / referenceMs))
  return logs.reduce((sum, log) => sum + log, 0) / logs.length
}

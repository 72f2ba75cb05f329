import type { Tally } from '../core/insight.ts'
import type { TrialVerdict } from '../store/insight-store.ts'
import { isClearlyWorse } from './library.ts'

/**
 * Tells whether the next member of a trial gets the insight: pairs open with it and without it by turns, so that neither
 * side always goes first while the search moves on.
 *
 * @param members - Members so far.
 */
export function isInformed(members: number): boolean {
  return members % 4 === 0 || members % 4 === 3
}

/**
 * Judges a trial whose members have all finished: one side is clearly better when the probability that the other is
 * worth at least as much is below 5 %, by the normal approximation of both Beta distributions, as for retiring.
 */
export function verdictOf(informed: Tally, uninformed: Tally): Exclude<TrialVerdict, 'abandoned'> {
  if (isClearlyWorse(uninformed, informed)) return 'better'
  return isClearlyWorse(informed, uninformed) ? 'worse' : 'undecided'
}

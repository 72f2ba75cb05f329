import { describeFailure } from '../core/failure.ts'
import type { CandidateFailure } from '../core/failure.ts'
import type { Objective } from '../core/objective.ts'
import { scoreText } from './numbers.ts'

/** One program on the hold-out: a raw value of the first objective, or why there is none. */
export interface HeldOut {
  readonly ordinal: number
  readonly value?: number | undefined
  readonly failure?: CandidateFailure | undefined
}

/**
 * Says what became of the champion of the search on inputs that the search never saw, against the first program.
 *
 * @param best - The champion.
 */
export function holdoutText(objective: Objective, first: HeldOut, best: HeldOut): string {
  const champion = best.ordinal === 0 ? 'the first program is still the best' : `program ${String(best.ordinal)}`
  const figures = `first ${outcomeText(first)}, best ${outcomeText(best)} (${champion})`
  return `${figures}${best.ordinal === 0 ? '' : `: ${judgement(objective, first, best)}`}`
}

function judgement({ direction }: Objective, { value: before }: HeldOut, { value: after }: HeldOut): string {
  if (after === undefined) {
    return before === undefined
      ? 'neither has a score there'
      : 'WORSE than the first program there: the search has fitted its own inputs'
  }
  if (before === undefined) return 'the first program has no score there'
  const gain = direction === 'maximize' ? after - before : before - after
  if (gain > 0) return 'better than the first program there, too'
  return gain === 0
    ? 'no better than the first program there'
    : 'WORSE than the first program there: the search has fitted its own inputs'
}

function outcomeText({ value, failure }: HeldOut): string {
  return failure === undefined ? scoreText(value) : `failed (${describeFailure(failure)})`
}

import { unreachable } from '../core/errors.ts'
import type { FailureKind } from '../core/failure.ts'

/** What came of one completion. */
export type CompletionOutcome =
  { readonly ok: true; readonly fitness: number } | { readonly ok: false; readonly failure: FailureKind }

/** Fitness of the worst and the best program of the run; higher is better. */
export interface FitnessBounds {
  readonly low: number
  readonly high: number
}

/** Rewards below 0, from the reply that could not be used at all to the program that ran and broke a rule. */
export const ladder = { noEdit: -0.4, lazy: -0.3, executionError: -0.2, invalid: -0.1 } as const

/**
 * The reward of a completion for reinforcement learning.
 *
 * A failure has its rung on the ladder. A scored program has its fitness between the worst (0) and the best (1) of the
 * run, linearly, so that every score is better than every failure; where all are equal it is 0.
 *
 * @returns A number in [-0.4, 1]; `undefined` when the model gave no reply that could be rewarded, or its program was not judged.
 * @see ThetaEvolve, arXiv:2511.23473, for the ladder.
 */
export function rewardOf(outcome: CompletionOutcome, { low, high }: FitnessBounds): number | undefined {
  if (outcome.ok) return high > low ? (outcome.fitness - low) / (high - low) : 0
  switch (outcome.failure) {
    case 'no-edit-found':
    case 'search-missed':
    case 'search-ambiguous':
    case 'outside-evolve-block':
    case 'refused':
      return ladder.noEdit
    case 'unchanged':
    case 'duplicate':
      return ladder.lazy
    case 'syntax':
    case 'threw':
    case 'timed-out':
    case 'out-of-memory':
    case 'killed-host':
      return ladder.executionError
    case 'invalid-output':
    case 'constraint-violated':
    case 'gated':
      return ladder.invalid
    case 'no-reply':
    case 'evaluator-threw':
      return undefined
    default:
      return unreachable(outcome.failure, 'failure kind')
  }
}

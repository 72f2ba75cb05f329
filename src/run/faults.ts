import { EvaluatorFault } from '../core/errors.ts'
import type { CandidateFailure } from '../core/failure.ts'

/** What became of one candidate, as far as the evaluator's health is concerned. */
export type Verdict =
  | { readonly ok: true }
  | { readonly ok: false; readonly failure: CandidateFailure; readonly fault?: EvaluatorFault | undefined }

/**
 * Counts candidates in a row for which the evaluator broke with the same message. A verdict of the evaluator starts the
 * count again; a candidate that never came to it says nothing.
 *
 * @returns a check of each commit, which throws an EvaluatorFault once there are too many.
 */
export function faultsInARow(most: number): (verdict: Verdict) => void {
  let latest = ''
  let count = 0
  return (verdict) => {
    if (verdict.ok || verdict.failure.kind === 'constraint-violated') count = 0
    if (verdict.ok || verdict.failure.kind !== 'evaluator-threw') return
    const { message } = verdict.failure
    count = message === latest ? count + 1 : 1
    latest = message
    if (count < most) return
    const times = most === 1 ? '' : ` on ${String(count)} candidates in a row`
    const remedy = 'the run is paused; correct the evaluator, then evolve rescore scores these candidates again'
    throw new EvaluatorFault(`${message}${times}: ${remedy}`, verdict.fault?.location)
  }
}

import { share } from '../config/fields.ts'
import type { CandidateFailure } from '../core/failure.ts'
import type { Rejection } from '../core/rejection.ts'
import { rngStream } from '../core/rng.ts'
import type { StageContext, StageOutcome } from '../pipeline/stage.ts'

/** The option of stages that refuse candidates by likeness. */
export const auditOption = share(
  'Share of the refused that are evaluated all the same, so that false rejects come to light, 0 to 1. Default: 0.01.',
).default(0.01)

/**
 * Refuses a candidate, and writes it down; a share of the refused, drawn by the candidate's number alone, goes on all the
 * same.
 */
export function refuse(
  context: StageContext,
  seed: number,
  audit: number,
  rejection: Omit<Rejection, 'audited'>,
  failure: () => CandidateFailure,
): StageOutcome {
  const audited = rngStream(seed, 'audit', rejection.ordinal).next() < audit
  context.reject({ ...rejection, audited })
  return audited ? { ok: true, output: null } : { ok: false, failure: failure() }
}

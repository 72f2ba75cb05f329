import type { CandidateFailure } from '../core/failure.ts'
import type { ObjectiveValues } from '../core/objective.ts'
import type { FinishReason } from '../llm/provider.ts'

/** A reply on the ledger. */
export interface StoredReply {
  readonly text: string
  readonly finish: FinishReason
  /** `repair`: it was to mend an earlier reply, so there is no second attempt at that. */
  readonly purpose: string
}

/** A finished child of a program, as the next prompt tells it. */
export interface Attempt {
  readonly ordinal: number
  readonly operator: string
  /** What was changed, in one line; empty when nothing could be applied. */
  readonly summary: string
  readonly outcome:
    | { readonly ok: true; readonly objectives: ObjectiveValues }
    | { readonly ok: false; readonly failure: CandidateFailure }
}

import type { CandidateFailure } from '../core/failure.ts'
import type { Json } from '../core/json.ts'

/** What a stage sees of the candidate. */
export interface StageCandidate {
  readonly ordinal: number
  readonly source: string
}

/** What a stage answers: data for the stages that need it, or the candidate's failure. */
export type StageOutcome =
  | { readonly ok: true; readonly output: Json; readonly cached?: boolean }
  | { readonly ok: false; readonly failure: CandidateFailure }

/**
 * The stage seam. A stage that breaks throws; a candidate that fails is an outcome.
 *
 * Outputs are plain data because they are stored when they happen and read back by a resumed run.
 */
export interface Stage {
  readonly name: string
  /** Raised whenever the same inputs may give another output. */
  readonly version: number
  /** Names of the stages whose outputs it reads. */
  readonly needs: readonly string[]
  /** `recompute`: cheap, so a resumed run does it again instead of the store keeping its output. */
  readonly keep: 'stored' | 'recompute'
  /** @throws InfrastructureError or UserError for anything that is not the candidate's doing. */
  run(candidate: StageCandidate, inputs: Readonly<Record<string, Json>>, signal: AbortSignal): Promise<StageOutcome>
}

/** One finished stage of one candidate, as stored. Times in milliseconds. */
export interface StageRun {
  readonly stage: string
  readonly version: number
  readonly outcome: StageOutcome
  readonly startedAt: number
  readonly durationMs: number
}

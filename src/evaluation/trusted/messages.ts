import type { Case, CaseResult, Split } from '../../core/evaluation.ts'
import type { SourceLocation } from '../../core/errors.ts'
import type { Json } from '../../core/json.ts'
import type { SourceForm } from '../../core/language.ts'
import type { VariationRequest } from '../../core/program.ts'
import type { Variation } from '../../variation/operator.ts'
import type { Driver } from '../backend.ts'
import type { Stripped } from './strip-types.ts'
import type { TimedInput } from '../timing/timer.ts'
import type { ParseOutcome, ScoreOutcome } from '../trusted-pool.ts'

/** What every trusted thread knows from its start. */
export interface TrustedSetup {
  /** Absolute path of the bundled evaluator. */
  readonly evaluatorFile: string
  /** The evaluator as the user wrote it, for messages. */
  readonly evaluatorPath: string
  /** Names that every score must have. */
  readonly objectives: readonly string[]
  readonly form: SourceForm
  /** Source of the first program, for descriptors that compare with it. */
  readonly first?: string | undefined
  /** Names of the source's descriptors to measure; all of them when absent. */
  readonly measures?: readonly string[] | undefined
}

/** One drawing of cases. The digest proves that a second drawing of the same seed gave the same cases. */
export interface Draw {
  readonly seed: string
  readonly split: Split
  readonly digest: string
  /** What the level of the curriculum is about, where there is one. */
  readonly instance?: Json | undefined
}

/** What a thread can be asked, by kind of task. */
export interface TaskRequests {
  /** The child is parsed in the same trip, as the `parse` that follows would. */
  readonly vary: { readonly operator: string; readonly request: VariationRequest }
  readonly parse: { readonly source: string }
  readonly fingerprint: { readonly source: string }
  readonly cases: { readonly seed: string; readonly split: Split; readonly instance?: Json | undefined }
  /** Cases for timing; `batch` drawings of each, to be timed together. */
  readonly inputs: { readonly seed: string; readonly batch: number; readonly instance?: Json | undefined }
  readonly strip: { readonly source: string }
  readonly driver: object
  readonly shape: object
  /** Without a drawing where nothing is run. */
  readonly score: {
    readonly results: readonly CaseResult[]
    readonly source: string
    readonly draw: Draw | undefined
    readonly instance?: Json | undefined
  }
}

/** The kinds of {@link TaskRequests}. */
export type TaskKind = keyof TaskRequests

/** One task with its kind. */
export type TrustedTask = { [Kind in TaskKind]: { readonly kind: Kind } & TaskRequests[Kind] }[TaskKind]

/** What each kind of task answers. */
export interface TaskValues {
  readonly vary: { readonly variation: Variation; readonly parsed: ParseOutcome | undefined }
  readonly parse: ParseOutcome
  readonly fingerprint: string
  readonly cases: { readonly cases: readonly Case[]; readonly digest: string }
  readonly inputs: readonly TimedInput[]
  readonly strip: Stripped
  readonly driver: Driver | undefined
  readonly shape: string | undefined
  readonly score: ScoreOutcome
}

/** A breakage as plain data: an error's class and fields do not survive the way between threads. */
export interface Fault {
  /** `user`: the evaluator must be corrected. `defect`: ours. */
  readonly kind: 'user' | 'defect'
  readonly message: string
  readonly location?: SourceLocation | undefined
  readonly stack?: string | undefined
}

/** What a thread answers. */
export type TrustedReply<Value> =
  { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly fault: Fault }

import type { z } from 'zod'
import type { Problem } from '../config/problem.ts'
import type { Case } from '../core/evaluation.ts'
import type { Library } from '../core/library.ts'
import type { Prompt } from '../core/prompt.ts'
import type { OutcomeDescriptor } from '../descriptors/descriptor.ts'
import type { Driver, EvaluatorBackend } from '../evaluation/backend.ts'
import type { TrustedPool } from '../evaluation/trusted-pool.ts'
import type { Timer } from '../evaluation/timing/timer.ts'
import type { StageDeclaration } from '../pipeline/declaration.ts'
import type { PromptCriterion } from '../prompting/context.ts'
import type { Former } from '../prompting/review-text.ts'
import type { Stage, StageShape } from '../pipeline/stage.ts'

/** What a review asks about. */
export interface ReviewRequest {
  readonly ordinal: number
  /** As the model is to see it. */
  readonly source: string
  readonly criteria: readonly PromptCriterion[]
  /** JSON Schema of the answer. */
  readonly schema: string
  /** The answer that is to be corrected, when one is. */
  readonly former: Former | undefined
}

/** Words the questions of reviews. */
export interface Reviewing {
  /** Everything that the questions depend on beside their request, as text. */
  readonly identity: string
  prompt(request: ReviewRequest): Prompt
}

/** Words the questions whether a program is materially different from another one. */
export interface Judging {
  /** Everything that the questions depend on beside their request, as text. */
  readonly identity: string
  /** @param request - Both programs as the model is to see them. */
  prompt(request: { readonly ordinal: number; readonly before: string; readonly after: string }): Prompt
}

/** What stages are opened with; the same for all stages of a run. */
export interface StageSetup {
  readonly problem: Problem
  readonly seed: number
  readonly pool: Pick<TrustedPool, 'parse' | 'score' | 'inputs' | 'strip' | 'fingerprint'>
  readonly backend: Pick<EvaluatorBackend, 'name' | 'run'>
  /** Absent where the backend cannot time programs. */
  readonly timer: Timer | undefined
  /** Reads a file named in the problem, relative to it. @throws UserError naming the key when there is none. */
  readonly fileText: (file: string, key: string) => string
  /** The calls that the evaluator asks for during the search. */
  readonly cases: readonly Case[]
  /** Absent when the evaluator calls the entry once per case. */
  readonly driver: Driver | undefined
  /** What candidates may import. */
  readonly libraries: readonly Library[]
  /** Descriptors of the outcome that axes may name. */
  readonly outcomes: readonly OutcomeDescriptor[]
  /** Names of all built-in descriptors. */
  readonly descriptors: readonly string[]
  /** SHA-256 of the evaluator's own files. */
  readonly evaluatorHash: string
  /** Hash of the files that the commands which run candidates name; empty when there are none. */
  readonly helpersHash: string
  /** @throws UserErrors when the problem's own templates have mistakes. */
  readonly reviewing: () => Reviewing
  /** @throws UserErrors when the problem's own templates have mistakes. */
  readonly judging: () => Judging
  /** Hexadecimal hash of a text, for the identity of a stage. */
  readonly hash: (text: string) => string
}

/**
 * The stage seam as it is registered: one file under `stages/` and one line in `builtins.ts` add a kind of stage.
 *
 * `options` are the keys that a problem may write beside those which all stages share.
 */
export interface StageKind<Options extends z.ZodRawShape = z.ZodRawShape> extends StageShape {
  /** What it does, in one sentence, for the schema of problems. */
  readonly description: string
  readonly options: Options
  /** Makes the stage that the declaration describes. Called once for each run. */
  open(declaration: StageDeclaration, setup: StageSetup): Stage
}

/** The options of a declaration in the types that its kind's schema gave them. */
export function optionsOf<Options extends z.ZodRawShape>(
  _kind: Pick<StageKind<Options>, 'options'>,
  { options }: StageDeclaration,
): z.output<z.ZodObject<Options>> {
  return options as z.output<z.ZodObject<Options>>
}

import type { CandidateFailure } from '../core/failure.ts'
import type { Json } from '../core/json.ts'
import type { Prompt } from '../core/prompt.ts'
import type { ComparedWith, Departure, Neighbour, Rejection } from '../core/rejection.ts'
import type { Standing } from './promotion.ts'

/**
 * What flows along an edge of the pipeline.
 *
 * `program`: a source that parsed. `results`: what the candidate returned, case by case. `scored`: a complete score.
 * `judged`: values that join a score made elsewhere. `descriptors`: one value per archive axis. `nothing`: a verdict only.
 */
export type DataType = 'program' | 'results' | 'scored' | 'judged' | 'descriptors' | 'nothing'

/** One input of a kind of stage. A stage waits for an input that is not required, and runs without it if there is none. */
export interface InputPort {
  readonly type: DataType
  readonly required: boolean
}

/** What wiring a pipeline depends on: the outside of a kind of stage. */
export interface StageShape {
  /** Its name in a problem's `pipeline.stages[].kind`. */
  readonly kind: string
  readonly inputs: Readonly<Record<string, InputPort>>
  /** Which of the inputs these options make it read; all of them where it is left out. */
  inputsOf?(options: Readonly<Record<string, unknown>>): Readonly<Record<string, InputPort>>
  readonly output: DataType
  /** It starts after the success of the nearest stages listed before that give these types, without reading what they gave. */
  readonly follows?: readonly DataType[]
  /**
   * Whether it asks a model. Such stages of one candidate work one after the other in the order of their listing, so that
   * a candidate's calls have the same numbers whenever it is evaluated.
   */
  readonly asks?: boolean
  /** Whether its failure stops every stage listed after it, although none of them reads its output. */
  readonly filter: boolean
  /** Resource class unless the problem names another; `undefined` needs no slot. */
  readonly resource: string | undefined
  /** Names of options that hold conditions over objectives; the stage waits for all that they mention. */
  readonly conditions: readonly string[]
  /** Objectives that it gives beside those of the evaluator. */
  provides(options: Readonly<Record<string, unknown>>): readonly string[]
}

/**
 * What the store keeps of a stage that succeeded, beside the verdict.
 *
 * `stored`: its output, at once. `elites`: its output, for programs that the archive takes. `recompute`: nothing. The last
 * two are cheap to compute again from what is stored, so their rows ride in the candidate's next step.
 */
export type Keeping = 'stored' | 'elites' | 'recompute'

/** What a stage sees of the candidate. */
export interface StageCandidate {
  readonly ordinal: number
  readonly source: string
  /** What the best program returned when this candidate's evaluation began, by case id; see `time_budget`. */
  readonly warmStart?: Readonly<Record<string, Json>> | undefined
}

/** What a stage answers: data for the stages that need it, or the candidate's failure. */
export type StageOutcome =
  | { readonly ok: true; readonly output: Json; readonly cached?: boolean }
  | { readonly ok: false; readonly failure: CandidateFailure; readonly cached?: boolean }

/** A stage that did not run, and why. */
export interface Skipped {
  readonly ok: 'skipped'
  readonly reason: string
}

/** One question of a stage to a model: the name of a configured model, or the first one. */
export interface StageQuestion {
  readonly stage: string
  readonly model: string | undefined
  readonly prompt: Prompt
  /** What the ledger calls it. Default: review. */
  readonly purpose?: 'review' | 'novelty'
}

/** A reply that is paid for and stored, or why there is none. */
export type StageAnswer = { readonly ok: true; readonly text: string } | { readonly ok: false; readonly reason: string }

/** The nearest program, `undefined` where there is none yet; or why nothing can be said. */
export type NeighbourAnswer =
  { readonly ok: true; readonly neighbour: Neighbour | undefined } | { readonly ok: false; readonly reason: string }

/** What a run lets its stages do beside computing. */
export interface StageServices {
  /**
   * Writes down the fingerprint of a candidate, and finds the earlier program that has the same.
   *
   * @param scope - Fingerprints of different scopes are different.
   * @returns of several the first that was scored, or the nearest ancestor; `undefined` when there is none.
   */
  claim(scope: string, fingerprint: string, ordinal: number, among: ComparedWith): number | undefined
  /** Writes down that a check takes a candidate for an earlier one. The same again changes nothing. */
  reject(rejection: Rejection): void
  /** How the way from an ancestor to a candidate left it; `undefined` for its parent, and for what is no ancestor. */
  departure(ancestor: number, ordinal: number): Departure | undefined
  /**
   * Asks a model through the ledger, for stages whose shape says that they ask. A reply that an earlier process received
   * to the same question about the candidate is not bought again.
   */
  ask(question: StageQuestion, ordinal: number, signal: AbortSignal): Promise<StageAnswer>
  /**
   * Turns a text about a candidate into a vector through the ledger, for stages whose shape says that they ask, and finds
   * the nearest program of the candidate's island: of those that were scored and committed before it was selected.
   */
  neighbour(text: string, ordinal: number, signal: AbortSignal): Promise<NeighbourAnswer>
  /**
   * Notes that a candidate has finished a rung, and says where it stands among those it is compared with.
   *
   * @param rung - The stage that asks.
   * @param rule - By what the answer is judged; `window` limits whom it is compared with.
   */
  stand(
    rung: string,
    ordinal: number,
    fitness: number,
    rule: { readonly top: number; readonly window: number | undefined },
  ): Promise<Standing>
}

/** What a stage is given beside its inputs. */
export interface StageContext extends StageServices {
  readonly signal: AbortSignal
  /** The latest value of an objective, `name` or `stage.name`; `undefined` when no stage that ended gave it. */
  readonly value: (name: string) => number | undefined
}

/**
 * The stage seam, ready to run. A stage that breaks throws; a candidate that fails is an outcome.
 *
 * Outputs are plain data because they are stored when they happen and read back by a resumed run.
 */
export interface Stage {
  readonly name: string
  /** Raised whenever the same inputs may give another output. */
  readonly version: number
  readonly keep: Keeping
  /** Everything beside the inputs that the output depends on, as text; part of the key that names the result. */
  readonly identity: string
  /**
   * Who may take a result over instead of computing it: `shared`, any candidate with the same key; `own`, only a rescore of
   * the same candidate, because it is a timing or is cheaper to compute than to look up; `never`, nobody, because it
   * depends on other candidates.
   */
  readonly reuse: 'shared' | 'own' | 'never'
  /** Whether it reads the candidate's source, which is then part of the cache key. */
  readonly readsSource: boolean
  /** Who is to blame when it takes longer than its timeout; a stage that nobody is to blame for counts as skipped, and a filter lets pass. */
  readonly late: 'candidate' | 'evaluator' | 'nobody'
  /**
   * @param inputs - By port; an absent one was not required.
   * @throws EvaluatorFault when the user's evaluator breaks on this candidate.
   * @throws InfrastructureError for breakage that may pass: the stage is tried again as often as the problem says.
   * @throws UserError for what the user must mend before any candidate can go on.
   */
  run(
    candidate: StageCandidate,
    inputs: Readonly<Record<string, Json>>,
    context: StageContext,
  ): Promise<StageOutcome | Skipped>
}

/** One ended stage of one candidate, as stored. Times in milliseconds. */
export interface StageRun {
  readonly stage: string
  readonly version: number
  readonly outcome: StageOutcome | Skipped
  readonly startedAt: number
  readonly durationMs: number
  /** Hash of the stage, its options and its inputs, hexadecimal; `undefined` when it must never be found again. */
  readonly key?: string | undefined
}

/** A {@link StageRun} on its way to the store. */
export interface EndedStage extends StageRun {
  readonly keep: Keeping
  /** Whether other candidates may take the result over. */
  readonly shared: boolean
}

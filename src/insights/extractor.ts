import type { CandidateFailure } from '../core/failure.ts'
import type { KnownInsight } from '../core/insight.ts'
import type { Measure, ObjectiveValues } from '../core/objective.ts'
import type { LineChange } from '../core/program.ts'
import type { PlacementDecision } from '../core/placement.ts'
import type { ChangedAttempt, Learned } from '../store/insight-store.ts'

/** What came of a child, as far as the question whether to learn from it needs to know. */
export type TransitionOutcome =
  | { readonly ok: true; readonly decision: PlacementDecision }
  | { readonly ok: false; readonly failure: CandidateFailure }

/** A finished step from a parent to a child. */
export interface Transition {
  readonly ordinal: number
  readonly operator: string
  readonly parent: { readonly ordinal: number; readonly source: string; readonly objectives: ObjectiveValues }
  /** `undefined` when it never became a program. */
  readonly source: string | undefined
  readonly outcome:
    | { readonly ok: true; readonly objectives: ObjectiveValues; readonly feedback: string | undefined }
    | { readonly ok: false; readonly failure: CandidateFailure }
  readonly hunks: readonly LineChange[]
  /** All finished children of the parent, this one included, oldest first. */
  readonly siblings: readonly ChangedAttempt[]
  /** The first objective first. */
  readonly measures: readonly Measure[]
  /** Insights of its prompt that help and hurt by turns. */
  readonly mixed: readonly KnownInsight[]
}

/** The children of a candidate's parent. */
export interface Siblings {
  /** Which of them the candidate is, from 1 in order of their selection. */
  number(): number
  /** Those that are finished, the candidate not included, oldest first. */
  finished(): readonly ChangedAttempt[]
}

/** The insight seam: draws lessons from transitions. One file per extractor and one line in `builtins.ts`. */
export interface InsightExtractor {
  readonly name: string
  /** Whether it asks the analysis model; without, it reads the transition alone. */
  readonly asks: boolean
  /**
   * Whether a transition is worth an analysis. Cheap, and a function of its arguments: a resumed run decides the same.
   *
   * @param byModel - Whether a model wrote the child.
   * @param siblings - What there is beside it.
   */
  wants(outcome: TransitionOutcome, byModel: boolean, siblings: Siblings): boolean
  /**
   * The lessons of a transition.
   *
   * @param reply - The analysis model's answer, if it was asked.
   * @param known - The insights that the run has.
   */
  read(transition: Transition, reply: string | undefined, known: readonly KnownInsight[]): Learned
}

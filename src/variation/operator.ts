import type { CandidateFailure } from '../core/failure.ts'
import type { Change, Traits, VariationRequest } from '../core/program.ts'

/** A child, or why there is none. */
export type Variation =
  | { readonly ok: true; readonly source: string; readonly traits: Traits; readonly change: Change }
  | { readonly ok: false; readonly failure: CandidateFailure }

/**
 * Makes a child without a model. A pure function of its request: the same seed gives the same child. Runs in a trusted
 * worker thread, so it may take milliseconds; it must never touch text outside the evolve markers.
 */
export interface DirectOperator {
  readonly kind: 'direct'
  readonly name: string
  /**
   * Whether it wants to know its parent's earlier children. Then it stays with one parent for a number of children,
   * and draws nothing from inspirations.
   */
  readonly learns?: boolean
  /** Whether there is something in a program that it could change. Absent where there nearly always is. */
  readonly suits?: (source: string, language: string | undefined) => boolean
  vary(request: VariationRequest): Variation
}

/** Makes a child out of a model's reply: a template says what is asked, `apply` reads the answer. Pure. */
export interface ModelOperator {
  readonly kind: 'model'
  readonly name: string
  /** Name of the template in `prompts/`, without `.md`. */
  readonly template: string
  /** How many inspirations it wants to see in the prompt: without the least number it is not drawn. */
  readonly inspirations: { readonly least: number; readonly most: number }
  /** `stuck`: it is drawn only where a parent or its island has brought nothing better for long. */
  readonly when?: 'stuck'
  /** What its replies look like. */
  readonly replyFormat: 'edits' | 'rewrite'
  apply(reply: string, request: VariationRequest): Variation
}

/** The variation seam. One file per operator and one line in `builtins.ts`. */
export type VariationOperator = DirectOperator | ModelOperator

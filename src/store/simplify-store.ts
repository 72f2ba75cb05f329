import type { CandidateFailure } from '../core/failure.ts'
import type { ObjectiveValues } from '../core/objective.ts'

/** What a shortened program was worth, or why it has no score. */
export type SimplifyOutcome =
  | { readonly ok: true; readonly objectives: ObjectiveValues }
  | { readonly ok: false; readonly failure: CandidateFailure }

/** A shortened program that was evaluated. */
export interface SimplifyAttempt {
  readonly source: string
  /** Characters of it that may evolve. */
  readonly characters: number
  readonly outcome: SimplifyOutcome
}

/** Why a simplification ended: nothing more can go, or as many programs were tried as were asked for. */
export type SimplifyEnding = 'minimal' | 'candidates'

/**
 * Shortened programs that were tried, apart from the candidates of the search: they change no archive, no count and no
 * draw, so a run that is resumed or replayed is what it would be without them. Everything is on disk when a method returns.
 */
export interface SimplifyStore {
  /**
   * Begins to shorten a program, or goes on where that was begun under the same key.
   *
   * @param key - Hash of what programs are judged by.
   * @returns the number of the simplification.
   */
  open(ordinal: number, key: string, now: number): number
  /** What was tried, in the order of evaluation; the program itself is the first. */
  attempts(id: number): readonly SimplifyAttempt[]
  record(id: number, attempt: SimplifyAttempt, now: number): void
  /** Says whether an attempt was as good and took the program's place. Attempts that were never needed have no verdict. */
  decide(id: number, source: string, kept: boolean): void
  /** Ends it; with more candidates it may go on, and end again. */
  end(id: number, reason: SimplifyEnding, now: number): void
}

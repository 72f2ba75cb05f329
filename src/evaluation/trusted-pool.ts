import type { Stripped } from './trusted/strip-types.ts'
import type { TimedInput } from './timing/timer.ts'
import type { Case, CaseResult, Scored, Split } from '../core/evaluation.ts'
import type { Json } from '../core/json.ts'
import type { CandidateFailure } from '../core/failure.ts'
import type { VariationRequest } from '../core/program.ts'
import type { Driver, ModuleGraph } from './backend.ts'
import type { Variation } from '../variation/operator.ts'

/** A source that parsed: what is run, and what its text says about it. */
export interface Parsed {
  /** What is run: of a TypeScript source the text with its types blanked out, positions unchanged; else the source. */
  readonly code: string
  /** All modules of a script of several files; `code` is then that of the first. */
  readonly graph?: ModuleGraph
  /** Values of the built-in descriptors that read the source, by name. */
  readonly descriptors: Readonly<Record<string, number>>
}

export type ParseOutcome =
  { readonly ok: true; readonly parsed: Parsed } | { readonly ok: false; readonly failure: CandidateFailure }

export type ScoreOutcome =
  { readonly ok: true; readonly scored: Scored } | { readonly ok: false; readonly failure: CandidateFailure }

/**
 * Trusted work off the controller's thread: our own code and the user's evaluator, never a candidate.
 *
 * Every call has a deadline; a thread that misses it is ended and replaced, and the call rejects with an
 * InfrastructureError.
 */
export interface TrustedPool {
  /** Runs a direct operator by name. */
  vary(operator: string, request: VariationRequest): Promise<Variation>
  /** Checks the syntax where the language is known, strips types and measures the source. */
  parse(source: string): Promise<ParseOutcome>
  /** SHA-256 of the source without comments, white space and the names of locals, hexadecimal; see `syntax/normalise`. */
  fingerprint(source: string): Promise<string>
  /** The inputs that the evaluator asks for. @throws UserError when the evaluator breaks or asks for none. */
  cases(seed: string, split: Split): Promise<readonly Case[]>
  /** What a call must return, in words; `undefined` when the evaluator does not say. */
  shape(): Promise<string | undefined>
  /**
   * Fresh inputs on which programs are timed.
   *
   * @param batch - Drawings of each case that are timed together, at least 1.
   * @throws UserError when the evaluator breaks or asks for none.
   */
  inputs(seed: string, batch: number): Promise<readonly TimedInput[]>
  /** Blanks out the types of a TypeScript module that is no candidate. */
  strip(source: string): Promise<Stripped>
  /** The evaluator's driver, if it plays its cases step by step. @throws UserError when it cannot be one. */
  driver(): Promise<Driver | undefined>
  /**
   * Checks each value against the evaluator's output shape, then scores them together.
   *
   * @param results - Of the latest cases drawn; empty for a problem that runs nothing.
   * @param source - The program's whole file.
   * @param limitMs - Longest time, in milliseconds; the pool's own unless given.
   * @throws EvaluatorFault when the evaluator itself throws, takes too long or returns something that is not a score;
   * the message names the evaluator's file and line.
   */
  score(results: readonly CaseResult[], source: string, limitMs?: number): Promise<ScoreOutcome>
  /**
   * The same threads with cases, inputs and scores of their own, about an instance of the problem's curriculum.
   *
   * @param instance - As the evaluator is told it; `undefined` without a curriculum.
   */
  about(instance: Json | undefined): TrustedPool
  close(): Promise<void>
}

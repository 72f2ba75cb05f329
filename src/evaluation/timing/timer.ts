import type { CandidateFailure } from '../../core/failure.ts'
import type { Limits, ModuleGraph } from '../backend.ts'

/** One input of a round: calls that are timed together, because one alone may be too short for a clock. */
export interface TimedInput {
  /** Which kind of input it is, for example a distribution; the same ids in every round. */
  readonly id: string
  /** The text of a JSON array of argument lists, at least one. */
  readonly calls: string
}

/** What to time: two programs, and inputs that neither has seen. */
export interface TimingRequest {
  /** Plain JavaScript, an ES module; types are already stripped. */
  readonly code: string
  /** All modules of a program of several files; `code` is then that of the first. */
  readonly graph?: ModuleGraph
  /** The program that it is compared with, in the same form. */
  readonly reference: string
  /** All modules of the reference program where it has several files. */
  readonly referenceGraph?: ModuleGraph
  /** Name of the exported function to call in both. */
  readonly entry: string
  /** Rounds that count in each start; two more come before them so that both programs are warm. At least 1. */
  readonly rounds: number
  /**
   * Times that both programs are loaded afresh and given all rounds, at least 1: an engine compiles the same program
   * differently from start to start, and nothing a program kept outlasts a start.
   */
  readonly starts: number
  /**
   * Whether the pairs so far say enough; asked after each start but the last, about all pairs up to then. Every answer
   * has been compared by then. Without it all starts are made.
   */
  readonly isClear?: (pairs: readonly TimedPair[]) => boolean
  /** Draws the inputs of a round, counted from 0. Asked once for each; every start is given the same. No input may come twice. */
  readonly inputs: (round: number) => Promise<readonly TimedInput[]>
  /** `timeMs` holds for the calls of one input together. */
  readonly limits: Limits
  /** Seed text of both programs' `Math.random`. */
  readonly seed: string
  /** Largest relative difference between two numbers that count as the same answer; 0 asks for equality. */
  readonly tolerance: number
}

/** One input given to both programs, one right after the other. Processor times in milliseconds, above 0. */
export interface TimedPair {
  readonly id: string
  /** From 1. */
  readonly start: number
  /** From 1; the rounds before, which only warm up, are not told. */
  readonly round: number
  readonly candidateMs: number
  readonly referenceMs: number
}

/** The pairs of all starts that were made, in order; or why the candidate has no time. */
export type TimingReport =
  | { readonly ok: true; readonly pairs: readonly TimedPair[] }
  | { readonly ok: false; readonly failure: CandidateFailure }

/** The timer seam: measures how long a program takes beside another one. */
export interface Timer {
  /**
   * Times both programs on the same fresh inputs, alternating which comes first, and compares every answer.
   *
   * Nothing else that the same backend runs is at work meanwhile.
   *
   * @throws UserError when the reference program fails.
   * @throws InfrastructureError when no process can be started, or when `signal` aborted.
   */
  time(request: TimingRequest, signal: AbortSignal): Promise<TimingReport>
}

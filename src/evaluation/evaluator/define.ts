import type { z } from 'zod'
import type { Case, Split } from '../../core/evaluation.ts'
import type { CandidateFailure } from '../../core/failure.ts'
import type { Json } from '../../core/json.ts'
import type { Rng } from '../../core/rng.ts'

/** What `cases` is told when the run asks for inputs. */
export interface CasesRequest {
  /** The only source of chance allowed here, so that the same run draws the same inputs again. */
  readonly rng: Rng
  readonly split: Split
  /** What the level of the problem's `curriculum` is about, as it is written there; absent without a curriculum. */
  readonly instance?: Json | undefined
}

/**
 * One finished case as `score` sees it: the value in the shape of `output`, or the candidate's failure.
 *
 * `args` are the arguments that `cases` gave; `ms` is wall time inside the candidate's process.
 */
export type ScoredCase<Value> =
  | {
      readonly id: string
      readonly args: readonly Json[]
      readonly ok: true
      readonly value: Value
      readonly ms: number
    }
  | {
      readonly id: string
      readonly args: readonly Json[]
      readonly ok: false
      readonly failure: CandidateFailure
      readonly ms: number
    }

/** What `score` may read of the program itself. */
export interface ScoredProgram {
  /** The whole file with its markers. Data like any other: never evaluate it here. */
  readonly source: string
}

/** All cases of one candidate in the order they were asked for; there is always a first one. */
export interface ScoreRequest<Value> {
  readonly cases: readonly [ScoredCase<Value>, ...ScoredCase<Value>[]]
  readonly program: ScoredProgram
  /** As `cases` was told it. */
  readonly instance?: Json | undefined
}

/** A valid score as an evaluator writes it down. Every number must be finite. */
export interface Score {
  /** Raw values by the names that the problem declares, in their own units. */
  readonly objectives: Readonly<Record<string, number>>
  /** What to tell the author of the next version: the worst offender, where there is room. */
  readonly feedback?: string
  /** Plain data kept with the program, shown by `evolve show`. */
  readonly artifacts?: Readonly<Record<string, Json>>
  /** Behaviour values by descriptor name; an archive axis may use them. */
  readonly descriptors?: Readonly<Record<string, number>>
  /** One number per case id, higher or lower as the first objective says. */
  readonly scores?: Readonly<Record<string, number>>
}

/** Two copies of one candidate that share nothing, each loaded afresh for the case. */
export interface Drivable {
  /** Calls the entry of the first copy with copies of the arguments; the answer is finite, plain data. */
  readonly call: (...args: readonly Json[]) => Json
  /**
   * Calls the entry of the second copy.
   *
   * Asked the same in another order, it must answer as the first one did, or the entry remembers earlier calls.
   */
  readonly again: (...args: readonly Json[]) => Json
}

/** What `score` answers: a score, or why the candidate earns none. */
export type Verdict = Score | CandidateFailure

/** An evaluator as its author writes it. */
export interface EvaluatorDefinition<Output extends z.ZodType> {
  /** Shape of a case's value: what one call of the entry returns, or what `drive` does. Checked before `score` sees a value. */
  readonly output: Output
  /** The calls to make, at least one; ids are unique. Must depend on its argument only. */
  cases(request: CasesRequest): readonly Case[]
  /**
   * Plays one case against the candidate step by step, in place of one call of the entry with the case's arguments.
   *
   * It runs beside the candidate, in a context that the candidate cannot reach: what `call` is not given, the
   * candidate cannot know. So this is the place for inputs that must be shown one after the other. Only its source text
   * goes there: it may use its arguments and the language, nothing of the module around it, no clock and no chance.
   * What it returns is the value of the case. When a call fails, the case fails, whatever `drive` does then.
   *
   * @param args - As `cases` gave them; the candidate never sees them.
   */
  drive?(candidate: Drivable, ...args: readonly Json[]): Json
  /** Recomputes everything from the returned data; what a candidate says about itself is never a score. */
  score(request: ScoreRequest<z.output<Output>>): Verdict | Promise<Verdict>
}

/**
 * An evaluator of programs that are data themselves, such as a kernel or a configuration: nothing is run, and `score`
 * reads the source. The problem says `evaluation: { backend: none }`.
 */
export interface SourceEvaluatorDefinition {
  readonly output?: undefined
  readonly cases?: undefined
  /** Reads the program as text; what it cannot read is `invalid(reason)`. */
  score(request: { readonly program: ScoredProgram; readonly instance?: Json | undefined }): Verdict | Promise<Verdict>
}

/** What an evaluator module exports as its default when it scores what candidates return. */
export interface Evaluator<Output extends z.ZodType = z.ZodType> extends EvaluatorDefinition<Output> {
  readonly [brand]: true
}

/** What an evaluator module exports as its default when it scores the source. */
export interface SourceEvaluator extends SourceEvaluatorDefinition {
  readonly [brand]: true
}

/** Registered, so that an evaluator is known even when two copies of this package are loaded. */
const brand = Symbol.for('evolve-agent.evaluator')

/**
 * Makes the evaluator that a module exports as its default.
 *
 * @example
 * export default defineEvaluator({
 *   output: z.array(z.number()).length(3),
 *   cases: () => [{ id: 'only', args: [] }],
 *   score({ cases: [only] }) {
 *     if (!only.ok) return only.failure
 *     return { objectives: { total: only.value[0] + only.value[1] + only.value[2] } }
 *   },
 * })
 */
export function defineEvaluator<Output extends z.ZodType>(definition: EvaluatorDefinition<Output>): Evaluator<Output>
export function defineEvaluator(definition: SourceEvaluatorDefinition): SourceEvaluator
export function defineEvaluator(definition: object): object {
  return Object.freeze({ ...definition, [brand]: true as const })
}

/** Tells what {@link defineEvaluator} made from everything else. */
export function isEvaluator(value: unknown): value is Evaluator | SourceEvaluator {
  return typeof value === 'object' && value !== null && (value as { [brand]?: unknown })[brand] === true
}

/**
 * Refuses a candidate whose data breaks a rule of the problem.
 *
 * @param reason - One sentence that names the worst offender; it is stored and shown to the next prompt.
 */
export function invalid(reason: string): CandidateFailure {
  return { kind: 'constraint-violated', message: reason }
}

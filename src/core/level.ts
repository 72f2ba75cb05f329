import type { Json } from './json.ts'

/** One level of a curriculum: an instance of the problem that is worked on before the next one. */
export interface Level {
  /** What the evaluator is told. */
  readonly instance: Json
  /** Its part of the run's budget relative to the other levels, above 0. */
  readonly share: number
  /** Candidates in a row without a new best after which it ends early; `undefined` leaves it to the run's own. */
  readonly patience: number | undefined
  /** Raw value of the first objective at which it ends early. */
  readonly target: number | undefined
  /** Best programs of each island that seed it, 1 or more. */
  readonly carry: number
}

/** An instance as a sentence names it. */
export function instanceText(instance: Json): string {
  return typeof instance === 'string' ? instance : JSON.stringify(instance)
}

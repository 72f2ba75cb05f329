import type { Standing } from '../pipeline/promotion.ts'

/** One candidate that finished a rung, and whether it went on. */
export interface RungEntry extends Standing {
  readonly ordinal: number
  /** Name of the stage that decided. */
  readonly stage: string
  /** Fitness that it had on this rung; higher is better. */
  readonly fitness: number
  readonly promoted: boolean
}

/** The part of a run's store that keeps who finished which rung. */
export interface RungStore {
  /** Writes an entry of the current scoring, or of a pass that scores again; a second one replaces the first. */
  enter(entry: RungEntry, pass?: number): void
  /** Entries of candidates that are committed, by number of the commit; of the scoring that counts. */
  filed(): Iterable<RungEntry & { readonly commit: number; readonly level: number }>
}

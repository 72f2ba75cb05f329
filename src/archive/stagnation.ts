import type { Placement } from '../core/placement.ts'

/**
 * Counts the scored candidates since the last new best or the last island founded for want of one. It changes by
 * {@link Stagnation.apply} alone, so folding a run's placements rebuilds it exactly.
 */
export class Stagnation {
  #islands: number
  #best = Number.NEGATIVE_INFINITY
  #born = -1
  #since = 0
  /** The first program of the level, where it was born. */
  #first: Placement | undefined

  /** @param islands - Islands at the start of the run. */
  constructor(islands: number) {
    this.#islands = islands
  }

  /** Scored candidates since something new came up. */
  get since(): number {
    return this.#since
  }

  /** The placement of the first program; `undefined` before it has one. */
  get first(): Placement | undefined {
    return this.#first
  }

  /** Forgets what was reached, because it does not compare with what comes. */
  restart(): void {
    this.#best = Number.NEGATIVE_INFINITY
    this.#born = -1
    this.#since = 0
    this.#first = undefined
  }

  /** Counts one decision of the archive. */
  apply(placement: Placement): void {
    if (placement.via === 'founding' && placement.island >= this.#islands) {
      this.#islands = placement.island + 1
      this.#since = 0
    }
    // The first program is born on every island, and that is one candidate.
    if (placement.via !== 'birth' || placement.ordinal === this.#born) return
    this.#born = placement.ordinal
    // On a later level several programs are placed side by side, and the first one was selected first.
    if (this.#first === undefined || placement.ordinal < this.#first.ordinal) this.#first = placement
    const rises = placement.decision !== 'rejected' && placement.fitness > this.#best
    if (rises) this.#best = placement.fitness
    this.#since = rises ? 0 : this.#since + 1
  }
}

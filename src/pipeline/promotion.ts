/** Where a candidate stands among those that finished the same rung. */
export interface Standing {
  /** Those that are at least as good; of equals the earlier one stands before the later. */
  readonly ahead: number
  /** All of them, the candidate included; 1 or more. */
  readonly of: number
}

/**
 * Whether a candidate goes on to the next rung: it is among the best `floor(top x of)` of its rung, or the best of all.
 *
 * The decision is made the moment the rung is finished and never taken back: nobody waits for a rung to fill up. The best
 * so far always goes on, the first candidate of a rung included.
 *
 * @param top - Share of a rung that goes on, above 0 up to 1.
 * @see Li et al. 2018, "A System for Massively Parallel Hyperparameter Tuning", arXiv:1810.05934, algorithm 2. There a
 * candidate that has to wait may still be promoted when others finish behind it; here it may not, since the search has
 * better ones by then.
 */
export function isPromoted({ ahead, of }: Standing, top: number): boolean {
  return ahead < quotaOf(of, top)
}

/** Candidates of a rung that may go on, 1 or more. */
export function quotaOf(of: number, top: number): number {
  return Math.max(1, Math.floor(top * of))
}

/**
 * The fitness of every candidate that finished a rung, by the commit it was filed with.
 *
 * A candidate is compared with the commits that its selection took into account and with no other, so it is decided
 * alike whatever finishes first, after a resume and in a replay.
 */
export class RungHistory {
  /** By rung: fitness by number of the commit. */
  readonly #filed = new Map<string, number[]>()
  /** Entries of candidates on their way, by ordinal and rung. */
  readonly #open = new Map<number, Map<string, number>>()

  /** Notes that a candidate on its way has finished a rung. */
  enter(rung: string, ordinal: number, fitness: number): void {
    const entries = this.#open.get(ordinal) ?? new Map<string, number>()
    this.#open.set(ordinal, entries.set(rung, fitness))
  }

  /** Files what a candidate entered under the number of its commit; 0 is the first program. */
  file(ordinal: number, commit: number): void {
    for (const [rung, fitness] of this.#open.get(ordinal) ?? []) {
      const filed = this.#filed.get(rung) ?? []
      filed[commit] = fitness
      this.#filed.set(rung, filed)
    }
    this.#open.delete(ordinal)
  }

  /**
   * Where a fitness stands among those that were filed with the commits from `from` to `to`, both included.
   *
   * @param window - Most of them that count, the latest; `undefined` for all.
   */
  stand(rung: string, fitness: number, { from, to }: CommitRange, window?: number): Standing {
    const filed = this.#filed.get(rung) ?? []
    let ahead = 0
    let of = 1
    for (let commit = Math.min(to, filed.length - 1); commit >= from && of <= (window ?? Infinity); commit--) {
      const other = filed[commit]
      if (other === undefined) continue
      of++
      if (other >= fitness) ahead++
    }
    return { ahead, of }
  }
}

/** Numbers of commits of a run, both ends included. */
export interface CommitRange {
  readonly from: number
  readonly to: number
}

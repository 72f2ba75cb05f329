/**
 * Sums over a program and all its descendants: how many candidates, and the best fitness. Each new candidate is added to
 * all its ancestors, so a note takes time in proportion to its depth.
 */
export class Subtrees {
  readonly #parentOf: (ordinal: number) => number | undefined
  #sizes = new Int32Array(1024)
  #bests = new Float64Array(1024).fill(Number.NEGATIVE_INFINITY)

  constructor(parentOf: (ordinal: number) => number | undefined) {
    this.#parentOf = parentOf
  }

  /** Counts a candidate that was just selected, for itself and its ancestors. */
  add(ordinal: number): void {
    if (ordinal >= this.#sizes.length) this.#grow()
    for (let at: number | undefined = ordinal; at !== undefined; at = this.#parentOf(at)) {
      this.#sizes[at] = (this.#sizes[at] ?? 0) + 1
    }
  }

  /** Notes a fitness; an ancestor that has a better one already has ancestors that have too. */
  score(ordinal: number, fitness: number): void {
    for (let at: number | undefined = ordinal; at !== undefined; at = this.#parentOf(at)) {
      if ((this.#bests[at] ?? 0) >= fitness) return
      this.#bests[at] = fitness
    }
  }

  of(ordinal: number): { readonly size: number; readonly best: number } {
    return { size: this.#sizes[ordinal] ?? 0, best: this.#bests[ordinal] ?? Number.NEGATIVE_INFINITY }
  }

  #grow(): void {
    const length = 2 * this.#sizes.length
    this.#sizes = copied(new Int32Array(length), this.#sizes)
    this.#bests = copied(new Float64Array(length).fill(Number.NEGATIVE_INFINITY), this.#bests)
  }
}

/** Moves numbers into a larger array. */
export function copied<Numbers extends Int32Array | Float64Array | Uint8Array>(
  larger: Numbers,
  from: Numbers,
): Numbers {
  larger.set(from)
  return larger
}

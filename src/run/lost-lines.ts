import { tellingLines } from '../variation/readded-lines.ts'

/** Programs whose removed lines are kept at hand; more than a question looks back on. */
const remembered = 5000

/** Ancestors that a question looks back on. */
const mostSteps = 1000

/** What the programs of a run removed from their parents, asked along lines of ancestors. */
export class LostLines {
  readonly #removed: (ordinal: number) => readonly string[]
  readonly #parentOf: (ordinal: number) => number | undefined
  readonly #known = new Map<number, ReadonlySet<string>>()

  /**
   * @param removed - What a program removed from its parent, stretch by stretch.
   * @param parentOf - `undefined` for the first program.
   */
  constructor(removed: (ordinal: number) => readonly string[], parentOf: (ordinal: number) => number | undefined) {
    this.#removed = removed
    this.#parentOf = parentOf
  }

  /** Which of some lines a program or one of its 1,000 nearest ancestors removed, each with the one that did so last. */
  removedBy(program: number, lines: ReadonlySet<string>): ReadonlyMap<string, number> {
    const found = new Map<string, number>()
    const missing = new Set(lines)
    let ordinal: number | undefined = program
    for (let step = 0; step <= mostSteps && ordinal !== undefined && missing.size > 0; step++) {
      const removed = this.#removedIn(ordinal)
      for (const line of removed.size < missing.size ? removed : missing) {
        if (!removed.has(line) || !missing.delete(line)) continue
        found.set(line, ordinal)
      }
      ordinal = this.#parentOf(ordinal)
    }
    return found
  }

  #removedIn(ordinal: number): ReadonlySet<string> {
    const known = this.#known.get(ordinal)
    if (known !== undefined) return known
    const removed = new Set(this.#removed(ordinal).flatMap(tellingLines))
    this.#known.set(ordinal, removed)
    const [oldest] = this.#known.keys()
    if (this.#known.size > remembered && oldest !== undefined) this.#known.delete(oldest)
    return removed
  }
}

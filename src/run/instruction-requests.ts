import type { Problem } from '../config/problem.ts'
import type { Clock } from '../core/clock.ts'
import type { InstructionRequest } from '../store/instruction-store.ts'
import type { RunStore } from '../store/run-store.ts'

interface Counting {
  readonly problem: Pick<Problem, 'search'>
  readonly store: Pick<RunStore, 'instructions' | 'totals'>
  readonly clock: Clock
}

/** The commit up to which requests count for a candidate. */
export function knownUpTo({ search }: Pick<Problem, 'search'>, seen: number): number {
  return search.order === 'by-ordinal' ? seen - search.lag : Number.MAX_SAFE_INTEGER
}

/** Counts the uses of instructions and says when a better one is to be asked for. */
export class InstructionRequests {
  readonly #parts: Counting
  readonly #interval: number
  readonly #tallies = new Map<string, { uses: number; requests: number }>()

  constructor(parts: Counting) {
    this.#parts = parts
    this.#interval = parts.problem.search.meta?.interval ?? Infinity
    for (const { operator, uses, requests } of parts.store.instructions.tallies()) {
      this.#tallies.set(operator, { uses, requests })
    }
  }

  /**
   * Requests that an earlier process left without an answer, and those that it died before it had noted.
   *
   * @param last - The candidate that was committed last.
   */
  leftOpen(last: number): readonly InstructionRequest[] {
    const { store } = this.#parts
    for (const operator of this.#tallies.keys()) this.#requestIfDue(operator, last)
    return store.instructions.requests()
  }

  /** Notes that a candidate was committed. @returns the request that this made due, if any. */
  committed(ordinal: number, operator: string): InstructionRequest | undefined {
    const tally = this.#tallies.get(operator)
    if (tally === undefined || this.#parts.store.instructions.usedBy(ordinal) === undefined) return undefined
    tally.uses++
    return this.#requestIfDue(operator, ordinal)
  }

  /** Whether a candidate has to wait for an answer, so that an ordered run draws the same whenever it comes. */
  isAwaited(seen: number): boolean {
    const { problem, store } = this.#parts
    if (problem.search.order !== 'by-ordinal') return false
    const upTo = knownUpTo(problem, seen)
    return store.instructions.requests().some(({ commits }) => commits <= upTo)
  }

  #requestIfDue(operator: string, ordinal: number): InstructionRequest | undefined {
    const tally = this.#tallies.get(operator)
    if (tally === undefined || Math.floor(tally.uses / this.#interval) <= tally.requests) return undefined
    const { store, clock } = this.#parts
    tally.requests++
    const commits = store.totals().finished
    return store.instructions.request({ operator, ordinal, commits }, clock.now())
  }
}

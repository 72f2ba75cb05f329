/** A place among the calls in flight. */
export interface Slot {
  /** The call went well: the limit may grow. */
  succeeded(): void
  /** The server said it is too much: the limit is halved, once for all calls that were in flight together. */
  limited(): void
  /** Frees the place. Further calls do nothing. */
  release(): void
}

/**
 * Limits the calls in flight to what the server takes: additive increase, multiplicative decrease.
 *
 * It starts at the most allowed; a refusal halves it, down to 1, and every `limit` successes raise it by one.
 *
 * @see Chiu and Jain 1989, "Analysis of the increase and decrease algorithms for congestion avoidance".
 */
export class AdaptiveConcurrency {
  readonly #most: number
  readonly #waiting: (() => void)[] = []
  #limit: number
  #inFlight = 0
  /** Grows with every halving, so that refusals of calls sent before it are not counted again. */
  #epoch = 0

  /** @param most - At least 1. */
  constructor(most: number) {
    this.#most = most
    this.#limit = most
  }

  /** Calls allowed in flight now, at least 1. */
  get limit(): number {
    return Math.floor(this.#limit)
  }

  get inFlight(): number {
    return this.#inFlight
  }

  /**
   * Waits for a place, first come first served.
   *
   * @returns `undefined` when `signal` aborted before there was one.
   */
  async acquire(signal: AbortSignal): Promise<Slot | undefined> {
    if (signal.aborted) return undefined
    if (this.#waiting.length === 0 && this.#inFlight < this.limit) return this.#enter()
    return new Promise((resolve) => {
      const enter = (): void => {
        signal.removeEventListener('abort', leave)
        resolve(this.#enter())
      }
      const leave = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(enter), 1)
        resolve(undefined)
      }
      signal.addEventListener('abort', leave, { once: true })
      this.#waiting.push(enter)
    })
  }

  #enter(): Slot {
    this.#inFlight++
    const epoch = this.#epoch
    let held = true
    return {
      succeeded: () => {
        this.#limit = Math.min(this.#most, this.#limit + 1 / this.#limit)
        this.#admit()
      },
      limited: () => {
        if (epoch !== this.#epoch) return
        this.#epoch++
        this.#limit = Math.max(1, this.#limit / 2)
      },
      release: () => {
        if (!held) return
        held = false
        this.#inFlight--
        this.#admit()
      },
    }
  }

  #admit(): void {
    while (this.#inFlight < this.limit) {
      const next = this.#waiting.shift()
      if (next === undefined) return
      next()
    }
  }
}

/**
 * A bucket that fills evenly up to one minute's amount; it starts full.
 *
 * Takers are served in the order they come: each takes at once, going into debt when the bucket is empty, and is told how
 * long to wait until its share has flowed in. One that takes more than a whole minute's amount waits longer, not for ever.
 */
export class RateLimit {
  readonly #perMs: number
  readonly #most: number
  #level: number
  #at: number

  /**
   * @param perMinute - Above 0.
   * @param now - Milliseconds on the clock that `take` is called with.
   */
  constructor(perMinute: number, now: number) {
    this.#perMs = perMinute / 60_000
    this.#most = perMinute
    this.#level = perMinute
    this.#at = now
  }

  /** Takes an amount. Returns the milliseconds to wait before using it, 0 when it is there already. */
  take(amount: number, now: number): number {
    this.#fill(now)
    this.#level -= amount
    return this.#level >= 0 ? 0 : Math.ceil(-this.#level / this.#perMs)
  }

  /** Gives back what was taken and not used; a negative amount takes what was used beyond it. */
  giveBack(amount: number, now: number): void {
    this.#fill(now)
    this.#level = Math.min(this.#most, this.#level + amount)
  }

  #fill(now: number): void {
    this.#level = Math.min(this.#most, this.#level + Math.max(0, now - this.#at) * this.#perMs)
    this.#at = Math.max(this.#at, now)
  }
}

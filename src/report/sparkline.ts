const bars = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const

/**
 * Draws a series as one line of bars, from its smallest to its largest value.
 *
 * A longer series than `width` is thinned to the last value of each stretch. Values that are not finite are passed
 * over; an even series is drawn in the lowest bar.
 *
 * @param width - Cells, at least 1.
 */
export function sparkline(values: readonly number[], width: number): string {
  const finite = values.filter((value) => Number.isFinite(value))
  const cells = Math.min(Math.max(1, Math.floor(width)), finite.length)
  let low = Infinity
  let high = -Infinity
  for (const value of finite) {
    low = Math.min(low, value)
    high = Math.max(high, value)
  }
  let line = ''
  for (let cell = 0; cell < cells; cell++) {
    const value = finite[Math.floor(((cell + 1) * finite.length) / cells) - 1] ?? low
    // Halved first: the difference of two huge numbers is not finite.
    const share = high > low ? (value / 2 - low / 2) / (high / 2 - low / 2) : 0
    line += bars[Math.min(bars.length - 1, Math.floor(share * bars.length))] ?? bars[0]
  }
  return line
}

/** Keeps a series of any length in bounded memory: when full, every second value goes. */
export class ThinningSeries {
  readonly #limit: number
  #values: number[] = []
  #stride = 1
  #skipped = 0

  /** @param limit - Values kept at most, at least 2. */
  constructor(limit: number) {
    this.#limit = limit
  }

  /** Adds a value at equal distance from the one before. */
  add(value: number): void {
    this.#skipped++
    if (this.#skipped < this.#stride) return
    this.#skipped = 0
    this.#values.push(value)
    if (this.#values.length < this.#limit) return
    this.#values = this.#values.filter((_, index) => index % 2 === 1)
    this.#stride *= 2
  }

  /** What is left of the series, oldest first. */
  values(): readonly number[] {
    return this.#values
  }
}

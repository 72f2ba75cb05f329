import { rankCorrelation } from './rank-correlation.ts'

/** A scored program as far as axes are concerned. */
export interface AxisSample {
  readonly fitness: number
  readonly descriptors: Readonly<Record<string, number>>
  /** Axes whose value lay outside their range. */
  readonly clamped: readonly string[]
}

/** How well an axis does its job of keeping different programs apart. */
export interface AxisHealth {
  readonly descriptor: string
  /** Programs looked at. */
  readonly scored: number
  /** How many of them lay outside the range. */
  readonly clamped: number
  /** Rank correlation with the fitness, -1 to 1; `undefined` where either has one value only. */
  readonly correlation: number | undefined
  /** What is wrong with it and what to do, as a sentence without its first letter; `undefined` when nothing is. */
  readonly warning: string | undefined
}

/** Programs that are enough for a judgement. */
export const enoughSamples = 100

/** From this rank correlation on an axis says the same as the fitness. */
const tooAlike = 0.95
/** From this share of values outside on, the range of an axis is too narrow. */
const tooMany = 0.2

/**
 * Judges the axes of an archive by a number of scored programs; fewer than {@link enoughSamples} give no warning.
 *
 * An axis whose rank correlation with the fitness is above 0.95, or below -0.95, keeps no variety: its cells are levels of
 * fitness. One that a fifth of the values lie outside of piles different programs up in its edge cells.
 */
export function axisHealth(descriptors: readonly string[], samples: readonly AxisSample[]): readonly AxisHealth[] {
  const fitness = samples.map((sample) => sample.fitness)
  return descriptors.map((descriptor) => {
    const values = samples.map((sample) => sample.descriptors[descriptor] ?? 0)
    const correlation = rankCorrelation(values, fitness)
    const clamped = samples.filter((sample) => sample.clamped.includes(descriptor)).length
    const warning = samples.length < enoughSamples ? undefined : warningOf(correlation, clamped / samples.length)
    return { descriptor, scored: samples.length, clamped, correlation, warning }
  })
}

function warningOf(correlation: number | undefined, outside: number): string | undefined {
  if (correlation !== undefined && Math.abs(correlation) > tooAlike) {
    return `it says the same as the fitness (rank correlation ${correlation.toFixed(2)}), so its cells keep no variety; choose another descriptor`
  }
  if (outside < tooMany) return undefined
  return `${(100 * outside).toFixed(0)} % of its values lie outside its range and share the edge cells; widen the range`
}

/** Looks at the latest programs of a run and warns of each axis once. */
export class AxisWatch {
  readonly #descriptors: readonly string[]
  readonly #latest: AxisSample[] = []
  readonly #warned = new Set<string>()
  #noted = 0

  /** @param descriptors - Those of the axes, in their order. */
  constructor(descriptors: readonly string[]) {
    this.#descriptors = descriptors
  }

  /**
   * Notes a scored program; every hundredth one the axes are judged by the latest thousand.
   *
   * @returns what has become worth a warning.
   */
  note(sample: AxisSample): readonly AxisHealth[] {
    this.#latest[this.#noted % remembered] = sample
    this.#noted++
    if (this.#noted % enoughSamples !== 0 || this.#warned.size === this.#descriptors.length) return []
    const found = axisHealth(this.#descriptors, this.#latest).filter(
      ({ descriptor, warning }) => warning !== undefined && !this.#warned.has(descriptor),
    )
    for (const { descriptor } of found) this.#warned.add(descriptor)
    return found
  }
}

/** Programs by which axes are judged, the latest ones. */
export const remembered = 1000

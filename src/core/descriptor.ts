/** One axis of the archive: which behaviour value, over which fixed range, in how many equal bins. */
export interface Axis {
  /** A built-in descriptor's name or the name of a number that the evaluator returns under `descriptors`. */
  readonly descriptor: string
  /** `log` bins are equal in the logarithm; the range must then be positive. */
  readonly scale: 'linear' | 'log'
  /** Lower and upper bound, in the descriptor's own units. */
  readonly range: readonly [number, number]
  /** At least 1. */
  readonly bins: number
}

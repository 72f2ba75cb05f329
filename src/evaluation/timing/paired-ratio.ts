/** One input's times in both programs, in any unit, both above 0. */
export interface Pair {
  readonly candidateMs: number
  readonly referenceMs: number
}

/** How long the candidate takes, in times of the reference: below 1 is faster. */
export interface PairedRatio {
  readonly ratio: number
  /** Relative standard error of `ratio`, as the scatter of the pairs tells it; 0 for pairs that agree exactly. */
  readonly noise: number
}

/** Fewer pairs than this have a median that one disturbance can move. */
export const fewestPairs = 5

/** Median absolute deviation to standard deviation, for a normal distribution. */
const deviationPerMad = 1.4826
/** Standard error of a median over that of a mean, for a normal distribution: the square root of pi / 2. */
const medianPerMean = Math.sqrt(Math.PI / 2)

/**
 * The median ratio of interleaved pairs.
 *
 * What slows both programs of a pair cancels in their ratio; what hits one of them is an outlier that the median ignores.
 *
 * @param pairs - At least {@link fewestPairs}.
 * @throws RangeError when there are fewer, or a time is not a finite number above 0.
 */
export function pairedRatio(pairs: readonly Pair[]): PairedRatio {
  if (pairs.length < fewestPairs) throw new RangeError(`a median of ${pairs.length} pairs says little`)
  const logs = pairs.map(({ candidateMs, referenceMs }) => Math.log(candidateMs / referenceMs))
  const wrong = pairs.find((pair) => ![pair.candidateMs, pair.referenceMs].every((ms) => ms > 0 && ms < Infinity))
  if (wrong !== undefined) throw new RangeError('a time is a finite number above 0')
  const middle = median(logs)
  const scatter = deviationPerMad * median(logs.map((log) => Math.abs(log - middle)))
  return { ratio: Math.exp(middle), noise: (medianPerMean * scatter) / Math.sqrt(pairs.length) }
}

/**
 * The geometric mean of ratios over kinds of input: twice as fast on one kind and half as fast on another is no gain.
 *
 * @param ratios - At least one.
 */
export function meanRatio(ratios: readonly PairedRatio[]): PairedRatio {
  const count = ratios.length
  const logs = ratios.reduce((sum, { ratio }) => sum + Math.log(ratio), 0)
  const variance = ratios.reduce((sum, { noise }) => sum + noise ** 2, 0)
  return { ratio: Math.exp(logs / count), noise: Math.sqrt(variance) / count }
}

/** The middle value; the mean of the two middle ones of an even number. Not empty. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const half = sorted.length >> 1
  const [low, high] = [sorted[sorted.length % 2 === 0 ? half - 1 : half], sorted[half]]
  if (low === undefined || high === undefined) throw new RangeError('the median of nothing')
  return (low + high) / 2
}

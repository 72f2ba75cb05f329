/** What a rank test says about two samples. */
export interface RankTest {
  /** Pairs in which the value of the first sample is the larger one; ties count one half. */
  readonly u: number
  /** Two-sided: how often chance alone would part the samples at least as far. */
  readonly p: number
  /** Chance that a value of the first sample beats one of the second: 0.5 is no difference, 1 is always. */
  readonly superiority: number
  /** Whether `p` was counted over all divisions of the values; otherwise it is the normal approximation. */
  readonly exact: boolean
}

/** Up to so many values together, all divisions are counted. */
const mostExact = 60

/**
 * Compares two samples by the Mann-Whitney U test, two-sided.
 *
 * Up to 60 values together `p` is exact, also with ties: it is the share of all divisions of the pooled values into
 * samples of these sizes whose U is at least as far from its mean. Beyond, the normal approximation with corrections for
 * ties and continuity. Needs no value in either sample; then `p` is 1 and nothing is superior.
 *
 * @param first - Finite values in any order.
 * @param second - Finite values in any order.
 * @see Mann and Whitney 1947, https://doi.org/10.1214/aoms/1177730491; Vargha and Delaney 2000,
 * https://doi.org/10.3102/10769986025002101 (`superiority` is their measure A).
 */
export function mannWhitney(first: readonly number[], second: readonly number[]): RankTest {
  const pairs = first.length * second.length
  if (pairs === 0) return { u: 0, p: 1, superiority: 0.5, exact: true }
  const ranks = doubledRanks([...first, ...second])
  const sum = ranks.slice(0, first.length).reduce((total, rank) => total + rank, 0)
  // Doubled throughout, so that the ranks of ties are whole numbers.
  const doubledU = sum - first.length * (first.length + 1)
  const distance = Math.abs(doubledU - pairs)
  const exact = ranks.length <= mostExact
  const p = exact ? countedShare(ranks, first.length, distance) : normalShare(ranks, first.length, distance / 2)
  return { u: doubledU / 2, p, superiority: doubledU / 2 / pairs, exact }
}

/** Twice the rank of each value, from 1; equal values share the mean of their ranks. */
function doubledRanks(values: readonly number[]): readonly number[] {
  const order = values.map((value, index) => ({ value, index })).sort((one, other) => one.value - other.value)
  const ranks = new Array<number>(values.length).fill(0)
  for (let from = 0; from < order.length;) {
    let to = from
    while (to < order.length && order[to]?.value === order[from]?.value) to++
    for (const { index } of order.slice(from, to)) ranks[index] = from + 1 + to
    from = to
  }
  return ranks
}

/** Share of all choices of `size` ranks whose doubled U lies at least `distance` from its mean. */
function countedShare(ranks: readonly number[], size: number, distance: number): number {
  const largest = ranks.reduce((total, rank) => total + rank, 0)
  // ways[k][s]: how many choices of k ranks have the sum s.
  const ways = Array.from({ length: size + 1 }, () => new Float64Array(largest + 1))
  const none = ways[0]
  if (none !== undefined) none[0] = 1
  for (const rank of ranks) {
    for (let chosen = size; chosen > 0; chosen--) {
      const [fewer, row] = [ways[chosen - 1], ways[chosen]]
      if (fewer === undefined || row === undefined) continue
      for (let sum = largest; sum >= rank; sum--) row[sum] = (row[sum] ?? 0) + (fewer[sum - rank] ?? 0)
    }
  }
  const pairs = size * (ranks.length - size)
  let [far, all] = [0, 0]
  for (const [sum, count] of ways[size]?.entries() ?? []) {
    all += count
    if (Math.abs(sum - size * (size + 1) - pairs) >= distance) far += count
  }
  return far / all
}

function normalShare(ranks: readonly number[], size: number, distance: number): number {
  const total = ranks.length
  const ties = new Map<number, number>()
  for (const rank of ranks) ties.set(rank, (ties.get(rank) ?? 0) + 1)
  const tied = [...ties.values()].reduce((sum, count) => sum + count ** 3 - count, 0)
  const variance = ((size * (total - size)) / 12) * (total + 1 - tied / (total * (total - 1)))
  if (variance === 0) return 1
  return Math.min(1, 2 * upperTail(Math.max(0, distance - 0.5) / Math.sqrt(variance)))
}

/**
 * Chance of a standard normal value above `z`, `z` at least 0, with an error below 8e-8.
 *
 * @see Abramowitz and Stegun 1964, 26.2.17.
 */
function upperTail(z: number): number {
  const t = 1 / (1 + 0.2316419 * z)
  const series = [0.31938153, -0.356563782, 1.781477937, -1.821255978, 1.330274429]
  const sum = series.reduce((value, factor, index) => value + factor * t ** (index + 1), 0)
  return (sum * Math.exp((-z * z) / 2)) / Math.sqrt(2 * Math.PI)
}

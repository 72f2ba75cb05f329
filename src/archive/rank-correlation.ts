/**
 * Spearman's rank correlation of two lists of values: how nearly one rises, or falls, whenever the other does. Equal values
 * share the mean of their ranks.
 *
 * @returns from -1 to 1; `undefined` when a list has fewer than two different values.
 * @see Spearman 1904, "The proof and measurement of association between two things".
 */
export function rankCorrelation(one: readonly number[], other: readonly number[]): number | undefined {
  const [left, right] = [ranks(one), ranks(other)]
  const mean = (one.length - 1) / 2
  let [both, ofLeft, ofRight] = [0, 0, 0]
  for (const [index, rank] of left.entries()) {
    const [x, y] = [rank - mean, (right[index] ?? 0) - mean]
    both += x * y
    ofLeft += x * x
    ofRight += y * y
  }
  const spread = Math.sqrt(ofLeft * ofRight)
  return spread > 0 ? both / spread : undefined
}

/** Rank of each value from 0, equal values at the mean of the ranks they take up. */
function ranks(values: readonly number[]): number[] {
  const order = values.map((_, index) => index).sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0))
  const found = values.map(() => 0)
  for (let from = 0; from < order.length;) {
    let to = from
    while (to + 1 < order.length && values[order[to + 1] ?? 0] === values[order[from] ?? 0]) to++
    for (let at = from; at <= to; at++) found[order[at] ?? 0] = (from + to) / 2
    from = to + 1
  }
  return found
}

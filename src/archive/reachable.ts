import type { Axis } from '../core/descriptor.ts'

/**
 * How many bins of an axis hold a value that its descriptor can take. A descriptor that counts takes whole numbers only,
 * so narrow bins between two of them stay empty for ever.
 *
 * @param whole - Whether the descriptor takes whole numbers only.
 */
export function reachableBins(axis: Axis, whole: boolean): number {
  if (!whole) return axis.bins
  let reachable = 0
  for (let bin = 0; bin < axis.bins; bin++) {
    const [from, to] = [edge(axis, bin), edge(axis, bin + 1)]
    const first = Math.ceil(from)
    // The last bin also holds its upper bound.
    if (bin === axis.bins - 1 ? first <= to : first < to) reachable++
  }
  return reachable
}

/** The value at the lower edge of a bin; that of the bin after the last is the upper bound. */
function edge({ scale, range: [low, high], bins }: Axis, bin: number): number {
  if (bin === bins) return high
  return scale === 'log' ? low * (high / low) ** (bin / bins) : low + ((high - low) * bin) / bins
}

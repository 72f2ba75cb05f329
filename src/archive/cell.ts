import type { Axis } from '../core/descriptor.ts'
import { InvariantError } from '../core/errors.ts'

/** Where a descriptor falls, and which axes had to be clamped to get there. */
export interface CellIndex {
  /** Bin index per axis, joined by `,`. */
  readonly cell: string
  readonly clamped: readonly string[]
}

/**
 * Finds the grid cell a descriptor falls in.
 *
 * Each axis is cut into equal half-open bins (equal in the logarithm for `log`); the last bin also holds the upper
 * bound. A value outside the range goes to the nearest edge bin and its axis is named in `clamped`.
 *
 * Pure: the cell found today is the cell found after a resume.
 *
 * @param axes - One entry per dimension, length `D`, at least 1.
 * @param values - Raw values by descriptor name, in the units of `axes`, all finite.
 * @throws {@link InvariantError} when a value is missing or not finite.
 * @see Mouret and Clune 2015, arXiv:1504.04909.
 */
export function cellOf(axes: readonly Axis[], values: Readonly<Record<string, number>>): CellIndex {
  const clamped: string[] = []
  const bins = axes.map((axis) => {
    const value = values[axis.descriptor]
    if (value === undefined || !Number.isFinite(value)) {
      throw new InvariantError(`descriptor ${axis.descriptor} must be a finite number, got ${String(value)}`)
    }
    const [low, high] = axis.range
    if (value < low || value > high) clamped.push(axis.descriptor)
    const inside = Math.min(Math.max(value, low), high)
    const fraction =
      axis.scale === 'log' ? Math.log(inside / low) / Math.log(high / low) : (inside - low) / (high - low)
    return Math.min(axis.bins - 1, Math.floor(fraction * axis.bins))
  })
  return { cell: bins.join(','), clamped }
}

/** How many cells one island's grid has. */
export function cellCount(axes: readonly Axis[]): number {
  return axes.reduce((product, axis) => product * axis.bins, 1)
}

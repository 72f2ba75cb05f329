import type { Axis } from '../core/descriptor.ts'
import { InvariantError } from '../core/errors.ts'

/** Where a descriptor falls, and which axes had to be clamped to get there. */
export interface CellIndex {
  /** Bin index per axis, joined by `,`; or `c` and the number of a centroid. */
  readonly cell: string
  readonly clamped: readonly string[]
}

/** How behaviour space is cut into cells. Pure: the cell found today is the cell found after a resume. */
export interface CellSpace {
  readonly axes: readonly Axis[]
  /** How many cells one island has. */
  readonly size: number
  /**
   * Finds the cell of a program.
   *
   * @param values - Raw values by descriptor name; every axis has one, all finite.
   * @throws InvariantError when a value is missing or not finite.
   */
  cellOf(values: Readonly<Record<string, number>>): CellIndex
  /**
   * The middle of a cell, one number from 0 to 1 per axis, `[D]`.
   *
   * @throws InvariantError when there is no such cell.
   */
  centre(cell: string): readonly number[]
}

/**
 * Where a value lies on an axis: 0 at the lower bound, 1 at the upper one. Outside values are moved to the nearer bound
 * and reported.
 *
 * @throws {@link InvariantError} when the value is missing or not finite.
 */
export function onAxis(
  axis: Axis,
  value: number | undefined,
): { readonly position: number; readonly clamped: boolean } {
  if (value === undefined || !Number.isFinite(value)) {
    throw new InvariantError(`descriptor ${axis.descriptor} must be a finite number, got ${String(value)}`)
  }
  const [low, high] = axis.range
  const inside = Math.min(Math.max(value, low), high)
  const position = axis.scale === 'log' ? Math.log(inside / low) / Math.log(high / low) : (inside - low) / (high - low)
  return { position, clamped: inside !== value }
}

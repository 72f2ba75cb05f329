import type { Axis } from '../core/descriptor.ts'
import { InvariantError } from '../core/errors.ts'
import { onAxis } from './cell-space.ts'
import type { CellIndex, CellSpace } from './cell-space.ts'

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
    const found = onAxis(axis, values[axis.descriptor])
    if (found.clamped) clamped.push(axis.descriptor)
    return Math.min(axis.bins - 1, Math.floor(found.position * axis.bins))
  })
  return { cell: bins.join(','), clamped }
}

/** How many cells one island's grid has. */
export function cellCount(axes: readonly Axis[]): number {
  return axes.reduce((product, axis) => product * axis.bins, 1)
}

/** The space of {@link cellOf}: equal bins along every axis. */
export function grid(axes: readonly Axis[]): CellSpace {
  return {
    axes,
    size: cellCount(axes),
    cellOf: (values) => cellOf(axes, values),
    centre: (cell) => {
      const bins = cell.split(',').map(Number)
      return axes.map(({ bins: count }, index) => {
        const bin = bins[index]
        if (bin === undefined || !(bin >= 0 && bin < count)) throw new InvariantError(`there is no cell ${cell}`)
        return (bin + 0.5) / count
      })
    },
  }
}

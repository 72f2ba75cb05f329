import { escaped } from './markup.ts'

/** The owner of a cell. */
export interface CellOwner {
  /** Bin of each axis, joined by commas. */
  readonly cell: string
  readonly ordinal: number
  readonly value: number
  /** Higher is better. */
  readonly fitness: number
}

/** An axis of the archive. */
export interface GridAxis {
  readonly name: string
  readonly bins: number
}

const side = 22

/**
 * One island's archive of two axes as a heat map in SVG, the first axis to the right and the second upwards; the darker,
 * the better. `undefined` when the cells are not those of such a grid.
 */
export function gridSvg(owners: readonly CellOwner[], axes: readonly GridAxis[]): string | undefined {
  const [across, up] = axes
  if (across === undefined || up === undefined || axes.length !== 2) return undefined
  const placed = owners.map((owner) => ({ owner, bins: owner.cell.split(',').map(Number) }))
  if (placed.some(({ bins }) => bins.length !== 2 || bins.some((bin) => !Number.isInteger(bin)))) return undefined
  const fits = owners.map(({ fitness }) => fitness)
  const [low, high] = [Math.min(...fits), Math.max(...fits)]
  const [width, height] = [across.bins * side, up.bins * side]
  const squares = placed.map(({ owner, bins: [column = 0, row = 0] }) => {
    const share = high > low ? (owner.fitness - low) / (high - low) : 1
    const title = `program ${String(owner.ordinal)}: ${String(owner.value)} in cell ${owner.cell}`
    return (
      `<rect x="${String(column * side)}" y="${String(height - (row + 1) * side)}" width="${String(side - 1)}" height="${String(side - 1)}" ` +
      `style="fill-opacity:${(0.15 + 0.85 * share).toFixed(2)}"><title>${escaped(title)}</title></rect>`
    )
  })
  return [
    `<svg class="archive" viewBox="0 0 ${String(width)} ${String(height)}" style="max-width:${String(width)}px" role="img" aria-label="archive">`,
    `<rect class="empty" x="0" y="0" width="${String(width)}" height="${String(height)}"/>`,
    ...squares,
    '</svg>',
    `<p class="axes">across: ${escaped(across.name)}, up: ${escaped(up.name)}</p>`,
  ].join('\n')
}

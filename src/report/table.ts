import { cellText } from './cell-text.ts'
import { printableLine } from './printable.ts'
import { cutToWidth, textWidth } from './text-width.ts'

/** How a table is laid out. */
export interface TableLayout {
  /** Cells of the whole line; the widest columns give way until it fits. `undefined` for no limit. */
  readonly width?: number | undefined
  /** Cells of one column at most. Default 60. */
  readonly columnWidth?: number | undefined
}

const gap = 2
const narrowest = 6

/**
 * Lays rows out as an aligned text table under a header and a rule.
 *
 * NULL is empty, numbers stand at the right of their column at full precision, text at the left. A text that is too
 * wide ends with `…`; numbers are never cut. Control characters in cells are made visible.
 *
 * @param rows - Each as long as `columns`; a missing cell is empty.
 * @returns Lines joined by line feeds, without one at the end.
 */
export function tableText(
  columns: readonly string[],
  rows: readonly (readonly unknown[])[],
  layout: TableLayout = {},
): string {
  const texts = rows.map((row) => columns.map((_, column) => printableLine(cellText(row[column]))))
  const numeric = columns.map((_, column) => isNumeric(rows, column))
  const header = columns.map(printableLine)
  const widths = fittingWidths(header, texts, numeric, layout)
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => aligned(cell, widths[column] ?? 1, numeric[column] === true))
      .join(' '.repeat(gap))
      .trimEnd()
  return [line(header), widths.map((width) => '─'.repeat(width)).join(' '.repeat(gap)), ...texts.map(line)].join('\n')
}

function isNumeric(rows: readonly (readonly unknown[])[], column: number): boolean {
  const filled = rows.map((row) => row[column]).filter((value) => value !== null && value !== undefined)
  return filled.length > 0 && filled.every((value) => typeof value === 'number' || typeof value === 'bigint')
}

function fittingWidths(
  header: readonly string[],
  texts: readonly (readonly string[])[],
  numeric: readonly boolean[],
  layout: TableLayout,
): number[] {
  const largest = layout.columnWidth ?? 60
  const widths = header.map((name, column) => {
    let width = Math.max(1, textWidth(name))
    for (const row of texts) width = Math.max(width, textWidth(row[column] ?? ''))
    return numeric[column] === true ? width : Math.min(width, largest)
  })
  const room = layout.width === undefined ? Infinity : layout.width - gap * Math.max(0, widths.length - 1)
  let over = widths.reduce((sum, width) => sum + width, 0) - room
  while (over > 0) {
    const widest = widestText(widths, numeric)
    if (widest === undefined) break
    widths[widest] = (widths[widest] ?? 1) - 1
    over--
  }
  return widths
}

/** The widest column that may still be cut; `undefined` when none may. */
function widestText(widths: readonly number[], numeric: readonly boolean[]): number | undefined {
  let found: number | undefined
  for (const [column, width] of widths.entries()) {
    if (numeric[column] === true || width <= narrowest) continue
    if (found === undefined || width > (widths[found] ?? 0)) found = column
  }
  return found
}

function aligned(cell: string, width: number, right: boolean): string {
  const cut = cutToWidth(cell, width)
  const space = ' '.repeat(Math.max(0, width - textWidth(cut)))
  return right ? space + cut : cut + space
}

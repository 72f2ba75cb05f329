import { cellText } from '../cell-text.ts'

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/**
 * Text as HTML shows it, in elements and in quoted attributes. Characters that would reorder or hide text, and control
 * characters other than tab and line feed, become visible.
 */
export function escaped(text: string): string {
  return text
    .replaceAll(
      /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g,
      '\ufffd',
    )
    .replaceAll(/[&<>"']/g, (character) => entities[character] ?? character)
}

/** A table; cells are text, numbers stand at the right. */
export function htmlTable(columns: readonly string[], rows: readonly (readonly unknown[])[]): string {
  const head = columns.map((column) => `<th>${escaped(column)}</th>`).join('')
  const body = rows
    .map(
      (row) =>
        `<tr>${row.map((cell) => `<td${typeof cell === 'number' ? ' class="n"' : ''}>${cellHtml(cell)}</td>`).join('')}</tr>`,
    )
    .join('\n')
  return `<table><thead><tr>${head}</tr></thead><tbody>\n${body}\n</tbody></table>`
}

function cellHtml(cell: unknown): string {
  return escaped(cellText(cell))
}

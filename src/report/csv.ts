import { cellText } from './cell-text.ts'

/**
 * Writes rows as CSV with a header line, for other programs to read.
 *
 * Lines end with CRLF. A field with a comma, a quote or a line end is quoted; NULL is an empty field and the empty
 * text is `""`. Nothing is cut or replaced.
 *
 * @see RFC 4180.
 */
export function csvText(columns: readonly string[], rows: Iterable<readonly unknown[]>): string {
  let text = csvLine(columns)
  for (const row of rows) text += csvLine(row)
  return text
}

/** One line of {@link csvText}. */
export function csvLine(fields: readonly unknown[]): string {
  return `${fields.map(field).join(',')}\r\n`
}

function field(value: unknown): string {
  const text = cellText(value)
  if (value === '' || /[",\r\n]/.test(text)) return `"${text.replaceAll('"', '""')}"`
  return text
}

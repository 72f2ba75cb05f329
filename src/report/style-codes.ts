/** Wraps text in terminal styles; each is the identity when colour is off. */
export interface StyleCodes {
  readonly bold: (text: string) => string
  readonly dim: (text: string) => string
  readonly red: (text: string) => string
  readonly green: (text: string) => string
  readonly cyan: (text: string) => string
}

/**
 * The styles of a report.
 *
 * @see ECMA-48, select graphic rendition.
 */
export function styleCodes(color: boolean): StyleCodes {
  const style =
    (on: number, off: number) =>
    (text: string): string =>
      color && text !== '' ? `\u001b[${String(on)}m${text}\u001b[${String(off)}m` : text
  return { bold: style(1, 22), dim: style(2, 22), red: style(31, 39), green: style(32, 39), cyan: style(36, 39) }
}

/** Where a report is written: the slice of `process.stdout` or `process.stderr` that reports use. */
export interface Output {
  write(text: string): unknown
  readonly isTTY?: boolean | undefined
  /** Width of the terminal in cells. */
  readonly columns?: number | undefined
}

/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>

/** Tells whether lines can be redrawn in place: a terminal that understands cursor movement. */
export function canRedraw(output: Output, env: Environment): boolean {
  return output.isTTY === true && env['TERM'] !== 'dumb'
}

/**
 * Tells whether colour is wanted. A non-empty NO_COLOR turns it off, a FORCE_COLOR other than `0` on; without either
 * a terminal gets it.
 *
 * @see https://no-color.org
 */
export function wantsColor(output: Output, env: Environment): boolean {
  if ((env['NO_COLOR'] ?? '') !== '') return false
  const forced = env['FORCE_COLOR'] ?? ''
  if (forced !== '') return forced !== '0'
  return canRedraw(output, env)
}

/** Writes and never throws: a report that cannot be written must not end a run. */
export function writeSafely(output: Output, text: string): void {
  try {
    output.write(text)
  } catch {
    // A closed pipe or a full disk under a log: the run's own data is in its store.
  }
}

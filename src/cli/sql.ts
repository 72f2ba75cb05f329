import { csvText } from '../report/csv.ts'
import { jsonText } from '../report/json-text.ts'
import { tableText } from '../report/table.ts'
import { parseDuration } from '../config/units.ts'
import { UserError } from '../core/errors.ts'
import { answerWithin } from '../store/sqlite/timed-query.ts'
import { resolveRun } from '../store/runs-folder.ts'
import type { Io } from './io.ts'

/** How rows are written. */
export interface TableFlags {
  readonly csv?: boolean
  readonly json?: boolean
  readonly runsDir: string
}

/** How long a query may take unless `--timeout` says otherwise. */
const usualLimit = '60s'

/** `evolve sql <run> "select ..."`: asks a run's database, which may be in use, anything; changes nothing. */
export function sqlVerb(io: Io, run: string, query: string, flags: TableFlags & { readonly timeout?: string }): number {
  const limitMs = parseDuration(flags.timeout ?? usualLimit)
  if (limitMs === undefined || limitMs < 1) {
    throw new UserError(`--timeout must be a duration such as 30s or 10m, but this is ${String(flags.timeout)}`)
  }
  const { columns, rows } = answerWithin({ dir: resolveRun(flags.runsDir, run), sql: query }, limitMs)
  writeTable(io, columns, rows, flags)
  return 0
}

/** Writes rows as an aligned table, RFC 4180 CSV or a JSON array of objects. */
export function writeTable(
  io: Io,
  columns: readonly string[],
  rows: readonly (readonly unknown[])[],
  flags: Pick<TableFlags, 'csv' | 'json'>,
): void {
  if (flags.json === true) {
    const objects = rows.map((row) => Object.fromEntries(columns.map((column, index) => [column, row[index]])))
    io.out.write(`${jsonText(objects)}\n`)
  } else if (flags.csv === true) {
    io.out.write(csvText(columns, rows))
  } else {
    io.out.write(`${tableText(columns, rows, { width: io.out.isTTY === true ? io.out.columns : undefined })}\n`)
  }
}

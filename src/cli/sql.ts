import { csvText } from '../report/csv.ts'
import { jsonText } from '../report/json-text.ts'
import { tableText } from '../report/table.ts'
import { openReadOnly } from '../store/sqlite/read-only.ts'
import { resolveRun } from '../store/runs-folder.ts'
import type { Io } from './io.ts'

/** How rows are written. */
export interface TableFlags {
  readonly csv?: boolean
  readonly json?: boolean
  readonly runsDir: string
}

/** `evolve sql <run> "select ..."`: asks a run's database, which may be in use, anything; changes nothing. */
export function sqlVerb(io: Io, run: string, query: string, flags: TableFlags): number {
  const reader = openReadOnly(resolveRun(flags.runsDir, run))
  try {
    const { columns, rows } = reader.query(query)
    writeTable(io, columns, rows, flags)
  } finally {
    reader.close()
  }
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

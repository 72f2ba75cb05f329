import type { RunReader, SqlValue } from './run-reader.ts'

/** One row of an answer by column. */
export type Row = Readonly<Record<string, SqlValue>>

/**
 * Asks a run in SQL and names the values.
 *
 * @param parameters - Values for the `?` in the statement.
 * @param limit - The most rows to return.
 */
export function askRows(
  reader: Pick<RunReader, 'query'>,
  sql: string,
  parameters: readonly (string | number | null)[] = [],
  limit?: number,
): readonly Row[] {
  const { columns, rows } = reader.query(sql, parameters, limit)
  return rows.map((row) => Object.fromEntries(columns.map((column, index) => [column, row[index] ?? null])))
}

/** The first row of an answer; `undefined` when there is none. */
export function askRow(
  reader: Pick<RunReader, 'query'>,
  sql: string,
  parameters: readonly (string | number | null)[] = [],
): Row | undefined {
  return askRows(reader, sql, parameters, 1)[0]
}

/**
 * All rows of a question however many there are, a page at a time, so that an export needs no memory for them.
 *
 * @param sql - Has one `?` for the key to go on after, orders by the key, and has the key as column `key`.
 */
export function* eachRow(reader: Pick<RunReader, 'query'>, sql: string): Generator<Row> {
  const page = 1000
  for (let after = -1; ;) {
    const rows = askRows(reader, sql, [after], page)
    yield* rows
    const last = rows.at(-1)
    if (last === undefined || rows.length < page) return
    after = Number(last['key'])
  }
}

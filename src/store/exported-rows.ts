import { eachRow } from './ask-rows.ts'
import type { Row } from './ask-rows.ts'
import type { RunReader } from './run-reader.ts'

/** What can be exported as a table. */
export const exportedTables = ['programs', 'transitions', 'calls'] as const

/** One of {@link exportedTables}. */
export type ExportedTable = (typeof exportedTables)[number]

const statements: Readonly<Record<ExportedTable, string>> = {
  programs: `
SELECT programs.ordinal AS key, programs.ordinal, state, island, operator, model, generation, decision, programs.value,
  programs.fitness, failure_kind, failure, change, created_at, ended_at,
  (SELECT json_group_array(parent ORDER BY position) FROM edges WHERE child = programs.ordinal AND role = 'parent') AS parents,
  (SELECT json_group_array(parent ORDER BY position) FROM edges WHERE child = programs.ordinal AND role = 'inspiration')
    AS inspirations,
  objectives, descriptors, scores, feedback, sources.text AS source
FROM programs
LEFT JOIN evaluations ON evaluations.ordinal = programs.ordinal
LEFT JOIN sources ON sources.id = programs.source_id
WHERE programs.ordinal > ? ORDER BY programs.ordinal`,
  transitions: 'SELECT child AS key, * FROM transitions WHERE child > ? ORDER BY child',
  calls: 'SELECT id AS key, * FROM llm_calls WHERE id > ? ORDER BY id',
}

/** Columns that hold JSON. */
const structured: ReadonlySet<string> = new Set([
  'failure',
  'parents',
  'inspirations',
  'objectives',
  'descriptors',
  'scores',
  'hunks',
  'parameters',
])

/** The rows of a table in order, JSON columns as the text they are stored as. */
export function* exportedRows(reader: Pick<RunReader, 'query'>, table: ExportedTable): Generator<Row> {
  for (const { key: _key, ...row } of eachRow(reader, statements[table])) yield row
}

/** The columns of a table, in the order of its rows. */
export function exportedColumns(reader: Pick<RunReader, 'query'>, table: ExportedTable): readonly string[] {
  return reader.query(statements[table], [-1], 0).columns.slice(1)
}

/** A row with its JSON columns read. */
export function structuredRow(row: Row): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name,
      structured.has(name) && typeof value === 'string' ? (JSON.parse(value) as unknown) : value,
    ]),
  )
}

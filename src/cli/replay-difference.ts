import type { RunReader, SqlValue } from '../store/run-reader.ts'

/**
 * Finds the first thing in which a replay differs from the run: a finished candidate's selection, source, score or
 * failure in the order of commits, or else a placement.
 *
 * @returns in words; `undefined` when they are identical.
 */
export function firstDifference(original: RunReader, replay: RunReader): string | undefined {
  return (
    firstOf(original, replay, candidates, ([ordinal], column) => `candidate ${String(ordinal)}, ${column}`) ??
    firstOf(
      original,
      replay,
      placements,
      ([seq, ordinal], column) => `placement ${String(seq)} of program ${String(ordinal)}, ${column}`,
    )
  )
}

const candidates = `
SELECT programs.ordinal, finished AS "place in the order", island, operator, generation,
  (SELECT group_concat(parent ORDER BY position) FROM edges WHERE child = programs.ordinal) AS "parent and inspirations",
  hex(sources.sha256) AS source, failure_kind AS failure, fitness, decision
FROM programs LEFT JOIN sources ON sources.id = source_id
WHERE finished IS NOT NULL ORDER BY finished, programs.ordinal`

const placements =
  'SELECT seq, ordinal, island, cell, decision, fitness, displaced, via, committed_by FROM placements ORDER BY seq'

function firstOf(
  original: RunReader,
  replay: RunReader,
  query: string,
  where: (row: readonly SqlValue[], column: string) => string,
): string | undefined {
  const [one, other] = [original, replay].map((run) => run.query(query, [], Number.MAX_SAFE_INTEGER))
  if (one === undefined || other === undefined) return undefined
  for (const [index, row] of one.rows.entries()) {
    const again = other.rows[index]
    const column = row.findIndex((value, position) => value !== again?.[position])
    if (column >= 0) {
      const [before, after] = [row[column], again?.[column]].map((value) => String(value ?? 'nothing'))
      return `${where(row, one.columns[column] ?? '')}: ${before ?? ''} before, ${after ?? ''} now`
    }
  }
  return one.rows.length === other.rows.length
    ? undefined
    : `its length: ${String(one.rows.length)} before, ${String(other.rows.length)} now`
}

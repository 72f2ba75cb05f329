import Database from 'better-sqlite3'
import { nearestName } from '../../config/nearest.ts'
import { messageOf, UserError } from '../../core/errors.ts'
import type { SqlAnswer, SqlValue } from '../run-reader.ts'
import { translated } from './sqlite-errors.ts'

/** Rows of an answer unless more are asked for. */
const usualLimit = 100_000

/**
 * Answers one statement that only reads, on a connection that can only read.
 *
 * Rows are fetched one by one and no more than `limit`, so an answer is bounded however large the run is.
 *
 * @throws UserError, in one line, for a statement that is wrong, that writes, or that is more than one.
 */
export function answer(
  db: Database.Database,
  file: string,
  sql: string,
  parameters: readonly (string | number | null)[] = [],
  limit: number = usualLimit,
): SqlAnswer {
  refuseOtherThanQuestions(sql)
  try {
    const statement = db.prepare<(string | number | null)[], SqlValue[]>(sql)
    if (!statement.reader || !statement.readonly) throw onlyQuestions()
    const columns = statement.columns().map(({ name }) => name)
    const rows: SqlValue[][] = []
    for (const row of statement.raw().iterate(...parameters)) {
      if (rows.length >= limit) return { columns, rows, truncated: true }
      rows.push(row)
    }
    return { columns, rows, truncated: false }
  } catch (error) {
    throw explained(db, file, error)
  }
}

/**
 * A statement has to begin like a question. What only the connection's own settings would stop is refused before it
 * is prepared, because SQLite carries out many PRAGMAs while preparing them.
 */
function refuseOtherThanQuestions(sql: string): void {
  const start = sql.replace(/^(?:\s+|;|--[^\n]*(?:\n|$)|\/\*[\s\S]*?(?:\*\/|$))*/, '')
  if (start === '') throw new UserError('the SQL statement is empty')
  if (/^pragma\b/i.test(start)) {
    throw new UserError(
      "PRAGMA is refused: to see a table's columns, ask: select name, type from pragma_table_info('programs')",
    )
  }
  if (!/^(?:select|with|values|explain)\b/i.test(start)) throw onlyQuestions()
}

function onlyQuestions(): UserError {
  return new UserError(
    'only a statement that reads is allowed here (select, with, values, explain): a run is never changed by hand',
  )
}

function explained(db: Database.Database, file: string, error: unknown): unknown {
  if (error instanceof UserError) return error
  if (error instanceof Database.SqliteError) {
    if (error.code.startsWith('SQLITE_READONLY')) return onlyQuestions()
    if (error.code !== 'SQLITE_ERROR') return translated(file, error)
    return new UserError(`SQL: ${error.message.replaceAll(/\s+/g, ' ')}${hint(db, error.message)}`, undefined, {
      cause: error,
    })
  }
  // The library itself refuses several statements in one text, and values that do not fit the parameters.
  if (error instanceof RangeError || error instanceof TypeError) {
    const several = /more than one statement/.test(error.message)
    return new UserError(several ? 'SQL: one statement at a time' : `SQL: ${messageOf(error)}`, undefined, {
      cause: error,
    })
  }
  return error
}

/** What a mistyped table or column most likely meant. */
function hint(db: Database.Database, message: string): string {
  const [, kind, written = ''] = /^no such (table|column): (.+)$/.exec(message) ?? []
  if (kind === undefined) return ''
  const known = kind === 'table' ? tableNames(db) : columnNames(db)
  const name = written.slice(written.lastIndexOf('.') + 1)
  const nearest = nearestName(name, known)
  if (nearest !== undefined && nearest !== name) return `: did you mean ${nearest}?`
  return kind === 'table' ? `: there are ${known.join(', ')}` : ''
}

function tableNames(db: Database.Database): string[] {
  return db
    .prepare<[], string>("SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite_%'")
    .pluck()
    .all()
}

function columnNames(db: Database.Database): string[] {
  return db
    .prepare<[], string>(
      `SELECT DISTINCT columns.name FROM sqlite_schema AS tables, pragma_table_info(tables.name) AS columns
       WHERE tables.type IN ('table', 'view')`,
    )
    .pluck()
    .all()
}

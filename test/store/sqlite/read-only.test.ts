import { chmodSync, existsSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { InfrastructureError, UserError } from '../../../src/core/errors.ts'
import type { RunReader } from '../../../src/store/run-reader.ts'
import { endingEvent } from '../../../src/store/run-store.ts'
import type { RunStore } from '../../../src/store/run-store.ts'
import { openReadOnly } from '../../../src/store/sqlite/read-only.ts'
import { createSqliteRun, openSqliteRun } from '../../../src/store/sqlite/run-store.ts'
import {
  budget,
  child,
  evaluation,
  identity,
  placement,
  selected,
  start,
  toEvaluating,
  toPlaced,
} from '../run-values.ts'
import { temporaryFolders } from './run-folder.ts'

const newFolder = temporaryFolders()
let dir = ''
let store: RunStore
let reader: RunReader

beforeEach(() => {
  dir = newFolder()
  store = createSqliteRun(dir, identity, budget)
  reader = openReadOnly(dir)
})
afterEach(() => {
  reader.close()
  store.close()
})

test('sees every finished move while the owner goes on writing', () => {
  expect(reader.best()).toBeUndefined()
  expect(reader.totals()).toEqual({ selected: 0, finished: 0, tokens: 0, usd: 0, elapsedMs: 0 })
  for (let ordinal = 0; ordinal < 50; ordinal++) {
    toPlaced(store, ordinal, ordinal % 7)
    expect(reader.query('select count(*) from programs').rows).toEqual([[ordinal + 1]])
    expect(reader.totals()).toEqual(store.totals())
  }
  expect(reader.best()).toEqual({ ordinal: 6, fitness: 6, value: 6 })
  expect(Array.from(reader.placements())).toEqual(Array.from(store.placements()))
  expect(reader.identity).toEqual(identity)
  expect(reader.budget()).toEqual(budget)
})

test('tells all about one candidate', () => {
  toPlaced(store, 0, 1)
  store.select(selected(1, { operator: 'diff', model: 'small', inspirations: [0], island: 2 }), start + 5)
  store.fail(1, { kind: 'search-missed', message: 'no such line' }, [], start + 9)
  const change = { summary: 'spliced', detail: { from: 0 } }
  store.select(selected(2), start)
  store.patch(2, { ...child, change })
  expect(reader.candidate(0)).toMatchObject({ state: 'placed', value: 1, decision: 'new-cell', endedAt: start + 1000 })
  expect(reader.candidate(1)).toEqual({
    ...selected(1, { operator: 'diff', model: 'small', inspirations: [0], island: 2 }),
    ...{ state: 'failed', failure: { kind: 'search-missed', message: 'no such line' } },
    ...{ fitness: undefined, value: undefined, decision: undefined, change: undefined },
    ...{ createdAt: start + 5, endedAt: start + 9 },
  })
  expect(reader.candidate(2)).toMatchObject({ state: 'patched', change })
  expect(reader.candidate(3)).toBeUndefined()
})

test('is at work, stopped or done', () => {
  expect(reader.state()).toBe('running')
  store.openSession(start)
  toPlaced(store, 0, 1)
  store.close()
  expect(reader.state()).toBe('stopped')

  store = openSqliteRun(dir)
  store.openSession(start + 5000)
  store.event(endingEvent, { reason: 'the wall time is used up', interrupted: false }, start + 6000)
  store.close()
  expect(reader.state()).toBe('done')

  store = openSqliteRun(dir)
  store.openSession(start + 7000)
  store.close()
  // The word of an earlier process says nothing about the one that crashed after it.
  expect(reader.state()).toBe('stopped')

  store = openSqliteRun(dir)
  store.setBudget({ ...budget, candidates: 1 })
  toPlaced(store, 1, 1)
  store.close()
  expect(reader.state()).toBe('done')
})

describe('a question in SQL', () => {
  test('gives columns and rows, and takes parameters', () => {
    toPlaced(store, 0, 1.5)
    expect(reader.query('SELECT ordinal, value AS "raw value", NULL FROM programs WHERE ordinal = ?', [0])).toEqual({
      columns: ['ordinal', 'raw value', 'NULL'],
      rows: [[0, 1.5, null]],
      truncated: false,
    })
  })

  test('returns no more rows than asked for and says when there were more', () => {
    const endless = 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n'
    expect(reader.query(endless, [], 3)).toEqual({ columns: ['i'], rows: [[1], [2], [3]], truncated: true })
    expect(reader.query('VALUES (1), (2)', [], 2).truncated).toBe(false)
    toPlaced(store, 0, 1)
  })

  test.each([
    "INSERT INTO events (at, kind, data) VALUES (1, 'x', '{}')",
    'DELETE FROM programs',
    "UPDATE programs SET state = 'failed' RETURNING ordinal",
    "WITH x AS (SELECT 1) INSERT INTO events (at, kind, data) SELECT 1, 'x', '{}' FROM x RETURNING id",
    "-- select\nATTACH 'other.db' AS other",
    "/* select */ VACUUM INTO 'copy.db'",
    'PRAGMA query_only = OFF',
    '; PRAGMA journal_mode = DELETE',
    'BEGIN',
    'CREATE TEMP TABLE t (a)',
    'SELECT 1; DELETE FROM programs',
    '  -- nothing',
    '',
  ])('is refused in one line when it is more than a question: %s', (sql) => {
    toPlaced(store, 0, 1)
    const before = readdirSync(dir)
    const ask = () => reader.query(sql)
    expect(ask).toThrow(UserError)
    expect(ask).toThrow(/^[^\n]+$/)
    expect(reader.query('SELECT state FROM programs').rows).toEqual([['placed']])
    expect(readdirSync(dir)).toEqual(before)
    expect(existsSync('other.db') || existsSync('copy.db')).toBe(false)
  })

  test.each([
    ['SELECT fitnes FROM programs', 'SQL: no such column: fitnes: did you mean fitness?'],
    ['SELECT p.ordnial FROM programs AS p', 'SQL: no such column: p.ordnial: did you mean ordinal?'],
    ['SELECT * FROM program', 'SQL: no such table: program: did you mean programs?'],
    ['SELECT * FROM nothing_like_it', 'best_so_far'],
    ['SELECT FROM programs', 'SQL: near "FROM": syntax error'],
    ['SELECT ?', 'SQL: Too few parameter values were provided'],
  ])('that is wrong is explained: %s', (sql, message) => {
    expect(() => reader.query(sql)).toThrow(UserError)
    expect(() => reader.query(sql)).toThrow(message)
  })
})

test('reads a run that a killed process left, its log included', () => {
  toEvaluating(store, 0)
  store.place(0, evaluation(1), [placement(0, 1)], start)
  expect(existsSync(path.join(dir, 'evolve.db-wal'))).toBe(true)
  const other = openReadOnly(dir)
  expect(other.evaluation(0)?.fitness).toBe(1)
  other.close()
})

test.skipIf(process.getuid?.() === 0)('names the remedy when the folder of a run cannot be written', () => {
  reader.close()
  store.close()
  chmodSync(dir, 0o555)
  try {
    expect(() => openReadOnly(dir)).toThrow(InfrastructureError)
    expect(() => openReadOnly(dir)).toThrow('copy the run')
  } finally {
    chmodSync(dir, 0o755)
    store = openSqliteRun(dir)
    reader = openReadOnly(dir)
  }
})

import { closeSync, openSync, statSync, writeFileSync, writeSync } from 'node:fs'
import path from 'node:path'
import Database from 'better-sqlite3'
import { describe, expect, test } from 'vitest'
import { InfrastructureError, InvariantError, UserError } from '../../../src/core/errors.ts'
import { schemaVersion } from '../../../src/store/sqlite/migrations.ts'
import { tables } from '../../../src/store/sqlite/schema.ts'
import { openReadOnly } from '../../../src/store/sqlite/read-only.ts'
import { createSqliteRun, openSqliteRun } from '../../../src/store/sqlite/run-store.ts'
import { guarded } from '../../../src/store/sqlite/sqlite-errors.ts'
import {
  budget,
  child,
  ending,
  evaluation,
  identity,
  opening,
  placement,
  prompt,
  selected,
  stageRun,
  ended,
  start,
  toEvaluating,
  toPlaced,
} from '../run-values.ts'
import { largestKeptOutput } from '../../../src/store/sqlite/statements.ts'
import { temporaryFolders } from './run-folder.ts'

const newFolder = temporaryFolders()

function withRows<T>(dir: string, use: (db: Database.Database) => T): T {
  const db = new Database(path.join(dir, 'evolve.db'))
  try {
    return use(db)
  } finally {
    db.close()
  }
}

describe('creating and opening', () => {
  test('refuses to create a run over another one', () => {
    const dir = newFolder()
    createSqliteRun(dir, identity, budget).close()
    expect(() => createSqliteRun(dir, { ...identity, name: 'other' }, budget)).toThrow(UserError)
    const store = openSqliteRun(dir)
    expect(store.identity.name).toBe(identity.name)
    store.close()
  })

  test('makes the folder, and refuses one that is no run', () => {
    const dir = path.join(newFolder(), 'a', 'b')
    expect(() => openSqliteRun(dir)).toThrow(UserError)
    createSqliteRun(dir, identity, budget).close()
    openSqliteRun(dir).close()
  })

  test('refuses a database in which nothing was created, for writing and for reading', () => {
    const dir = newFolder()
    writeFileSync(path.join(dir, 'evolve.db'), '')
    expect(() => openSqliteRun(dir)).toThrow(/creation was interrupted/)
    expect(() => openReadOnly(dir)).toThrow(/creation was interrupted/)
    createSqliteRun(dir, identity, budget).close()
  })

  test('refuses a schema newer than it knows and says to upgrade, and leaves it as it was', () => {
    const dir = newFolder()
    createSqliteRun(dir, { ...identity, version: '9.9.9' }, budget).close()
    withRows(dir, (db) => db.pragma('user_version = 99'))
    for (const open of [openSqliteRun, openReadOnly]) {
      expect(() => open(dir)).toThrow(UserError)
      expect(() => open(dir)).toThrow(
        `schema version 99 and this evolve knows versions up to ${String(schemaVersion)}: upgrade evolve (the run was created by 9.9.9)`,
      )
    }
    expect(withRows(dir, (db) => db.pragma('user_version', { simple: true }))).toBe(99)
  })

  test.each([
    ['resumed', openSqliteRun],
    ['asked', openReadOnly],
  ])('brings a run of schema version 1 up to date when it is %s', (_, open) => {
    const dir = newFolder()
    createSqliteRun(dir, identity, budget).close()
    const kept = withRows(dir, (db) => db.prepare('SELECT * FROM runs').get())
    withRows(dir, (db) => {
      const names = db
        .prepare<[], { type: string; name: string }>(
          "SELECT type, name FROM sqlite_schema WHERE type IN ('view', 'table')",
        )
        .all()
      db.pragma('foreign_keys = OFF')
      for (const { type, name } of names) db.exec(`DROP ${type} ${name}`)
      db.exec(tables)
      db.exec('CREATE VIEW lineage AS SELECT 1')
      const row = kept as Record<string, string | number | null>
      const columns = db.prepare<[], string>("SELECT name FROM pragma_table_info('runs')").pluck().all()
      db.prepare(`INSERT INTO runs VALUES (${columns.map(() => '?').join(', ')})`).run(
        columns.map((column) => row[column]),
      )
      db.pragma('user_version = 1')
    })
    const store = open(dir)
    expect(store.measures()).toEqual([{ ...identity.objective, noise: 0, repeats: 1 }])
    store.close()
    expect(withRows(dir, (db) => db.pragma('user_version', { simple: true }))).toBe(schemaVersion)
    expect(withRows(dir, (db) => db.prepare('SELECT * FROM transitions').all())).toEqual([])
  })

  test('names the file and a remedy when the file is no database, and leaves it as it was', () => {
    const dir = newFolder()
    const file = path.join(dir, 'evolve.db')
    writeFileSync(file, 'no database '.repeat(1000))
    for (const open of [openSqliteRun, openReadOnly]) {
      expect(() => open(dir)).toThrow(InfrastructureError)
      expect(() => open(dir)).toThrow(/^[^\n]*evolve\.db[^\n]*damaged[^\n]*\.recover[^\n]*$/)
    }
    expect(statSync(file).size).toBe(12_000)
  })

  test('names the file when pages inside it are damaged', () => {
    const dir = newFolder()
    const store = createSqliteRun(dir, identity, budget)
    for (let ordinal = 0; ordinal < 200; ordinal++) toPlaced(store, ordinal, ordinal)
    store.close()
    const file = path.join(dir, 'evolve.db')
    const handle = openSync(file, 'r+')
    const size = statSync(file).size
    for (let page = 1; page * 4096 < size; page++) writeSync(handle, Buffer.alloc(2048, 0xa5), 0, 2048, page * 4096)
    closeSync(handle)
    const readAll = (): void => {
      const damaged = openSqliteRun(dir)
      try {
        Array.from(damaged.placements())
      } finally {
        damaged.close()
      }
    }
    expect(readAll).toThrow(InfrastructureError)
    expect(readAll).toThrow(/evolve\.db: .*malformed.*damaged/)
    openedAgainst(dir)
  })

  test('says so when the folder cannot be made', () => {
    const file = path.join(newFolder(), 'file')
    writeFileSync(file, '')
    expect(() => createSqliteRun(path.join(file, 'run'), identity, budget)).toThrow(InfrastructureError)
    expect(() => createSqliteRun(file, identity, budget)).toThrow(InfrastructureError)
  })
})

/** The lock of a failed opening must be free again. */
function openedAgainst(dir: string): void {
  expect(() => openSqliteRun(dir)).not.toThrow(/already at work/)
}

test('tells a full disk and an unwritable file from a mistake of ours', () => {
  const file = path.join(newFolder(), 'small.db')
  const db = new Database(file)
  db.exec('CREATE TABLE t (a TEXT NOT NULL)')
  db.pragma('max_page_count = 2')
  const insert = (text: string | null) => guarded(file, () => db.prepare('INSERT INTO t VALUES (?)').run(text))
  expect(() => insert('x'.repeat(20_000))).toThrow(InfrastructureError)
  expect(() => insert('x'.repeat(20_000))).toThrow(/small\.db: .*full.*free some disk space/)
  expect(() => insert(null)).toThrow(InvariantError)
  db.close()
  const readonly = new Database(file, { readonly: true })
  expect(() => guarded(file, () => readonly.exec("INSERT INTO t VALUES ('a')"))).toThrow(
    /make the folder and the file writable/,
  )
  readonly.close()
})

describe('what is kept', () => {
  test('a source is stored once, however many programs share it', () => {
    const dir = newFolder()
    const store = createSqliteRun(dir, identity, budget)
    for (const ordinal of [0, 1, 2]) {
      store.select(selected(ordinal), start)
      store.patch(ordinal, { ...child, source: ordinal === 1 ? 'another' : 'same' })
    }
    expect(store.program(2).source).toBe('same')
    store.close()
    expect(withRows(dir, (db) => db.prepare('SELECT text FROM sources ORDER BY id').pluck().all())).toEqual([
      'same',
      'another',
    ])
  })

  test('a section that prompts repeat is stored once, and its size can be asked for', () => {
    const dir = newFolder()
    const store = createSqliteRun(dir, identity, budget)
    toPlaced(store, 0, 1)
    for (const ordinal of [1, 2]) {
      store.select(selected(ordinal, { model: 'small' }), start)
      const own = `## Parent\n\n${String(ordinal)}`
      const problem = prompt.sections[0]?.text ?? ''
      store.prompt(ordinal, {
        ...prompt,
        user: `${problem}\n\n${own}`,
        sections: [
          { name: 'problem', text: problem },
          { name: 'parent', text: own },
        ],
      })
    }
    store.close()
    withRows(dir, (db) => {
      expect(db.prepare('SELECT count(*) FROM texts').pluck().get()).toBe(5)
      expect(
        db.prepare('SELECT ordinal, name, characters FROM prompt_sections ORDER BY ordinal, position').raw().all(),
      ).toEqual([
        [1, 'problem', 25],
        [1, 'parent', 12],
        [2, 'problem', 25],
        [2, 'parent', 12],
      ])
      expect(db.prepare('SELECT user FROM prompt_texts WHERE ordinal = 2').pluck().get()).toBe(
        '## Problem\n\nPack circles.\n\n## Parent\n\n2',
      )
    })
  })

  test('stage outputs stay, but large ones go with programs that came to nothing', () => {
    const dir = newFolder()
    const store = createSqliteRun(dir, identity, budget)
    const evaluate = (ordinal: number): void => {
      toEvaluating(store, ordinal)
      store.recordStages(ordinal, [
        ended(stageRun('run')),
        ended(stageRun('score', { outcome: { ok: true, output: 'x'.repeat(largestKeptOutput) } })),
        ended(stageRun('describe'), false),
      ])
    }
    for (const ordinal of [0, 1, 2, 3]) evaluate(ordinal)
    store.place(0, evaluation(1), [placement(0, 1)], start)
    store.place(1, evaluation(1), [placement(1, 1, { decision: 'rejected' })], start)
    store.fail(2, { kind: 'constraint-violated', message: 'overlap' }, [], start)
    store.close()
    // What this process has not seen itself is looked at, too.
    const later = openSqliteRun(dir)
    later.fail(3, { kind: 'constraint-violated', message: 'overlap' }, [], start)
    later.close()
    const kept = withRows(dir, (db) =>
      db.prepare('SELECT ordinal, stage FROM stage_runs WHERE output IS NOT NULL').raw().all(),
    )
    expect(kept).toEqual([
      [0, 'run'],
      [0, 'score'],
      [1, 'run'],
      [2, 'run'],
      [3, 'run'],
    ])
    expect(withRows(dir, (db) => db.prepare('SELECT count(*) FROM stage_runs').pluck().get())).toBe(12)
  })

  test('the raw value has the direction of the objective, whatever the fitness has', () => {
    const dir = newFolder()
    const objective = { name: 'seconds', direction: 'minimize' } as const
    const store = createSqliteRun(dir, { ...identity, objective }, budget)
    toEvaluating(store, 0)
    store.place(0, evaluation(-3), [placement(0, -3)], start)
    store.close()
    const row = withRows(dir, (db) => db.prepare('SELECT value, fitness, decision FROM programs').raw().get())
    expect(row).toEqual([3, -3, 'new-cell'])
  })

  test('the ledger keeps every figure of a call', () => {
    const dir = newFolder()
    const store = createSqliteRun(dir, identity, budget)
    store.select(selected(0), start)
    store.prompt(0, prompt)
    store.closeCall(store.openCall(opening(0, 1)), ending())
    store.close()
    const row = withRows(dir, (db) => db.prepare('SELECT * FROM llm_calls').get())
    expect(row).toMatchObject({
      ...{ status: 'ok', reply: 'the reply', finish: 'stop', error: null, parameters: '{"temperature":0.7}' },
      ...{ reserved_tokens: 1000, reserved_usd: 0.5, tokens: 120, usd: 0.125 },
      ...{ input_tokens: 100, output_tokens: 20, cached_tokens: 50, cache_write_tokens: null, reasoning_tokens: null },
    })
  })
})

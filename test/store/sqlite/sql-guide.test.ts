import { readFileSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { RunReader } from '../../../src/store/run-reader.ts'
import { openReadOnly } from '../../../src/store/sqlite/read-only.ts'
import { createSqliteRun } from '../../../src/store/sqlite/run-store.ts'
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
import { temporaryFolders } from './run-folder.ts'

const guide = readFileSync(path.resolve(import.meta.dirname, '../../../docs/sql.md'), 'utf8')
const queries = Array.from(guide.matchAll(/```sql\n([\s\S]*?)```/g), ([, query = '']) => query)
const sections = guide
  .split(/^### /m)
  .slice(1)
  .map((section) => ({
    name: section.slice(0, section.indexOf('\n')),
    columns: Array.from(section.matchAll(/^\| (\w+) +\|/gm), ([, column = '']) => column).filter(
      (word) => word !== 'column',
    ),
  }))

const newFolder = temporaryFolders()
let reader: RunReader

const lesson = { kind: 'imitate', condition: 'a', explanation: 'b', anchor: 'best' } as const
const insight = {
  taxonomy: 'imitate',
  condition: 'a',
  applies: {},
  explanation: 'b',
  example: 'c',
  origin: 'd',
} as const

/** A run in which everything happened at least once: 0 -> 1 -> 3 -> 5 is the way to the best program. */
beforeEach(() => {
  const dir = newFolder()
  const store = createSqliteRun(dir, identity, budget)
  store.openSession(start)
  store.setMeasures([
    { name: 'sum_radii', direction: 'maximize', noise: 0, repeats: 3 },
    { name: 'seconds', direction: 'minimize', noise: 0.5, repeats: 3 },
  ])
  toEvaluating(store, 0)
  store.recordStages(0, [ended(stageRun('run'))])
  store.duplicates.claim('source 2', 'abc', 0, 'committed')
  store.place(0, evaluation(1), [placement(0, 1), placement(0, 1, { island: 1 })], start + 1000)
  toPlaced(store, 1, 2, { decision: 'improved', displaced: 0 })
  store.duplicates.reject({ ordinal: 1, stage: 'dedupe', check: 'source', twin: 0, audited: true })
  toPlaced(store, 2, 1.5, { decision: 'rejected' })
  toPlaced(store, 3, 1.75, { cell: '5,5' }, { parent: 1, inspirations: [2, 0], generation: 2 })
  store.select(selected(4, { operator: 'diff', model: 'small', parent: 3 }), start + 4000)
  store.prompt(4, prompt)
  store.closeCall(store.openCall(opening(4, 1)), ending({ status: 'error', reply: undefined, error: 'HTTP 500' }))
  store.closeCall(store.openCall(opening(4, 2)), ending())
  store.duplicates.reject({ ordinal: 4, stage: 'again', check: 'behaviour', twin: 0, audited: false })
  const failure = { kind: 'search-missed', message: 'no such line' } as const
  store.fail(
    4,
    failure,
    [placement(1, 2, { island: 1, decision: 'improved', displaced: 0, via: 'migration' })],
    start + 5000,
  )
  store.memory.add([insight], start)
  store.instructions.begin('diff', start)
  const trial = { insight: 1, version: 1, pairs: 1, informed: true }
  store.select(selected(5, { operator: 'diff', model: 'small', parent: 3, generation: 3, trial }), start + 5000)
  store.prompt(5, prompt, [{ id: 1, version: 1 }], 1)
  store.closeCall(store.openCall(opening(5, 1)), ending())
  const lines = { added: 4, readded: [{ line: 'best', removedBy: 3 }] }
  store.patch(5, { ...child, source: 'best', hunks: [{ line: 1, removed: 'let a = 1\n', added: 'best\n' }], lines })
  store.beginEvaluation(5, 3)
  store.place(5, evaluation(3), [placement(5, 3, { decision: 'improved', displaced: 1 })], start + 6000, true)
  store.memory.learn(5, { lessons: [lesson], insights: [], refinements: [], dropped: 1, note: undefined }, start + 6500)
  store.memory.endTrial(1, 'undecided', start + 6800)
  const outcome = { ok: true, objectives: { sum_radii: 0.5 }, fitness: 0.5, scores: {} } as const
  store.holdout.record({ ordinal: 5, key: 'key', outcome }, start + 6900)
  const shorter = store.simplifying.open(5, 'key', start + 6910)
  const scored = { ok: true, objectives: { sum_radii: 3 } } as const
  const threw = { ok: false, failure: { kind: 'threw', message: 'no' } } as const
  for (const [source, characters, outcome, kept] of [
    ['best', 40, scored, true],
    ['bes', 30, threw, false],
    ['be', 20, scored, true],
    ['b', 10, threw, undefined],
  ] as const) {
    store.simplifying.record(shorter, { source, characters, outcome }, start + 6920)
    if (kept !== undefined) store.simplifying.decide(shorter, source, kept)
  }
  store.simplifying.end(shorter, 'candidates', start + 6930)
  const request = store.instructions.request({ operator: 'diff', ordinal: 4, commits: 4 }, start)
  const better = { ok: true, text: 'Think twice.', reason: 'r', parent: 1, retires: undefined } as const
  store.instructions.answer(request.id, better, start + 6940)
  store.event('ended', { interrupted: false }, start + 7000)
  store.close()
  reader = openReadOnly(dir)
})
afterEach(() => reader.close())

test.each(queries)('the guide answers: %s', (query) => {
  expect(reader.query(query).rows.length).toBeGreaterThan(0)
})

test('the guide names every table and view, with every column', () => {
  const tables = reader
    .query("SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') ORDER BY name")
    .rows.flat()
  expect(sections.map(({ name }) => name).sort()).toEqual(tables)
  for (const { name, columns } of sections) {
    const real = reader.query('SELECT name FROM pragma_table_info(?)', [name]).rows.flat()
    expect([name, columns]).toEqual([name, real])
  }
})

describe('the views', () => {
  const ask = (sql: string) => reader.query(sql).rows

  test('best_so_far has each program that was better than all before it', () => {
    expect(ask('SELECT seq, ordinal, value, after_ms FROM best_so_far ORDER BY seq')).toEqual([
      [1, 0, 1, 1000],
      [3, 1, 2, 2000],
      [7, 5, 3, 6000],
    ])
  })

  test('elites has the latest owner of each cell', () => {
    expect(ask('SELECT island, cell, ordinal, via FROM elites ORDER BY island, cell')).toEqual([
      [0, '3,4', 5, 'birth'],
      [0, '5,5', 3, 'birth'],
      [1, '3,4', 1, 'migration'],
    ])
  })

  test('the ancestry query goes from the first program to the best', () => {
    const ancestry = queries.find((query) => query.includes('ORDER BY depth DESC')) ?? ''
    expect(reader.query(ancestry).rows.map(([depth, ordinal, , , , delta]) => [depth, ordinal, delta])).toEqual([
      [3, 0, null],
      [2, 1, 1],
      [1, 3, -0.25],
      [0, 5, 1.25],
    ])
  })

  test('simplified has what a program was and what it became, without what was evaluated and not needed', () => {
    expect(ask('SELECT * FROM simplified')).toEqual([[1, 5, 'candidates', 2, 1, 40, 20, 3, 3, 'be']])
  })

  test('descendants has every program that came of one, with the program it was made from', () => {
    expect(
      ask('SELECT depth, ordinal, parent, state, delta FROM descendants WHERE program = 1 ORDER BY depth, ordinal'),
    ).toEqual([
      [1, 3, 1, 'placed', -0.25],
      [2, 4, 3, 'failed', null],
      [2, 5, 3, 'placed', 1.25],
    ])
    expect(ask('SELECT count(*) FROM descendants WHERE program = 5')).toEqual([[0]])
  })

  test('transitions judges each child against its parent and tells how it was made', () => {
    expect(ask('SELECT child, parent, before, after, delta, verdict, failure_kind FROM transitions')).toEqual([
      [1, 0, 1, 2, 1, 'improved', null],
      [2, 0, 1, 1.5, 0.5, 'improved', null],
      [3, 1, 2, 1.75, -0.25, 'regressed', null],
      [4, 3, 1.75, null, null, 'failed', 'search-missed'],
      [5, 3, 1.75, 3, 1.25, 'improved', null],
    ])
    expect(ask('SELECT reason, hunks, reply FROM transitions WHERE child = 4')).toEqual([
      ['no such line', '[]', 'the reply'],
    ])
    expect(ask('SELECT hunks, prompt, reply FROM transitions WHERE child = 5')).toEqual([
      ['[{"line":1,"removed":"let a = 1\\n","added":"best\\n"}]', prompt.user, 'the reply'],
    ])
  })

  test('every objective has its own verdict, in its own direction', () => {
    expect(
      ask('SELECT name, direction, before, after, delta, verdict FROM transition_objectives WHERE child = 5'),
    ).toEqual([
      ['sum_radii', 'maximize', 1.75, 3, 1.25, 'improved'],
      ['seconds', 'minimize', 3, 3, 0, 'neutral'],
    ])
  })

  test('insight_effect has what came of each insight beside what came without', () => {
    expect(
      ask('SELECT id, status, uses, helped, hurt, mean_delta, helped_share, baseline_share FROM insight_effect'),
    ).toEqual([[1, 'active', 1, 1, 0, 1.25, 1, null]])
  })

  test('prompt_stats adds up what came of each template', () => {
    expect(ask('SELECT * FROM prompt_stats')).toEqual([['diff', 2, 1, 1, 1, 1, 1.25, 3, 360, 0.375]])
  })

  test('lineage has a row for each edge, with what it brought', () => {
    expect(
      ask('SELECT child, parent, role, value_delta, decision, failure_kind FROM lineage WHERE child IN (3, 4)'),
    ).toEqual([
      [3, 1, 'parent', -0.25, 'new-cell', null],
      [3, 2, 'inspiration', 0.25, 'new-cell', null],
      [3, 0, 'inspiration', 0.75, 'new-cell', null],
      [4, 3, 'parent', null, null, 'search-missed'],
    ])
  })

  test('operators, models, failures and spend are counted', () => {
    expect(ask("SELECT * FROM operator_stats WHERE operator = 'perturb'")).toEqual([
      ['perturb', 3, 3, 0, 1, 1, 2, 0.4166666666666667, 2],
    ])
    expect(ask('SELECT * FROM model_stats')).toEqual([['small', 3, 2, 1, 0, 360, 0.375, 10, 2, 1, 1, 3, 0.375]])
    expect(ask('SELECT * FROM failures')).toEqual([['search-missed', 'diff', 1, 4]])
    expect(ask('SELECT * FROM spend ORDER BY status')).toEqual([
      ['small', 'propose', 'error', 1, 120, 0.125],
      ['small', 'propose', 'ok', 2, 240, 0.25],
    ])
  })

  test('duplicates says of the audited whether the check was right', () => {
    expect(ask('SELECT * FROM duplicates')).toEqual([
      [1, 'dedupe', 'source', 0, null, 1, 'perturb', 2, 1, 1, 0, 1, 1, 1],
      [4, 'again', 'behaviour', 0, null, 0, 'diff', null, 1, null, 0, null, null, null],
    ])
    expect(ask('SELECT * FROM duplicate_stats ORDER BY stage')).toEqual([
      ['again', 'behaviour', 1, 0, 0, 0, 0],
      ['dedupe', 'source', 1, 1, 1, 1, 1],
    ])
  })

  test('readded tells which lines came back, and readded_stats what share of all that were added', () => {
    expect(ask('SELECT * FROM readded')).toEqual([[5, 0, 'diff', 'small', 'best', 3, 1, -0.25, 1.25]])
    expect(ask('SELECT * FROM readded_stats')).toEqual([['diff', 'small', 1, 4, 1, 0.25, 0]])
  })

  test('migrations tells who went where and after whom', () => {
    expect(ask('SELECT after, ordinal, born_on, arrived_on, decision, displaced FROM migrations')).toEqual([
      [4, 1, 0, 1, 'improved', 0],
    ])
  })

  test('objectives and descriptors have a row for each name', () => {
    expect(ask('SELECT name, value FROM objectives WHERE ordinal = 5 ORDER BY name')).toEqual([
      ['seconds', 3],
      ['sum_radii', 3],
    ])
    expect(ask('SELECT name, value FROM descriptors WHERE ordinal = 5')).toEqual([['source-length', 9]])
  })
})

import { expect, test } from 'vitest'
import { InvariantError } from '../../../src/core/errors.ts'
import { createSqliteRun, openSqliteRun } from '../../../src/store/sqlite/run-store.ts'
import { budget, identity, start, toPlaced } from '../run-values.ts'
import { temporaryFolders } from './run-folder.ts'

const newFolder = temporaryFolders()

test('attempts outlive the process, one simplification for each program and key', () => {
  const dir = newFolder()
  let store = createSqliteRun(dir, identity, budget)
  toPlaced(store, 0, 1)
  const id = store.simplifying.open(0, 'one', start)
  const good = { source: 'ab', characters: 2, outcome: { ok: true, objectives: { sum_radii: 1, seconds: 2 } } } as const
  const bad = { source: 'a', characters: 1, outcome: { ok: false, failure: { kind: 'threw', message: 'no' } } } as const
  store.simplifying.record(id, good, start)
  store.simplifying.decide(id, 'ab', true)
  store.simplifying.record(id, bad, start)
  store.close()

  store = openSqliteRun(dir)
  expect(store.simplifying.open(0, 'one', start + 1)).toBe(id)
  expect(store.simplifying.open(0, 'another', start + 1)).not.toBe(id)
  expect(store.simplifying.attempts(id)).toEqual([good, bad])
  expect(() => store.simplifying.decide(id, 'never evaluated', true)).toThrow(InvariantError)
  store.simplifying.end(id, 'candidates', start + 2)
  store.simplifying.end(id, 'minimal', start + 3)
  expect(store.totals()).toMatchObject({ selected: 0, finished: 0 })
  store.close()
})

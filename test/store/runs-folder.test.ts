import { mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { InfrastructureError, UserError } from '../../src/core/errors.ts'
import { joinFiles } from '../../src/core/program-files.ts'
import { createRunFolder, latestRun, listRuns, resolveRun, runInfo, writeBest } from '../../src/store/runs-folder.ts'
import { openReadOnly } from '../../src/store/sqlite/read-only.ts'
import { createSqliteRun } from '../../src/store/sqlite/run-store.ts'
import { endingEvent } from '../../src/store/run-store.ts'
import { budget, identity, start, toPlaced } from './run-values.ts'
import { temporaryFolders } from './sqlite/run-folder.ts'

const newFolder = temporaryFolders()
let runs = ''
beforeEach(() => (runs = path.join(newFolder(), 'runs')))

/** Makes a run that wrote last `minute` minutes after the epoch. */
function aRun(name: string, minute: number, end?: 'done'): string {
  const dir = path.join(runs, name)
  const store = createSqliteRun(dir, { ...identity, name }, budget)
  toPlaced(store, 0, 1)
  toPlaced(store, 1, 3)
  if (end === 'done') store.event(endingEvent, { interrupted: false }, start)
  store.close()
  utimesSync(path.join(dir, 'evolve.db'), minute * 60, minute * 60)
  return dir
}

const create = (problem: string, wanted?: string) => createRunFolder(runs, problem, wanted, openReadOnly)

describe('a new run', () => {
  test('gets its problem as its name, then the first free number', () => {
    expect(create('packing')).toEqual({ name: 'packing', dir: path.join(runs, 'packing'), unfinished: undefined })
    expect(create('packing').name).toBe('packing-2')
    mkdirSync(path.join(runs, 'packing-3'))
    expect(create('packing').name).toBe('packing-4')
    expect(readdirSync(path.join(runs, 'packing-4'))).toEqual([])
  })

  test('names the latest run of its problem that was stopped before its end', () => {
    aRun('packing', 10)
    aRun('packing-2', 30)
    aRun('packing-3', 40, 'done')
    aRun('packing-tight', 50)
    expect(create('packing')).toMatchObject({ name: 'packing-4', unfinished: 'packing-2' })
  })

  test('is refused a name that is taken or could not be a folder', () => {
    expect(create('packing', 'mine').name).toBe('mine')
    expect(() => create('packing', 'mine')).toThrow(UserError)
    aRun('yours', 10)
    expect(() => create('packing', 'yours')).toThrow('evolve resume yours')
    for (const bad of ['..', '../up', 'a/b', '', '.hidden', '-v', 'a b'])
      expect(() => create('packing', bad)).toThrow(UserError)
  })

  test('says so when its folder cannot be made', () => {
    const file = path.join(newFolder(), 'file')
    writeFileSync(file, '')
    expect(() => createRunFolder(path.join(file, 'runs'), 'a', undefined, openReadOnly)).toThrow(InfrastructureError)
  })
})

describe('the list of runs', () => {
  test('is empty where there is no folder', () => {
    expect(listRuns(runs, openReadOnly)).toEqual([])
    expect(() => latestRun(runs)).toThrow(UserError)
  })

  test('tells how each stands, the one that wrote latest first, and leaves other folders out', () => {
    aRun('old', 10, 'done')
    aRun('new', 20)
    mkdirSync(path.join(runs, 'notes'))
    const figures = { finished: 1, candidates: 100, best: 3, bestOrdinal: 1, tokens: 0, usd: 0, objective: 'sum_radii' }
    expect(listRuns(runs, openReadOnly)).toEqual([
      expect.objectContaining({ name: 'new', state: 'stopped', ...figures }),
      expect.objectContaining({ name: 'old', state: 'done', ...figures, createdAt: identity.createdAt }),
    ])
    expect(latestRun(runs)).toBe(path.join(runs, 'new'))
  })

  test('shows a damaged run with the reason, beside the others', () => {
    aRun('good', 10)
    const bad = path.join(runs, 'bad')
    mkdirSync(bad)
    writeFileSync(path.join(bad, 'evolve.db'), 'broken '.repeat(1000))
    const listed = listRuns(runs, openReadOnly)
    expect(listed.map(({ name, state }) => [name, state])).toEqual([
      ['bad', 'unreadable'],
      ['good', 'stopped'],
    ])
    expect(listed[0]?.problem).toContain('damaged')
    expect(() => runInfo(bad, openReadOnly)).toThrow(InfrastructureError)
  })
})

describe('finding a run', () => {
  test('works by name, by folder and by database', () => {
    const dir = aRun('packing', 10)
    expect(resolveRun(runs, 'packing')).toBe(dir)
    expect(resolveRun('/nowhere', dir)).toBe(dir)
    expect(resolveRun('/nowhere', path.join(dir, 'evolve.db'))).toBe(dir)
  })

  test('names the nearest run for a mistyped one, or those there are', () => {
    expect(() => resolveRun(runs, 'packing')).toThrow('there are no runs in')
    aRun('packing', 10)
    aRun('sorting', 20)
    expect(() => resolveRun(runs, 'paking')).toThrow('did you mean packing?')
    expect(() => resolveRun(runs, 'entirely-else')).toThrow('sorting, packing')
    expect(() => resolveRun(runs, 'paking')).toThrow(UserError)
  })
})

describe('the best program', () => {
  test('replaces the one before and leaves nothing else in the folder', () => {
    const dir = newFolder()
    expect(writeBest(dir, '.ts', 'one')).toBe(path.join(dir, 'best.ts'))
    writeBest(dir, 'ts', 'two ß')
    expect(readFileSync(path.join(dir, 'best.ts'), 'utf8')).toBe('two ß')
    expect(readdirSync(dir)).toEqual(['best.ts'])
  })

  test('of several files is a folder of them, without the lines that hold them together', () => {
    const dir = newFolder()
    const text = (last: string) =>
      joinFiles([
        { path: 'pack.ts', text: 'a\n', whole: true },
        { path: `lib/${last}`, text: 'b\n', whole: false },
      ])
    writeBest(dir, '.ts', text('one.ts'))
    expect(writeBest(dir, '.ts', text('two.ts'))).toBe(path.join(dir, 'best'))
    expect(readdirSync(dir)).toEqual(['best'])
    expect(readdirSync(path.join(dir, 'best'), { recursive: true }).sort()).toEqual(['lib', 'lib/two.ts', 'pack.ts'])
    expect(readFileSync(path.join(dir, 'best/pack.ts'), 'utf8')).toBe('a\n')
  })

  test('stays as it was when the new one cannot be written', () => {
    const dir = newFolder()
    mkdirSync(path.join(dir, 'best.ts'))
    expect(() => writeBest(dir, 'ts', 'x')).toThrow(InfrastructureError)
    expect(readdirSync(dir)).toEqual(['best.ts'])
  })
})

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import Database from 'better-sqlite3'
import { expect, test } from 'vitest'
import { createSqliteRun, openSqliteRun } from '../../../src/store/sqlite/run-store.ts'
import { budget, identity } from '../run-values.ts'
import { temporaryFolders } from './run-folder.ts'

const writer = new URL('./writer.ts', import.meta.url).pathname
const newFolder = temporaryFolders()

/** Every row of a run that a crash left must fit together. */
function checkWhole(dir: string): void {
  const db = new Database(path.join(dir, 'evolve.db'))
  expect(db.pragma('integrity_check', { simple: true })).toBe('ok')
  expect(db.pragma('foreign_key_check')).toEqual([])
  const count = (sql: string) => db.prepare(sql).pluck().get()
  expect(count("SELECT count(*) FROM programs WHERE state = 'placed'")).toBe(count('SELECT count(*) FROM evaluations'))
  expect(count('SELECT count(*) FROM evaluations')).toBe(count('SELECT count(DISTINCT ordinal) FROM placements'))
  db.close()
}

test('a process killed at any moment leaves a whole run with everything it had finished', async () => {
  const dir = newFolder()
  createSqliteRun(dir, identity, budget).close()
  let finished = -1
  for (const rounds of [3, 40, 400]) {
    const child = spawn(process.execPath, [writer, 'write', dir], { stdio: ['ignore', 'pipe', 'inherit'] })
    let said = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      said += text
      if (said.split('\n').length > rounds) child.kill('SIGKILL')
    })
    await once(child, 'close')
    const last = Number(said.trim().split('\n').at(-1))
    expect(last).toBeGreaterThan(finished)
    finished = last

    const store = openSqliteRun(dir)
    expect(store.evaluation(finished)?.fitness).toBe(finished)
    expect(store.totals().selected).toBeLessThanOrEqual(finished + 1)
    store.close()
    checkWhole(dir)
  }
})

test('a disk that takes no more ends in one line that says so, and loses nothing that was finished', async () => {
  const dir = newFolder()
  createSqliteRun(dir, identity, budget).close()
  // No file of the child may grow beyond 256 blocks of 1 kB (512 B in some shells): its log hits the limit soon.
  const child = spawn('sh', ['-c', `ulimit -f 256; exec "$0" "$1" write "$2"`, process.execPath, writer, dir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let said = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text))
  await once(child, 'close')
  const lines = said.trim().split('\n')
  expect(lines.at(-1)).toMatch(/^InfrastructureError: .*evolve\.db: .*(disk|database).*resume the run/)
  const finished = Number(lines.at(-2))
  const store = openSqliteRun(dir)
  expect(store.evaluation(finished)?.fitness).toBe(finished)
  expect([...store.placements()].map(({ ordinal }) => ordinal)).toEqual(
    Array.from({ length: finished + 1 }, (_, n) => n),
  )
  store.close()
  checkWhole(dir)
})

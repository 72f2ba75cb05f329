import { spawn } from 'node:child_process'
import type { ChildProcessWithoutNullStreams } from 'node:child_process'
import { once } from 'node:events'
import { rmSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import path from 'node:path'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { InfrastructureError, UserError } from '../../../src/core/errors.ts'
import { lockRun, ownerOf } from '../../../src/store/sqlite/lock.ts'
import { createSqliteRun, openSqliteRun } from '../../../src/store/sqlite/run-store.ts'
import { budget, identity } from '../run-values.ts'
import { temporaryFolders } from './run-folder.ts'

const writer = new URL('./writer.ts', import.meta.url).pathname
const newFolder = temporaryFolders()
const children: ChildProcessWithoutNullStreams[] = []
let dir = ''

beforeEach(() => {
  dir = newFolder()
  createSqliteRun(dir, identity, budget).close()
})
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
})

/** Starts a process that tries to own the run when it is told to, and says what came of it. */
function contender() {
  const child = spawn(process.execPath, [writer, 'hold', dir])
  children.push(child)
  const answer = once(child.stdout.setEncoding('utf8'), 'data').then(([text]) => String(text).trim())
  return { child, tryNow: () => child.stdin.write('go\n'), answer }
}

async function crashedOwner(): Promise<number> {
  const { child, tryNow, answer } = contender()
  tryNow()
  expect(await answer).toBe('won')
  child.kill('SIGKILL')
  await once(child, 'close')
  return child.pid ?? 0
}

function writeOwner(owner: { pid: number; host: string; started: string | null }): void {
  const db = new Database(path.join(dir, 'evolve.lock'))
  db.exec('DELETE FROM owner')
  db.prepare('INSERT INTO owner (pid, host, started) VALUES (?, ?, ?)').run(owner.pid, owner.host, owner.started)
  db.close()
}

test('names the process that owns a run and what to do about it', async () => {
  const { child, tryNow, answer } = contender()
  tryNow()
  expect(await answer).toBe('won')
  expect(() => openSqliteRun(dir)).toThrow(UserError)
  expect(() => openSqliteRun(dir)).toThrow(`process ${String(child.pid)}: wait until it ends, or stop it`)
  expect(ownerOf(dir)).toMatchObject({ pid: child.pid, host: hostname() })
})

test('refuses a second opening by the same process', () => {
  const store = openSqliteRun(dir)
  expect(() => openSqliteRun(dir)).toThrow(/which is this one/)
  store.close()
  openSqliteRun(dir).close()
})

test('is free after a close, and a failed opening gives it back', () => {
  expect(ownerOf(dir)).toBeUndefined()
  expect(() => createSqliteRun(dir, identity, budget)).toThrow(UserError)
  expect(ownerOf(dir)).toBeUndefined()
  openSqliteRun(dir).close()
})

test('takes the lock of a dead process over without a word', async () => {
  const dead = await crashedOwner()
  expect(ownerOf(dir)).toBeUndefined()
  const store = openSqliteRun(dir)
  expect(ownerOf(dir)?.pid).toBe(process.pid)
  expect(ownerOf(dir)?.pid).not.toBe(dead)
  store.close()
})

test('does not take a later process with the same number for the owner', () => {
  writeOwner({ pid: process.pid, host: hostname(), started: '1' })
  expect(ownerOf(dir)).toBeUndefined()
  openSqliteRun(dir).close()
})

test('of many processes that find a stale lock at the same moment exactly one gets it', async () => {
  await crashedOwner()
  const all = Array.from({ length: 6 }, contender)
  await Promise.all(all.map(({ child }) => once(child, 'spawn')))
  for (const { tryNow } of all) tryNow()
  const answers = await Promise.all(all.map(({ answer }) => answer))
  expect(answers.filter((answer) => answer === 'won')).toHaveLength(1)
  expect(answers.filter((answer) => answer.startsWith('lost the run in'))).toHaveLength(5)
})

test('leaves a run to its owner on another machine until the lock file is removed', () => {
  writeOwner({ pid: 4711, host: 'elsewhere', started: null })
  const file = path.join(dir, 'evolve.lock')
  expect(() => openSqliteRun(dir)).toThrow(`process 4711 on the machine elsewhere`)
  expect(() => openSqliteRun(dir)).toThrow(`remove ${file}`)
  expect(ownerOf(dir)?.host).toBe('elsewhere')
  rmSync(file)
  openSqliteRun(dir).close()
})

test('a lock file that is damaged is named with a remedy', () => {
  writeFileSync(path.join(dir, 'evolve.lock'), 'this is no database '.repeat(100))
  expect(() => lockRun(dir)).toThrow(InfrastructureError)
  expect(() => lockRun(dir)).toThrow(/evolve\.lock.*remove it/)
})

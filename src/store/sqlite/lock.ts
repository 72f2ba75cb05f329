import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import path from 'node:path'
import Database from 'better-sqlite3'
import { InfrastructureError, UserError } from '../../core/errors.ts'
import { guarded } from './sqlite-errors.ts'

/** Name of the lock inside a run's folder. */
const lockName = 'evolve.lock'

/** Who owns a run. */
export interface RunOwner {
  readonly pid: number
  readonly host: string
  /** When that process started, in the system's own ticks since boot; `null` where the system does not tell. */
  readonly started: string | null
}

/** The right to write to a run. */
export interface RunLock {
  /** Gives the right back. The second call does nothing. Never throws: it must not hide why a run ended. */
  release(): void
}

/**
 * Makes this process the one owner of a run.
 *
 * The lock is a small database that the owner keeps reserved. The kernel drops the reservation when the process ends,
 * however it ends, so a lock left by `kill -9` is free at once and two processes that find it cannot both take it. The
 * owner's name inside is for the message to the others, and for what a kernel cannot know: that the owner may live on
 * another machine that shares the disk.
 *
 * @throws UserError when another process owns the run; the message names it and says what to do.
 * @throws InfrastructureError when the folder cannot be written.
 */
export function lockRun(dir: string): RunLock {
  const file = path.join(dir, lockName)
  return guarded(file, () => {
    const db = new Database(file, { timeout: 300 })
    try {
      reserve(db, file, dir)
    } catch (error) {
      db.close()
      throw isDamage(error) ? damagedLock(file, error) : error
    }
    let held = true
    return {
      release: () => {
        if (!held) return
        held = false
        forget(db)
        db.close()
      },
    }
  })
}

/** Who owns a run at this moment; `undefined` when nobody does. An owner on another machine counts as alive. */
export function ownerOf(dir: string): RunOwner | undefined {
  const file = path.join(dir, lockName)
  try {
    const db = new Database(file, { readonly: true, fileMustExist: true, timeout: 300 })
    try {
      const owner = ownerIn(db)
      return owner !== undefined && (owner.host !== hostname() || isAlive(owner)) ? owner : undefined
    } finally {
      db.close()
    }
  } catch {
    // No lock file, or none that can be read: then no owner is known. Taking the lock tells what is wrong with it.
    return undefined
  }
}

function reserve(db: Database.Database, file: string, dir: string): void {
  // The lock need not outlive a power cut, since no process does.
  db.pragma('synchronous = OFF')
  begin(db, dir)
  db.exec('CREATE TABLE IF NOT EXISTS owner (pid INTEGER NOT NULL, host TEXT NOT NULL, started TEXT) STRICT')
  const before = ownerIn(db)
  // An owner that is alive although the reservation was free is just about to reserve, between the two steps below.
  if (before !== undefined && (before.host !== hostname() || (before.started !== null && isAlive(before)))) {
    db.exec('ROLLBACK')
    throw owned(dir, file, before)
  }
  const self: RunOwner = { pid: process.pid, host: hostname(), started: startOf(process.pid) }
  db.exec('DELETE FROM owner')
  db.prepare('INSERT INTO owner (pid, host, started) VALUES (?, ?, ?)').run(self.pid, self.host, self.started)
  db.exec('COMMIT')
  // Reserved but unchanged, so that others can read who owns the run.
  begin(db, dir)
  const now = ownerIn(db)
  if (now?.pid !== self.pid || now.host !== self.host || now.started !== self.started) {
    db.exec('ROLLBACK')
    throw owned(dir, file, now)
  }
}

/** Takes the owner's name out. Closing the connection alone frees the lock, so a full disk does no harm here. */
function forget(db: Database.Database): void {
  try {
    db.exec('DELETE FROM owner')
    db.exec('COMMIT')
  } catch {
    return
  }
}

function begin(db: Database.Database, dir: string): void {
  try {
    db.exec('BEGIN IMMEDIATE')
  } catch (error) {
    if (!(error instanceof Database.SqliteError) || !error.code.startsWith('SQLITE_BUSY')) throw error
    throw owned(dir, db.name, ownerIn(db))
  }
}

function ownerIn(db: Database.Database): RunOwner | undefined {
  const known = db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'owner'").get()
  return known === undefined ? undefined : db.prepare<[], RunOwner>('SELECT pid, host, started FROM owner').get()
}

function owned(dir: string, file: string, owner: RunOwner | undefined): UserError {
  const run = `the run in ${dir}`
  if (owner === undefined) return new UserError(`${run} is just being opened by another process: try again`)
  if (owner.host !== hostname()) {
    return new UserError(
      `${run} belongs to process ${String(owner.pid)} on the machine ${owner.host}: let it end there; ` +
        `if it is gone for certain, remove ${file}`,
    )
  }
  const self = owner.pid === process.pid ? ', which is this one' : ''
  return new UserError(
    `${run} is already at work in process ${String(owner.pid)}${self}: wait until it ends, ` +
      `or stop it first (kill -INT ${String(owner.pid)})`,
  )
}

function isDamage(error: unknown): boolean {
  return error instanceof Database.SqliteError && /^SQLITE_(NOTADB|CORRUPT)/.test(error.code)
}

function damagedLock(file: string, cause: unknown): InfrastructureError {
  return new InfrastructureError(`${file} is damaged: when no process is at work on the run, remove it`, { cause })
}

function isAlive(owner: RunOwner): boolean {
  try {
    process.kill(owner.pid, 0)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) return false
  }
  return owner.started === null || owner.started === startOf(owner.pid)
}

/** Start time of a process: it tells a process from a later one that was given the same number. */
function startOf(pid: number): string | null {
  try {
    const text = readFileSync(`/proc/${String(pid)}/stat`, 'utf8')
    // The command name may hold spaces and brackets; the fields after the last bracket start at number 3.
    return text.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? null
  } catch {
    return null
  }
}

import path from 'node:path'
import Database from 'better-sqlite3'
import { UserError } from '../../core/errors.ts'
import { refuseNewerSchema, storedSchemaVersion } from './migrations.ts'

/** The database inside a run's folder. */
export function databaseFile(dir: string): string {
  return path.join(dir, 'evolve.db')
}

/**
 * Opens the owner's connection.
 *
 * Write-ahead log with `NORMAL`: a commit is in the system's cache when it returns, which a killed process survives;
 * those about money are then synced, by `LogSync` or {@link synced}.
 */
export function openForWriting(file: string): Database.Database {
  const db = new Database(file)
  return closedOnError(db, () => {
    refuseNewerSchema(db, file)
    db.pragma('journal_mode = WAL')
    db.pragma('synchronous = NORMAL')
    // Checkpoints sync the disk, so they are made rarely: every 32 MB of log.
    db.pragma('wal_autocheckpoint = 8000')
    db.pragma('journal_size_limit = 67108864')
    // 64 MB, the bound of this connection's memory however large the run gets. No mapping: it would count as memory.
    db.pragma('cache_size = -65536')
    db.pragma('mmap_size = 0')
    return db
  })
}

/**
 * Opens a connection that can only read, beside a running owner.
 *
 * Even so the folder has to be writable: readers mark in a file beside the log how far they have read.
 *
 * @throws UserError when the file holds no run or one of a newer version.
 */
export function openForReading(file: string): Database.Database {
  const db = new Database(file, { readonly: true, fileMustExist: true })
  return closedOnError(db, () => {
    db.pragma('query_only = ON')
    refuseNewerSchema(db, file)
    refuseEmpty(db, file)
    return db
  })
}

/** @throws UserError when nothing was created in the database. */
export function refuseEmpty(db: Database.Database, file: string): void {
  if (storedSchemaVersion(db) > 0) return
  throw new UserError('this file holds no run: its creation was interrupted; remove its folder', { file })
}

/**
 * Makes a commit that is synced to the disk when it returns, together with all commits before it.
 *
 * The setting has to go through `pragma`: SQLite carries it out when the statement is prepared, so a prepared one
 * would do nothing when it is run.
 */
export function synced<T>(db: Database.Database, commit: () => T): T {
  db.pragma('synchronous = FULL')
  try {
    return commit()
  } finally {
    db.pragma('synchronous = NORMAL')
  }
}

function closedOnError<T>(db: Database.Database, work: () => T): T {
  try {
    return work()
  } catch (error) {
    db.close()
    throw error
  }
}

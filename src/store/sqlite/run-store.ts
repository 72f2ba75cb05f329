import { existsSync, mkdirSync } from 'node:fs'
import type { Database } from 'better-sqlite3'
import type { Budget } from '../../config/problem.ts'
import { UserError } from '../../core/errors.ts'
import type { RunIdentity } from '../run-store.ts'
import { finite, moment } from '../stored-json.ts'
import { databaseFile, openForWriting, refuseEmpty, synced } from './connection.ts'
import { lockRun } from './lock.ts'
import { migrate, storedSchemaVersion } from './migrations.ts'
import { budgetColumns, SqliteRunStore } from './owned-run.ts'
import { guarded } from './sqlite-errors.ts'
import type { Bound } from './statements.ts'

/**
 * Creates a run in a folder and opens it for writing. The folder is made when it is missing.
 *
 * @param dir - The run's folder; a run must not be in it yet.
 * @throws UserError when there is a run already or another process is at work in the folder.
 * @throws InfrastructureError when the folder cannot be written.
 */
export function createSqliteRun(dir: string, identity: RunIdentity, budget: Budget): SqliteRunStore {
  return guarded(dir, () => {
    mkdirSync(dir, { recursive: true })
    return open(dir, (db, file) => {
      const exists = storedSchemaVersion(db) > 0
      if (exists)
        throw new UserError('there is a run in this folder already: resume it or choose another name', { file })
      // Schema and identity together: there is never a run that does not know what it is.
      synced(db, () =>
        db.transaction(() => {
          migrate(db)
          insertRun(db, identity, budget)
        })(),
      )
    })
  })
}

/**
 * Opens an existing run for writing, after a clean end or a crash. An older schema is brought up to date.
 *
 * @throws UserError when there is no run, another process owns it, or a newer version of evolve wrote it.
 * @throws InfrastructureError when the database cannot be read or written.
 */
export function openSqliteRun(dir: string): SqliteRunStore {
  const file = databaseFile(dir)
  return guarded(file, () => {
    if (!existsSync(file)) throw new UserError('there is no run in this folder', { file: dir })
    return open(dir, (db) => {
      refuseEmpty(db, file)
      db.transaction(() => migrate(db))()
    })
  })
}

function open(dir: string, prepare: (db: Database, file: string) => void): SqliteRunStore {
  const lock = lockRun(dir)
  try {
    const file = databaseFile(dir)
    const db = guarded(file, () => openForWriting(file))
    try {
      return guarded(file, () => {
        prepare(db, file)
        return new SqliteRunStore(db, file, lock)
      })
    } catch (error) {
      db.close()
      throw error
    }
  } catch (error) {
    lock.release()
    throw error
  }
}

function insertRun(db: Database, identity: RunIdentity, budget: Budget): void {
  db.prepare<Bound[]>(
    `INSERT INTO runs (id, name, seed, created_at, version, problem_file, config, evaluator_hash, program_hash,
       libraries, contract, reproducible, objective, direction, budget_candidates, budget_usd, budget_tokens, budget_wall_ms)
     VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  ).run(
    identity.name,
    finite(identity.seed, 'the seed'),
    moment(identity.createdAt),
    identity.version,
    identity.problemFile,
    identity.config,
    identity.evaluatorHash,
    identity.programHash,
    JSON.stringify(identity.libraries),
    identity.contract,
    Number(identity.reproducible),
    identity.objective.name,
    identity.objective.direction,
    ...budgetColumns(budget),
  )
  db.exec(
    'INSERT INTO measures (position, name, direction, noise, repeats) SELECT 0, objective, direction, 0, 1 FROM runs',
  )
}

import type { Database } from 'better-sqlite3'
import { UserError } from '../../core/errors.ts'
import { pipelineTables } from './schema-pipeline.ts'
import { contractColumn, libraryColumn, tables } from './schema.ts'
import { cellTables } from './schema-cells.ts'
import { lineageTables } from './schema-lineage.ts'
import { instructionTables } from './schema-instructions.ts'
import { memoryTables } from './schema-memory.ts'
import { scheduleColumns } from './schema-schedule.ts'
import { trialTables } from './schema-trial.ts'
import { warmStartTables } from './schema-warm-start.ts'
import { duplicateTables, readdedTables, similarityColumn } from './schema-duplicates.ts'
import { holdoutTables } from './schema-holdout.ts'
import { levelTables } from './schema-levels.ts'
import { outputTables } from './schema-outputs.ts'
import { rungTables } from './schema-rungs.ts'
import { questionColumn } from './schema-review.ts'
import { rescoreTables } from './schema-rescore.ts'
import { simplifyTables } from './schema-simplify.ts'
import { views } from './views.ts'

/** Step `n` brings a database from schema version `n` to `n + 1`. A released step never changes. */
const steps: readonly string[] = [
  tables,
  lineageTables,
  libraryColumn,
  cellTables,
  memoryTables,
  pipelineTables,
  warmStartTables,
  contractColumn,
  rescoreTables,
  scheduleColumns,
  outputTables,
  trialTables,
  holdoutTables,
  duplicateTables,
  rungTables,
  questionColumn,
  simplifyTables,
  instructionTables,
  readdedTables,
  similarityColumn,
  levelTables,
]

/** The schema version this code reads and writes; a database keeps its own in `PRAGMA user_version`. */
export const schemaVersion = steps.length

/** Schema version of a database; 0 when nothing was created in it yet. */
export function storedSchemaVersion(db: Database): number {
  return db.pragma('user_version', { simple: true }) as number
}

/**
 * Refuses a database that a newer version of evolve wrote: this code would misread it.
 *
 * @throws {@link UserError} that says what to do.
 */
export function refuseNewerSchema(db: Database, file: string): void {
  const found = storedSchemaVersion(db)
  if (found <= schemaVersion) return
  const writer = newerWriter(db)
  throw new UserError(
    `this run has schema version ${String(found)} and this evolve knows versions up to ${String(schemaVersion)}: ` +
      `upgrade evolve${writer === undefined ? '' : ` (the run was created by ${writer})`}`,
    { file },
  )
}

/** Creates the schema or brings an older one up to date. Call it inside a transaction: all steps count or none. */
export function migrate(db: Database): void {
  const found = storedSchemaVersion(db)
  if (found === schemaVersion) return
  for (const name of Object.keys(views)) db.exec(`DROP VIEW IF EXISTS ${name}`)
  for (const step of steps.slice(found)) db.exec(step)
  for (const [name, query] of Object.entries(views)) db.exec(`CREATE VIEW ${name} AS ${query}`)
  db.pragma(`user_version = ${String(schemaVersion)}`)
}

function newerWriter(db: Database): string | undefined {
  try {
    return db.prepare<[], { version: string }>('SELECT version FROM runs').get()?.version
  } catch {
    // A newer schema may keep its version elsewhere; the message does without it.
    return undefined
  }
}

import { existsSync } from 'node:fs'
import { UserError } from '../../core/errors.ts'
import type { RunReader, RunState, ScoredProgram } from '../run-reader.ts'
import { endingEvent } from '../run-store.ts'
import { databaseFile, openForReading } from './connection.ts'
import { prepareInstructionQuestions } from './instruction-rows.ts'
import { guardedMemory, prepareInsightQuestions } from './insight-rows.ts'
import { ownerOf } from './lock.ts'
import { schemaVersion, storedSchemaVersion } from './migrations.ts'
import { answer } from './query.ts'
import { prepareQuestions } from './questions.ts'
import { guarded, guardedEach } from './sqlite-errors.ts'
import { upgradeSchema } from './upgrade.ts'

/**
 * Opens a run for reading only, whoever owns it at the moment. A run with an older schema that nobody owns is brought up
 * to date first.
 *
 * @throws UserError when there is no run in the folder or a newer version of evolve wrote it.
 * @throws InfrastructureError when the database cannot be read.
 */
export function openReadOnly(dir: string): RunReader {
  const file = databaseFile(dir)
  if (!existsSync(file)) throw new UserError('there is no run in this folder', { file: dir })
  return guarded(file, () => {
    const db = currentSchema(dir, file)
    try {
      return readerOf(db, dir, file)
    } catch (error) {
      db.close()
      throw error
    }
  })
}

function currentSchema(dir: string, file: string): ReturnType<typeof openForReading> {
  const db = openForReading(file)
  if (storedSchemaVersion(db) === schemaVersion) return db
  db.close()
  upgradeSchema(dir)
  return openForReading(file)
}

function readerOf(db: ReturnType<typeof openForReading>, dir: string, file: string): RunReader {
  const ask = prepareQuestions(db)
  const best = db.prepare<[], ScoredProgram>(
    `SELECT programs.ordinal, programs.fitness, programs.value
     FROM placements JOIN programs ON programs.ordinal = placements.ordinal
     WHERE placements.decision <> 'rejected'
       AND placements.level = (SELECT level FROM placements ORDER BY seq DESC LIMIT 1)
     ORDER BY placements.fitness DESC, placements.seq LIMIT 1`,
  )
  const ending = db
    .prepare<[string], string>(
      `SELECT data FROM events WHERE kind = ? AND at >= (SELECT coalesce(max(started_at), 0) FROM sessions)
       ORDER BY id DESC LIMIT 1`,
    )
    .pluck()
  const state = (): RunState => {
    if (ownerOf(dir) !== undefined) return 'running'
    const { interrupted } = JSON.parse(ending.get(endingEvent) ?? '{}') as { interrupted?: unknown }
    if (interrupted !== undefined) return interrupted === true ? 'stopped' : 'done'
    // The last process left no word: it crashed, maybe after the last candidate.
    const { selected, finished, elapsedMs } = ask.totals()
    const { candidates, wallMs } = ask.budget()
    const enough = finished >= (candidates ?? Infinity) || elapsedMs >= (wallMs ?? Infinity)
    return enough && finished === selected ? 'done' : 'stopped'
  }
  const read =
    <A extends unknown[], T>(question: (...given: A) => T) =>
    (...given: A): T =>
      guarded(file, () => question(...given))
  return {
    identity: ask.identity(),
    budget: read(ask.budget),
    measures: read(ask.measures),
    totals: read(() => {
      const { next: _, ...totals } = ask.totals()
      return totals
    }),
    program: read(ask.program),
    evaluation: read(ask.evaluation),
    failureCounts: read(ask.failureCounts),
    placements: () => guardedEach(file, ask.placements()),
    events: read(ask.events),
    schedule: () => guardedEach(file, ask.schedule()),
    latestTrials: read(ask.latestTrials),
    bestSibling: read(ask.bestSibling),
    madeBy: (operator) => guardedEach(file, ask.madeBy(operator)),
    lineage: () => guardedEach(file, ask.lineage()),
    unfinished: read(ask.unfinished),
    instructions: prepareInstructionQuestions(db, file),
    memory: guardedMemory(file, prepareInsightQuestions(db)),
    candidate: read(ask.candidate),
    state: read(state),
    best: read(() => best.get()),
    query: (sql, parameters, limit) => answer(db, file, sql, parameters, limit),
    close: () => guarded(file, () => db.close()),
  }
}

import { hash } from 'node:crypto'
import type { Database } from 'better-sqlite3'
import { InvariantError } from '../../core/errors.ts'
import type { CandidateFailure } from '../../core/failure.ts'
import type { RunIdentity } from '../run-store.ts'
import type { SimplifyAttempt, SimplifyStore } from '../simplify-store.ts'
import { finite, jsonText, moment } from '../stored-json.ts'
import { guarded } from './sqlite-errors.ts'
import type { Bound } from './statements.ts'

interface AttemptRow {
  readonly text: string
  readonly characters: number
  readonly objectives: string | null
  readonly failure: string | null
}

/** {@link SimplifyStore} on the connection of the run's owner. */
export function sqliteSimplifying(
  db: Database,
  file: string,
  { objective }: Pick<RunIdentity, 'objective'>,
): SimplifyStore {
  const write = (sql: string) => db.prepare<Bound[]>(sql)
  const transact = <T>(work: () => T): T => guarded(file, () => db.transaction(work)())
  const begin = write(
    'INSERT INTO simplifications (ordinal, key, started_at) VALUES (?, ?, ?) ON CONFLICT (ordinal, key) DO NOTHING',
  )
  const begun = db
    .prepare<[number, string], number>('SELECT id FROM simplifications WHERE ordinal = ? AND key = ?')
    .pluck()
  const all = db.prepare<[number], AttemptRow>(
    `SELECT text, characters, objectives, failure FROM simplify_attempts JOIN sources ON sources.id = source_id
     WHERE simplification = ? ORDER BY simplify_attempts.id`,
  )
  const sourceId = db.prepare<[Uint8Array], number>('SELECT id FROM sources WHERE sha256 = ?').pluck()
  const putSource = write('INSERT INTO sources (sha256, text) VALUES (?, ?)')
  const putAttempt = write(
    `INSERT INTO simplify_attempts (simplification, source_id, characters, value, objectives, failure_kind, failure, evaluated_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  const decide = write('UPDATE simplify_attempts SET kept = ? WHERE simplification = ? AND source_id = ?')
  const end = write('UPDATE simplifications SET reason = ?, ended_at = ? WHERE id = ?')

  const columns = ({ outcome }: SimplifyAttempt): Bound[] => {
    if (!outcome.ok) return [null, null, outcome.failure.kind, jsonText(outcome.failure, 'a failure')]
    const value = outcome.objectives[objective.name]
    if (value === undefined) throw new InvariantError(`the attempt has no objective ${objective.name}`)
    return [finite(value, `objective ${objective.name}`), jsonText(outcome.objectives, 'the objectives'), null, null]
  }
  return {
    open: (ordinal, key, now) =>
      transact(() => {
        begin.run(ordinal, key, moment(now))
        const id = begun.get(ordinal, key)
        if (id === undefined) throw new InvariantError(`program ${String(ordinal)} has no simplification`)
        return id
      }),
    attempts: (id) => guarded(file, () => all.all(id).map(attemptOf)),
    record: (id, attempt, now) =>
      transact(() => {
        const key = hash('sha256', attempt.source, 'buffer')
        const source = sourceId.get(key) ?? Number(putSource.run(key, attempt.source).lastInsertRowid)
        putAttempt.run(id, source, attempt.characters, ...columns(attempt), moment(now))
      }),
    decide: (id, source, kept) =>
      transact(() => {
        const known = sourceId.get(hash('sha256', source, 'buffer'))
        const changes = known === undefined ? 0 : decide.run(kept ? 1 : 0, id, known).changes
        if (changes !== 1) throw new InvariantError('only what was evaluated can be decided about')
      }),
    end: (id, reason, now) =>
      transact(() => {
        end.run(reason, moment(now), id)
      }),
  }
}

function attemptOf({ text, characters, objectives, failure }: AttemptRow): SimplifyAttempt {
  return {
    source: text,
    characters,
    outcome:
      failure === null
        ? { ok: true, objectives: JSON.parse(objectives ?? '{}') as Record<string, number> }
        : { ok: false, failure: JSON.parse(failure) as CandidateFailure },
  }
}

import type { Database } from 'better-sqlite3'
import type { Departure } from '../../core/rejection.ts'
import { embeddingPurpose } from '../candidate-moves.ts'
import type { DuplicateStore, StoredVector } from '../duplicate-store.ts'
import { guarded } from './sqlite-errors.ts'

/** A candidate and its ancestors, each with the one below it on the way down. */
const trail = `WITH RECURSIVE trail (ordinal, below, depth) AS (
  SELECT :own, NULL, 0
  UNION ALL
  SELECT edges.parent, trail.ordinal, depth + 1 FROM trail
  JOIN edges ON edges.child = trail.ordinal AND edges.position = 0 AND edges.role = 'parent'
)`

/** {@link DuplicateStore} on the connection of the run's owner. */
export function sqliteDuplicates(db: Database, file: string): DuplicateStore {
  const note = db.prepare<[string, string, number]>(
    'INSERT INTO fingerprints (scope, fingerprint, ordinal) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
  )
  const holds = 'held.scope = :scope AND held.fingerprint = :fingerprint AND held.ordinal <> :own'
  const holder = {
    committed: db
      .prepare<{ scope: string; fingerprint: string; own: number }, number>(
        `SELECT held.ordinal FROM fingerprints AS held JOIN programs AS earlier ON earlier.ordinal = held.ordinal
         WHERE ${holds} AND earlier.level = (SELECT level FROM programs WHERE ordinal = :own)
           AND earlier.finished <= (SELECT seen FROM programs WHERE ordinal = :own)
         ORDER BY earlier.state = 'placed' DESC, earlier.finished LIMIT 1`,
      )
      .pluck(),
    ancestors: db
      .prepare<{ scope: string; fingerprint: string; own: number }, number>(
        `${trail} SELECT held.ordinal FROM trail JOIN fingerprints AS held ON held.ordinal = trail.ordinal
         JOIN programs AS earlier ON earlier.ordinal = held.ordinal
         WHERE ${holds} AND earlier.level = (SELECT level FROM programs WHERE ordinal = :own)
         ORDER BY depth LIMIT 1`,
      )
      .pluck(),
  }
  const others = db
    .prepare<[string, string, number], number>(
      'SELECT 1 FROM fingerprints WHERE scope = ? AND fingerprint = ? AND ordinal <> ? LIMIT 1',
    )
    .pluck()
  const reject = db.prepare<[number, string, string, number, number | null, number]>(
    `INSERT INTO rejections (ordinal, stage, "check", twin, similarity, audited) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT DO NOTHING`,
  )
  const departure = db.prepare<{ own: number; ancestor: number }, { by: number; gain: number | null }>(
    `${trail} SELECT below AS "by", heir.fitness - ancestor.fitness AS gain FROM trail
     JOIN programs AS ancestor ON ancestor.ordinal = trail.ordinal
     JOIN programs AS heir ON heir.ordinal = below
     WHERE trail.ordinal = :ancestor AND below <> :own`,
  )
  const removed = db
    .prepare<[number], string>("SELECT removed FROM hunks WHERE ordinal = ? AND removed <> '' ORDER BY position")
    .pluck()
  const vectors = db.prepare<[string, number], StoredVector>(
    `SELECT programs.ordinal, island, level, finished, reply AS text FROM llm_calls
     JOIN programs ON programs.ordinal = llm_calls.ordinal
     WHERE llm_calls.model = ? AND purpose = '${embeddingPurpose}' AND status = 'ok' AND state = 'placed' AND finished > ?
     ORDER BY finished, attempt`,
  )
  const standing = db.prepare<[number], { island: number; seen: number | null; level: number }>(
    'SELECT island, seen, level FROM programs WHERE ordinal = ?',
  )
  return {
    vectors: (model, after) => guarded(file, () => vectors.all(model, after)),
    standing: (ordinal) =>
      guarded(file, () => {
        const row = standing.get(ordinal)
        return { island: row?.island ?? 0, seen: row?.seen ?? 0, level: row?.level ?? 1 }
      }),
    removed: (ordinal) => guarded(file, () => removed.all(ordinal)),
    claim: (scope, fingerprint, own, among) =>
      guarded(file, () => {
        note.run(scope, fingerprint, own)
        // Most candidates are like no other, and the way to the first program may be long.
        if (others.get(scope, fingerprint, own) === undefined) return undefined
        return holder[among].get({ scope, fingerprint, own })
      }),
    reject: ({ ordinal, stage, check, twin, similarity, audited }) =>
      guarded(file, () => void reject.run(ordinal, stage, check, twin, similarity ?? null, Number(audited))),
    departure: (ancestor, own): Departure | undefined =>
      guarded(file, () => {
        const row = departure.get({ own, ancestor })
        return row === undefined ? undefined : { by: row.by, gain: row.gain ?? undefined }
      }),
  }
}

import type { Database } from 'better-sqlite3'
import type { RungEntry, RungStore } from '../rung-store.ts'
import { finite } from '../stored-json.ts'
import { guarded, guardedEach } from './sqlite-errors.ts'

type Row = Omit<RungEntry, 'promoted'> & { readonly promoted: number; readonly commit: number; readonly level: number }

/** {@link RungStore} on the connection of the run's owner. */
export function sqliteRungs(db: Database, file: string): RungStore {
  const enter = db.prepare(
    `INSERT OR REPLACE INTO rungs (pass, ordinal, stage, fitness, ahead, of, promoted)
     VALUES (coalesce(?, (SELECT pass FROM runs)), ?, ?, ?, ?, ?, ?)`,
  )
  const filed = db.prepare<[], Row>(
    `SELECT rungs.ordinal, stage, rungs.fitness, ahead, of, promoted, finished AS "commit", level FROM rungs
     JOIN programs ON programs.ordinal = rungs.ordinal
     WHERE rungs.pass = (SELECT pass FROM runs) AND finished IS NOT NULL ORDER BY finished`,
  )
  return {
    enter: ({ ordinal, stage, fitness, ahead, of, promoted }, pass) => {
      const score = finite(fitness, 'a fitness')
      guarded(file, () => enter.run(pass ?? null, ordinal, stage, score, ahead, of, Number(promoted)))
    },
    *filed() {
      for (const row of guardedEach(file, filed.iterate())) yield { ...row, promoted: row.promoted === 1 }
    },
  }
}

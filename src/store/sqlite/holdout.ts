import type { Database } from 'better-sqlite3'
import { InvariantError } from '../../core/errors.ts'
import type { CandidateFailure } from '../../core/failure.ts'
import type { HoldoutScore, HoldoutStore } from '../holdout-store.ts'
import type { RunIdentity } from '../run-store.ts'
import { finite, jsonText, moment } from '../stored-json.ts'
import { guarded } from './sqlite-errors.ts'
import type { Bound } from './statements.ts'

interface HoldoutRow {
  readonly ordinal: number
  readonly key: string
  readonly fitness: number | null
  readonly objectives: string | null
  readonly scores: string | null
  readonly failure: string | null
}

/** {@link HoldoutStore} on the connection of the run's owner. */
export function sqliteHoldout(db: Database, file: string, { objective }: Pick<RunIdentity, 'objective'>): HoldoutStore {
  const best = db
    .prepare<[number], number>(
      `SELECT ordinal FROM programs
       WHERE state = 'placed' AND level = (SELECT level FROM placements ORDER BY seq DESC LIMIT 1)
       ORDER BY fitness DESC, ordinal LIMIT ?`,
    )
    .pluck()
  const all = db.prepare<[], HoldoutRow>('SELECT * FROM holdout_scores ORDER BY ordinal')
  const write = db.prepare<Bound[]>(
    `INSERT OR REPLACE INTO holdout_scores (ordinal, key, scored_at, value, fitness, objectives, scores, failure_kind, failure)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  const columns = ({ outcome }: HoldoutScore): Bound[] => {
    if (!outcome.ok) return [null, null, null, null, outcome.failure.kind, jsonText(outcome.failure, 'a failure')]
    const value = outcome.objectives[objective.name]
    if (value === undefined) throw new InvariantError(`the hold-out gave no objective ${objective.name}`)
    return [
      finite(value, `objective ${objective.name}`),
      finite(outcome.fitness, 'a fitness'),
      jsonText(outcome.objectives, 'the objectives'),
      jsonText(outcome.scores, 'the scores'),
      null,
      null,
    ]
  }
  const level = db.prepare<[], number>('SELECT level FROM placements ORDER BY seq DESC LIMIT 1').pluck()
  return {
    level: () => guarded(file, () => level.get() ?? 1),
    best: (count) => guarded(file, () => best.all(count)),
    scores: () => guarded(file, () => all.all().map(scoreOf)),
    record: (score, now) => {
      const row = [score.ordinal, score.key, moment(now), ...columns(score)]
      guarded(file, () => write.run(...row))
    },
  }
}

function scoreOf({ ordinal, key, fitness, objectives, scores, failure }: HoldoutRow): HoldoutScore {
  return {
    ordinal,
    key,
    outcome:
      failure === null
        ? {
            ok: true,
            objectives: JSON.parse(objectives ?? '{}') as Record<string, number>,
            fitness: fitness ?? NaN,
            scores: JSON.parse(scores ?? '{}') as Record<string, number>,
          }
        : { ok: false, failure: JSON.parse(failure) as CandidateFailure },
  }
}

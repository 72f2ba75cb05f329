import type { Database } from 'better-sqlite3'
import { InvariantError } from '../../core/errors.ts'
import type { Placement } from '../../core/placement.ts'
import type { EndedStage, StageOutcome } from '../../pipeline/stage.ts'
import { rawValue } from '../candidate-moves.ts'
import type { EvaluatedProgram, RescoreIdentity, Rescored, RescoreStore } from '../rescore-store.ts'
import type { RunIdentity } from '../run-store.ts'
import { finite, jsonText, moment } from '../stored-json.ts'
import { stageOutcomeOf } from './rows.ts'
import type { StageRow } from './rows.ts'
import { guarded } from './sqlite-errors.ts'
import { placementColumns, stageColumns } from './columns.ts'
import type { Bound } from './statements.ts'

/** {@link RescoreStore} on the connection of the run's owner. */
export function sqliteRescoring(db: Database, file: string, identity: RunIdentity): RescoreStore {
  const write = (sql: string) => db.prepare<Bound[]>(sql)
  const newest = db.prepare<[], number | null>('SELECT max(pass) FROM passes').pluck()
  const current = db.prepare<[], number>('SELECT pass FROM runs').pluck()
  const evaluated = db.prepare<[], EvaluatedProgram>(
    `SELECT ordinal, island, level FROM programs WHERE state IN ('placed', 'failed') AND source_id IS NOT NULL
       AND EXISTS (SELECT 1 FROM stage_runs WHERE stage_runs.ordinal = programs.ordinal) ORDER BY ordinal`,
  )
  const own = db.prepare<[number, Uint8Array], StageRow>(
    `SELECT * FROM stage_runs WHERE ordinal = ? AND key = ? ORDER BY output IS NULL, pass DESC LIMIT 1`,
  )
  const record = write(
    `INSERT INTO stage_runs (ordinal, pass, stage, version, position, ok, skipped, cached, started_at, duration_ms,
       failure, output, key, shared)
     SELECT ordinal, ?, ?, ?, (SELECT count(*) FROM stage_runs WHERE ordinal = programs.ordinal AND pass = ?),
       ?, ?, ?, ?, ?, ?, ?, ?, ?
     FROM programs WHERE ordinal = ?`,
  )
  const score = write(
    `INSERT OR REPLACE INTO scorings (pass, ordinal, value, fitness, objectives, descriptors, scores, feedback,
       artifacts, failure_kind, failure) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  const place = write(
    `INSERT INTO placements (ordinal, island, cell, decision, fitness, displaced, via, clamped, committed_by,
       also_displaced, vector, level) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  const transact = <T>(work: () => T): T => guarded(file, () => db.transaction(work)())

  const beginPass = ({ evaluatorHash, config }: RescoreIdentity, now: number): number =>
    transact(() => {
      db.exec(`INSERT OR IGNORE INTO passes (pass, started_at, ended_at, evaluator_hash, config)
        SELECT 0, created_at, created_at, evaluator_hash, config FROM runs WHERE pass = 0`)
      const pass = (newest.get() ?? 0) + 1
      // Verdicts of a pass that was cut short count for nothing; its stage results stay findable by their keys.
      db.exec('DELETE FROM scorings WHERE pass IN (SELECT pass FROM passes WHERE ended_at IS NULL)')
      write('INSERT INTO passes (pass, started_at, evaluator_hash, config) VALUES (?, ?, ?, ?)').run(
        ...[pass, moment(now), evaluatorHash, config],
      )
      return pass
    })

  const adopt = (
    pass: number,
    placements: readonly (Placement & { readonly committedBy: number })[],
    now: number,
  ): void =>
    transact(() => {
      const before = current.get() ?? 0
      if (pass <= before) throw new InvariantError(`pass ${String(pass)} does not follow ${String(before)}`)
      if (before === 0) db.exec(keepFirstScoring)
      write(
        `INSERT INTO earlier_placements SELECT ?, seq, ordinal, island, cell, decision, fitness, displaced, via, committed_by
         FROM placements`,
      ).run(before)
      db.exec('DELETE FROM placements')
      // They judge by what no longer counts.
      db.exec('DELETE FROM holdout_scores')
      for (const placement of placements) place.run(...placementColumns(placement, placement.committedBy))
      write(decideScorings).run(pass)
      for (const step of adoption) write(step).run(pass)
      write('UPDATE passes SET ended_at = ? WHERE pass = ?').run(moment(now), pass)
      write(
        `UPDATE runs SET pass = passes.pass, evaluator_hash = passes.evaluator_hash, config = passes.config
         FROM passes WHERE passes.pass = ?`,
      ).run(pass)
    })

  return {
    beginPass,
    evaluated: () => guarded(file, () => evaluated.all()),
    ownResult: (ordinal, key): StageOutcome | 'not-kept' | undefined => {
      const row = guarded(file, () => own.get(ordinal, Buffer.from(key, 'hex')))
      if (row === undefined || row.ok === null) return undefined
      return row.ok === 1 && row.output === null ? 'not-kept' : stageOutcomeOf(row)
    },
    recordPass: (pass, ordinal, runs: readonly EndedStage[]) =>
      transact(() => {
        for (const run of runs) {
          const [stage, version, ...rest] = stageColumns(run)
          record.run(...[pass, stage ?? '', version ?? 0, pass, ...rest, ordinal])
        }
      }),
    score: (pass, ordinal, rescored: Rescored) =>
      transact(() => {
        score.run(pass, ordinal, ...scoringColumns(identity, rescored))
      }),
    adopt,
  }
}

function scoringColumns(identity: RunIdentity, rescored: Rescored): Bound[] {
  if (!rescored.ok) {
    const { failure } = rescored
    return [null, null, null, null, null, null, null, failure.kind, jsonText(failure, 'a failure')]
  }
  const { evaluation } = rescored
  const { objectives, descriptors, scores, feedback, artifacts } = evaluation
  return [
    rawValue(identity, evaluation),
    finite(evaluation.fitness, 'a fitness'),
    jsonText(objectives, 'the objectives'),
    jsonText(descriptors, 'the descriptors'),
    Object.keys(scores).length === 0 ? null : jsonText(scores, 'the scores'),
    feedback ?? null,
    jsonText(artifacts, 'the artifacts'),
    null,
    null,
  ]
}

/** What counted during the search, as pass 0. */
const keepFirstScoring = `
INSERT INTO scorings (pass, ordinal, value, fitness, decision, objectives, descriptors, scores, feedback, artifacts,
  failure_kind, failure)
SELECT 0, programs.ordinal, programs.value, programs.fitness, programs.decision, objectives, descriptors, scores,
  feedback, (SELECT json_group_object(name, json(value)) FROM artifacts WHERE artifacts.ordinal = programs.ordinal),
  failure_kind, failure
FROM programs LEFT JOIN evaluations ON evaluations.ordinal = programs.ordinal
WHERE state IN ('placed', 'failed')`

/** Of several births, at the first program, the best decision counts. */
const decideScorings = `
UPDATE scorings SET decision = (
  SELECT decision FROM placements WHERE placements.ordinal = scorings.ordinal AND via = 'birth'
  ORDER BY decision = 'rejected', seq LIMIT 1
) WHERE pass = ? AND failure_kind IS NULL`

/** Takes a pass's verdicts over into the tables that count. */
const adoption: readonly string[] = [
  `DELETE FROM artifacts WHERE ordinal IN (SELECT ordinal FROM scorings WHERE pass = ?)`,
  `DELETE FROM evaluations WHERE ordinal IN (SELECT ordinal FROM scorings WHERE pass = ?)`,
  `INSERT INTO evaluations (ordinal, fitness, value, objectives, descriptors, scores, feedback)
   SELECT ordinal, fitness, value, objectives, descriptors, scores, feedback FROM scorings
   WHERE pass = ? AND failure_kind IS NULL`,
  `INSERT INTO artifacts (ordinal, name, value)
   SELECT scorings.ordinal, entry.key, CASE
     WHEN entry.type IN ('object', 'array') THEN entry.value
     WHEN entry.type IN ('true', 'false', 'null') THEN entry.type
     ELSE json_quote(entry.value) END
   FROM scorings, json_each(scorings.artifacts) AS entry WHERE pass = ? AND failure_kind IS NULL`,
  `UPDATE programs SET state = iif(scorings.failure_kind IS NULL, 'placed', 'failed'), value = scorings.value,
     fitness = scorings.fitness, decision = scorings.decision, failure_kind = scorings.failure_kind,
     failure = scorings.failure
   FROM scorings WHERE scorings.ordinal = programs.ordinal AND scorings.pass = ?`,
]

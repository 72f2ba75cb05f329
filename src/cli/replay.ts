import { rmSync } from 'node:fs'
import { knownNames } from '../compose/names.ts'
import type { Replaying } from '../compose/launch.ts'
import type { Problem } from '../config/problem.ts'
import { UserError } from '../core/errors.ts'
import type { CandidateFailure, FailureKind } from '../core/failure.ts'
import type { Json } from '../core/json.ts'
import { replayFactory } from '../llm/replay.ts'
import type { StageRun } from '../pipeline/stage.ts'
import { jsonText } from '../report/json-text.ts'
import { silentSink } from '../report/silent.ts'
import { levelEndEvent } from '../run/curriculum.ts'
import type { LevelEnd } from '../run/curriculum.ts'
import { recorded } from '../run/schedule.ts'
import { steeredOf, steeringEvent } from '../run/steering.ts'
import { systemClock } from '../core/system-clock.ts'
import type { RunReader, SqlValue } from '../store/run-reader.ts'
import { createRunFolder, resolveRun } from '../store/runs-folder.ts'
import { openReadOnly } from '../store/sqlite/read-only.ts'
import { createSqliteRun } from '../store/sqlite/run-store.ts'
import { storedCalls } from '../store/stored-calls.ts'
import { withEvaluating, work } from './carry-out.ts'
import { exitCodes } from './exit.ts'
import type { Io } from './io.ts'
import { newIdentity } from './new-identity.ts'
import { firstDifference } from './replay-difference.ts'
import { refuseChanges, storedProblem } from './stored-problem.ts'

/** The flags of `evolve replay`. */
export interface ReplayFlags {
  readonly concurrency?: string
  /** Where the problem file is now, should it have moved. */
  readonly problem?: string
  readonly json?: boolean
  readonly runsDir: string
}

/** The exit code of a replay that went another way. */
const differs = 1

/**
 * `evolve replay <run>`: carries a run out again from its stored replies, in its stored order, and compares it candidate
 * by candidate and placement by placement. A replay that is identical leaves nothing behind.
 */
export async function replayVerb(io: Io, run: string, flags: ReplayFlags): Promise<number> {
  const dir = resolveRun(flags.runsDir, run)
  const original = openReadOnly(dir)
  try {
    const { selected, finished } = original.totals()
    if (finished === 0) throw new UserError(`run ${run} has no finished candidate to be replayed`)
    const schedule = [...original.schedule()]
    if (schedule.length < selected) {
      throw new UserError(`run ${run} was made by an older evolve, which did not write its order down`)
    }
    const { identity } = original
    const { problem, effective } = storedProblem(identity, dir, {
      moved: flags.problem,
      env: withoutSecrets(identity.config, io.env),
      overrides: flags.concurrency === undefined ? {} : { concurrency: flags.concurrency },
    })
    return await withEvaluating(problem, identity.seed, async (evaluating) => {
      refuseChanges(problem, identity, evaluating)
      const { name, dir: copyDir } = createRunFolder(
        flags.runsDir,
        `${identity.name.replaceAll('/', '-')}-replay`,
        undefined,
        openReadOnly,
      )
      const budget = { candidates: selected, usd: undefined, tokens: undefined, wallMs: undefined }
      const copy = createSqliteRun(
        copyDir,
        newIdentity({ name, seed: identity.seed, problem, effective }, evaluating),
        budget,
      )
      let identical = false
      try {
        const replaying = replayingOf(original, schedule, problem)
        const sink = silentSink({ output: { write: () => true }, now: () => systemClock.now() })
        const ending = await work(io, { problem, store: copy, evaluating, dir: copyDir, replaying }, sink)
        if (ending.interrupted) return exitCodes.interrupted
        const replayed = openReadOnly(copyDir)
        try {
          const difference = firstDifference(original, replayed)
          identical = difference === undefined
          const placements = Number(original.query('SELECT count(*) FROM placements').rows[0]?.[0])
          if (flags.json === true) {
            io.out.write(
              `${jsonText({ run, identical, candidates: finished, placements, difference, replay: identical ? undefined : name })}\n`,
            )
          } else if (difference === undefined) {
            io.out.write(`${run}: identical, ${String(finished)} candidates and ${String(placements)} placements\n`)
          } else {
            io.out.write(`${run}: differs at ${difference}; the replay is kept as ${name}\n`)
          }
          return identical ? exitCodes.done : differs
        } finally {
          replayed.close()
        }
      } finally {
        copy.close()
        if (identical) rmSync(copyDir, { recursive: true, force: true })
      }
    })
  } finally {
    original.close()
  }
}

/** A replay asks nobody, so the keys and addresses of the original need not be set. */
function withoutSecrets(config: string, env: Io['env']): Io['env'] {
  const names = [...config.matchAll(/\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g)].map(([, name]) => name ?? '')
  return { ...Object.fromEntries(names.map((name) => [name, 'http://localhost'])), ...env }
}

function replayingOf(original: RunReader, schedule: Parameters<typeof recorded>[0], problem: Problem): Replaying {
  const served = replayFactory(storedCalls(original))
  const repairs = repairsOf(original)
  const levelEnds = original.events(levelEndEvent) as unknown as readonly LevelEnd[]
  return {
    schedule: recorded(schedule),
    outcomes: givenOutcomes(original, problem),
    recorded: {
      selection: trialSelections(original),
      attempts: callsBefore(original),
      repaired: (ordinal) => repairs.has(ordinal),
      levelEnd: (ordinal) => levelEnds.find(({ after }) => after === ordinal - 1),
    },
    steered: steeredOf(original.events(steeringEvent)),
    providers: { openai: served, anthropic: served, replay: served },
  }
}

/** Checks of conditions take numbers before the first prompt's, and a replay asks none of them. */
function callsBefore(original: RunReader): Replaying['recorded']['attempts'] {
  const { rows } = original.query(
    "SELECT ordinal, min(attempt) - 1 FROM llm_calls WHERE purpose = 'propose' GROUP BY ordinal HAVING min(attempt) > 1",
    [],
    Number.MAX_SAFE_INTEGER,
  )
  const before = new Map(rows.map(([ordinal, calls]) => [Number(ordinal), Number(calls)]))
  return (ordinal) => before.get(ordinal) ?? 0
}

/** The candidates that a repair turn was asked for. */
function repairsOf(original: RunReader): ReadonlySet<number> {
  const sql = "SELECT DISTINCT ordinal FROM llm_calls WHERE purpose = 'repair'"
  return new Set(original.query(sql, [], Number.MAX_SAFE_INTEGER).rows.map(([ordinal]) => Number(ordinal)))
}

/** How the members of trials were made: a replay has no insights to try. */
function trialSelections(original: RunReader): Replaying['recorded']['selection'] {
  const { rows } = original.query('SELECT ordinal FROM trial_members', [], Number.MAX_SAFE_INTEGER)
  const members = new Set(rows.map(([ordinal]) => Number(ordinal)))
  return (of) => {
    const member = members.has(of) ? original.candidate(of) : undefined
    if (member === undefined) return undefined
    const { ordinal, island, operator, model, parent, inspirations, generation } = member
    return { ordinal, island, operator, model, parent, inspirations, generation }
  }
}

/** Failures that another machine, or the same one under another load, need not repeat. */
const ofTheMachine: readonly FailureKind[] = ['timed-out', 'out-of-memory', 'killed-host']

/**
 * Outcomes that a replay takes over: those of the machine, and of stages that ask a model those which asked nothing, since
 * budget, cache and what else was under way decided that.
 */
function givenOutcomes(original: RunReader, { pipeline }: Problem): Replaying['outcomes'] {
  const kinds = knownNames.stages.filter(({ asks }) => asks === true).map(({ kind }) => kind)
  const asking = pipeline.stages.filter(({ kind }) => kinds.includes(kind)).map(({ name }) => name)
  const listOf = (values: readonly string[]): string => values.map(() => '?').join(', ')
  const { rows } = original.query(
    `SELECT ordinal, stage, version, started_at, duration_ms, failure, skipped, output FROM stage_runs
     WHERE (ok = 0 AND json_extract(failure, '$.kind') IN (${listOf(ofTheMachine)}))
       OR (stage IN (${listOf(asking)}) AND (skipped IS NOT NULL OR cached = 1))`,
    [...ofTheMachine, ...asking],
    Number.MAX_SAFE_INTEGER,
  )
  const byOrdinal = Map.groupBy(rows, ([ordinal]) => Number(ordinal))
  return (ordinal) => (byOrdinal.get(ordinal) ?? []).map(givenOutcome)
}

function givenOutcome(row: readonly SqlValue[]): StageRun {
  const [, stage, version, startedAt, durationMs, failure, skipped, output] = row
  const outcome: StageRun['outcome'] =
    typeof skipped === 'string'
      ? { ok: 'skipped', reason: skipped }
      : typeof failure === 'string'
        ? { ok: false, failure: JSON.parse(failure) as CandidateFailure }
        : { ok: true, output: JSON.parse(String(output)) as Json }
  const times = { startedAt: Number(startedAt), durationMs: Number(durationMs) }
  return { stage: String(stage), version: Number(version), outcome, ...times }
}

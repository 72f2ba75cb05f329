import type { Database } from 'better-sqlite3'
import type { FailureKind } from '../../core/failure.ts'
import { InvariantError } from '../../core/errors.ts'
import type {
  InsightPredicate,
  KnownInsight,
  InsightStatus,
  LessonKind,
  NewInsight,
  Tally,
} from '../../core/insight.ts'
import type { LineChange, Readded } from '../../core/program.ts'
import type { InsightRef } from '../insight-store.ts'
import { analysisPurpose, checkTemplate } from '../candidate-moves.ts'
import type {
  ChangedAttempt,
  DueAnalysis,
  InsightStore,
  Learned,
  StoredLesson,
  TrailStep,
  TrialMember,
  TrialVerdict,
} from '../insight-store.ts'
import { labelOf, statusAfter } from '../insight-label.ts'
import type { StoredReply } from '../stored-reply.ts'
import { finiteOrNull, moment } from '../stored-json.ts'
import { attemptOf } from './rows.ts'
import type { AttemptRow } from './rows.ts'
import { guarded } from './sqlite-errors.ts'
import { prepareTrialQuestions, prepareTrialRows } from './trial-rows.ts'

interface InsightRow extends Tally {
  readonly id: number
  readonly version: number
  readonly taxonomy: LessonKind
  readonly condition: string
  readonly contains: string | null
  readonly lacks: string | null
  readonly above: number | null
  readonly below: number | null
  readonly operator: string | null
  readonly explanation: string
  readonly example: string
  readonly status: InsightStatus
  readonly origin: string
}

const columns = `id, version, taxonomy, condition, contains, lacks, above, below, operator, explanation, example, status,
  origin, helped, hurt, irrelevant`

/** What is changed about insights inside the owner's transactions. */
export type InsightRows = ReturnType<typeof prepareInsightRows>

/** Prepares what the owner writes about insights; every function runs inside a transaction of the caller. */
export function prepareInsightRows(db: Database) {
  const use = db.prepare<[number, number, number, number]>(
    'INSERT INTO insight_uses (ordinal, position, insight, version) VALUES (?, ?, ?, ?)',
  )
  const due = db.prepare<[number]>("INSERT INTO analyses (ordinal, state) VALUES (?, 'due')")
  const outcome = db.prepare<
    [number],
    { delta: number | null; noise: number; failure: FailureKind | null; prompted: number }
  >(
    `SELECT child.fitness - parent.fitness AS delta, measures.noise, child.failure_kind AS failure,
       EXISTS (SELECT 1 FROM prompts WHERE prompts.ordinal = child.ordinal) AS prompted
     FROM programs AS child JOIN measures ON measures.position = 0
     LEFT JOIN edges ON edges.child = child.ordinal AND edges.position = 0
     LEFT JOIN programs AS parent ON parent.ordinal = edges.parent
     WHERE child.ordinal = ?`,
  )
  const label = db.prepare<[string, number | null, number]>(
    'UPDATE insight_uses SET label = ?, delta = ? WHERE ordinal = ? AND label IS NULL',
  )
  const count = (name: string) =>
    db.prepare<[number, number]>(
      `UPDATE insights SET ${name} = ${name} + 1, changed_at = ?${
        name === 'helped' ? ", status = CASE status WHEN 'draft' THEN 'active' ELSE status END" : ''
      } WHERE newest = 1 AND id IN (SELECT insight FROM insight_uses WHERE ordinal = ?)`,
    )
  const counts = { helped: count('helped'), hurt: count('hurt'), irrelevant: count('irrelevant') }
  const without = (name: string) => db.prepare<[]>(`UPDATE uninformed SET ${name} = ${name} + 1`)
  const uninformed = { helped: without('helped'), hurt: without('hurt'), irrelevant: without('irrelevant') }
  const endAnalysis = db.prepare<[number, string | null, number, number]>(
    "UPDATE analyses SET state = 'done', dropped = ?, note = ?, ended_at = ? WHERE ordinal = ? AND state = 'due'",
  )
  const lesson = db.prepare<[number, number, string, string, string, string]>(
    'INSERT INTO lessons (ordinal, position, kind, condition, explanation, anchor) VALUES (?, ?, ?, ?, ?, ?)',
  )
  const nextId = db.prepare<[], number>('SELECT coalesce(max(id), 0) + 1 FROM insights').pluck()
  const add = db.prepare<(string | number | null)[]>(
    `INSERT INTO insights (${columns}, newest, created_at, changed_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1, ?, ?)`,
  )
  const newest = db.prepare<[number], InsightRow>(`SELECT ${columns} FROM insights WHERE id = ? AND newest = 1`)
  const status = db.prepare<[string, number, number]>(
    'UPDATE insights SET status = ?, changed_at = ? WHERE id = ? AND newest = 1',
  )
  const supersede = db.prepare<[number, number]>(
    'UPDATE insights SET newest = 0, changed_at = ? WHERE id = ? AND newest = 1',
  )

  const trials = prepareTrialRows(db)

  const insert = (insight: Omit<KnownInsight, 'id' | 'version'>, id: number, version: number, now: number): void => {
    const { taxonomy, condition, applies, explanation, example, origin } = insight
    add.run(
      ...[id, version, taxonomy, condition, applies.contains ?? null, applies.lacks ?? null],
      ...[finiteOrNull(applies.above, 'a bound'), finiteOrNull(applies.below, 'a bound'), applies.operator ?? null],
      ...[explanation, example, insight.status, origin, insight.helped, insight.hurt, insight.irrelevant, now, now],
    )
  }
  const addAll = (insights: readonly NewInsight[], now: number): void => {
    for (const insight of insights) {
      const known = { helped: 0, hurt: 0, irrelevant: 0, status: 'draft' as const, ...insight }
      insert(known, nextId.get() ?? 1, 1, now)
    }
  }
  const refine = (id: number, condition: string, applies: InsightPredicate, at: number): void => {
    const before = insightOf(found(id))
    supersede.run(at, id)
    insert({ ...before, condition, applies, status: 'refined' }, id, before.version + 1, at)
  }
  const found = (id: number): InsightRow => {
    const row = newest.get(id)
    if (row === undefined) throw new InvariantError(`there is no insight ${String(id)}`)
    return row
  }
  return {
    use: (ordinal: number, uses: readonly InsightRef[]): void => {
      for (const [position, { id, version }] of uses.entries()) use.run(ordinal, position, id, version)
    },
    join: (ordinal: number, member: TrialMember, now: number): void => {
      if (found(member.insight).version !== member.version) {
        throw new InvariantError(`insight ${String(member.insight)} has another version by now`)
      }
      trials.join(ordinal, member, moment(now))
    },
    endTrial: (id: number, verdict: TrialVerdict, now: number): void => {
      const insight = trials.end(id, verdict, moment(now))
      const to = statusAfter(verdict)
      if (to !== undefined) status.run(to, moment(now), insight)
    },
    due: (ordinal: number): void => void due.run(ordinal),
    /** Labels the uses of a candidate that was just placed or failed; without any it counts for the baseline. */
    settle: (ordinal: number, now: number): void => {
      const row = outcome.get(ordinal)
      if (row?.prompted !== 1) return
      const { noise } = row
      const kind = labelOf({ delta: row.delta ?? undefined, noise, failure: row.failure ?? undefined })
      trials.label(ordinal, kind, row.delta)
      if (label.run(kind, row.delta, ordinal).changes === 0) uninformed[kind].run()
      else counts[kind].run(moment(now), ordinal)
    },
    learn: (ordinal: number, learned: Learned, now: number): void => {
      const at = moment(now)
      if (endAnalysis.run(learned.dropped, learned.note ?? null, at, ordinal).changes === 0) {
        throw new InvariantError(`no analysis of candidate ${String(ordinal)} is due`)
      }
      for (const [position, { kind, condition, explanation, anchor }] of learned.lessons.entries()) {
        lesson.run(ordinal, position, kind, condition, explanation, anchor)
      }
      addAll(learned.insights, at)
      for (const { id, condition, applies } of learned.refinements) refine(id, condition, applies, at)
    },
    add: (insights: readonly NewInsight[], now: number): void => addAll(insights, moment(now)),
    setStatus: (id: number, to: InsightStatus, now: number): void => {
      found(id)
      status.run(to, moment(now), id)
    },
    refine: (id: number, condition: string, applies: InsightPredicate, now: number): void =>
      refine(id, condition, applies, moment(now)),
  }
}

/** What owners and readers ask about insights. */
export type InsightQuestions = Omit<InsightStore, 'learn' | 'add' | 'setStatus' | 'refine' | 'endTrial'>

/** The same questions, with what SQLite throws translated. */
export function guardedMemory(file: string, ask: InsightQuestions): InsightQuestions {
  const read =
    <A extends unknown[], T>(question: (...given: A) => T) =>
    (...given: A): T =>
      guarded(file, () => question(...given))
  return {
    due: read(ask.due),
    insights: read(ask.insights),
    applying: read(ask.applying),
    baseline: read(ask.baseline),
    trial: read(ask.trial),
    tried: read(ask.tried),
    lessons: read(ask.lessons),
    trail: read(ask.trail),
    changes: read(ask.changes),
    readded: read(ask.readded),
    siblingNumber: read(ask.siblingNumber),
    failures: read(ask.failures),
  }
}

/** Prepares the questions about insights on one connection. */
export function prepareInsightQuestions(db: Database): InsightQuestions {
  const due = db.prepare<[], { ordinal: number; attempts: number; text: string | null; finish: string | null }>(
    `SELECT analyses.ordinal,
       (SELECT coalesce(max(attempt), 0) FROM llm_calls WHERE llm_calls.ordinal = analyses.ordinal) AS attempts,
       paid.reply AS text, paid.finish
     FROM analyses LEFT JOIN llm_calls AS paid ON paid.id = (
       SELECT max(id) FROM llm_calls
       WHERE llm_calls.ordinal = analyses.ordinal AND purpose = '${analysisPurpose}' AND status = 'ok'
         AND parameters ->> 'template' IS NOT '${checkTemplate}')
     WHERE analyses.state = 'due' ORDER BY analyses.ordinal`,
  )
  const insights = db.prepare<[], InsightRow>(`SELECT ${columns} FROM insights WHERE newest = 1 ORDER BY id`)
  const applying = db.prepare<[string, number], InsightRow>(
    `SELECT ${columns.replace('operator,', 'insights.operator,')} FROM insights
     WHERE newest = 1 AND status <> 'retired' AND (insights.operator IS NULL OR insights.operator = ?)
       AND EXISTS (
         SELECT 1 FROM programs AS parent JOIN sources ON sources.id = parent.source_id
         WHERE parent.ordinal = ? AND (contains IS NULL OR instr(sources.text, contains) > 0)
           AND (lacks IS NULL OR instr(sources.text, lacks) = 0)
           AND (above IS NULL OR parent.value > above) AND (below IS NULL OR parent.value < below))
     ORDER BY id`,
  )
  const baseline = db.prepare<[], Tally>('SELECT helped, hurt, irrelevant FROM uninformed')
  const lessons = db.prepare<[number, number, number], StoredLesson>(
    `SELECT lessons.ordinal, kind, condition, explanation, anchor FROM lessons
     WHERE lessons.ordinal = ?
       OR lessons.ordinal IN (SELECT child FROM edges WHERE parent = ? AND role = 'parent')
     ORDER BY lessons.ordinal DESC, position LIMIT ?`,
  )
  const trail = db.prepare<[number, number], Omit<TrailStep, 'objectives'> & { objectives: string | null }>(
    `WITH RECURSIVE trail (ordinal, depth) AS (
       SELECT ?, 0
       UNION ALL
       SELECT edges.parent, depth + 1 FROM trail
       JOIN edges ON edges.child = trail.ordinal AND edges.position = 0 AND edges.role = 'parent'
       LIMIT ?
     )
     SELECT programs.ordinal, island, operator, coalesce(change, '') AS summary, objectives
     FROM trail JOIN programs ON programs.ordinal = trail.ordinal
     LEFT JOIN evaluations ON evaluations.ordinal = trail.ordinal ORDER BY depth DESC`,
  )
  const children = db.prepare<[number, number], AttemptRow & { hunks: string; construct: string | null }>(
    `SELECT programs.ordinal, operator, change, failure, objectives, change_detail ->> 'kind' AS construct,
       (SELECT json_group_array(json_object('line', line, 'removed', removed, 'added', added) ORDER BY position)
        FROM hunks WHERE hunks.ordinal = programs.ordinal) AS hunks
     FROM edges JOIN programs ON programs.ordinal = edges.child
     LEFT JOIN evaluations ON evaluations.ordinal = programs.ordinal
     WHERE edges.parent = ? AND edges.role = 'parent' AND state IN ('placed', 'failed')
       AND failure_kind IS NOT 'evaluator-threw'
     ORDER BY edges.child DESC LIMIT ?`,
  )
  const readded = db.prepare<[number], Omit<Readded, 'gain'> & { gain: number | null }>(
    'SELECT line, last_in AS "from", removed_by AS "by", gain FROM readded WHERE ordinal = ? ORDER BY position',
  )
  const siblingNumber = db
    .prepare<[number, number], number>(
      `SELECT count(*) FROM edges
       WHERE role = 'parent' AND child <= ?
         AND parent = (SELECT parent FROM edges WHERE child = ? AND position = 0 AND role = 'parent')`,
    )
    .pluck()
  const failures = db.prepare<[number], AttemptRow>(
    `SELECT ordinal, operator, change, failure, NULL AS objectives FROM programs
     WHERE failure_kind IN ('threw', 'timed-out', 'out-of-memory', 'invalid-output', 'constraint-violated', 'gated')
       AND model IS NOT NULL
     ORDER BY ordinal DESC LIMIT ?`,
  )
  return {
    ...prepareTrialQuestions(db),
    due: () =>
      due.all().map(({ ordinal, attempts, text, finish }): DueAnalysis => ({
        ordinal,
        attempts,
        reply: text === null ? undefined : { text, finish: finish as StoredReply['finish'], purpose: analysisPurpose },
      })),
    insights: () => insights.all().map(insightOf),
    applying: (parent, operator) => applying.all(operator, parent).map(insightOf),
    baseline: () => baseline.get() ?? { helped: 0, hurt: 0, irrelevant: 0 },
    lessons: (program, limit) => lessons.all(program, program, limit),
    trail: (ordinal, limit) =>
      trail.all(ordinal, limit).map((step) => ({
        ...step,
        objectives: JSON.parse(step.objectives ?? '{}') as TrailStep['objectives'],
      })),
    changes: (parent, limit) =>
      children
        .all(parent, limit)
        .map(({ hunks, construct, ...row }): ChangedAttempt => ({
          ...attemptOf(row),
          hunks: JSON.parse(hunks) as LineChange[],
          construct: construct ?? undefined,
        }))
        .reverse(),
    readded: (ordinal) => readded.all(ordinal).map((row) => ({ ...row, gain: row.gain ?? undefined })),
    siblingNumber: (ordinal) => siblingNumber.get(ordinal, ordinal) ?? 0,
    failures: (limit) => failures.all(limit).map(attemptOf),
  }
}

function insightOf(row: InsightRow): KnownInsight {
  const { contains, lacks, above, below, operator, ...rest } = row
  return {
    ...rest,
    applies: {
      contains: contains ?? undefined,
      lacks: lacks ?? undefined,
      above: above ?? undefined,
      below: below ?? undefined,
      operator: operator ?? undefined,
    },
  }
}

import type { Database } from 'better-sqlite3'
import { InvariantError } from '../../core/errors.ts'
import type { Measure } from '../../core/objective.ts'
import type { Json } from '../../core/json.ts'
import type { EarlierChild } from '../../core/program.ts'
import type { Placement } from '../../core/placement.ts'
import type { ScheduleEntry } from '../../run/schedule.ts'
import type { LineageEntry } from '../../selection/lineage.ts'
import { analysisPurpose, purposesAside } from '../candidate-moves.ts'
import { sectionsOf, userOf } from '../prompt-parts.ts'
import type { Asked, OperatorTrial, OperatorUse, Totals, Unfinished } from '../run-store.ts'
import type { StoredReply } from '../stored-reply.ts'
import {
  budgetOf,
  candidateOf,
  evaluationOf,
  identityOf,
  lineageEntryOf,
  placementOf,
  selectionOf,
  stageRunOf,
  traitsOf,
  trialOf,
} from './rows.ts'
import type {
  EdgeRow,
  EvaluationRow,
  LineageRow,
  PlacementRow,
  ProgramRow,
  RunRow,
  StageRow,
  TrialRow,
} from './rows.ts'
import { prepareTrialMember } from './trial-rows.ts'

/** Placements fetched at a time: an iteration that is left half-way must not keep the connection busy. */
const page = 4096

/** What both a run's owner and its readers ask. A question changes nothing. */
export type Questions = ReturnType<typeof prepareQuestions>

/** Prepares the questions on one connection. Whoever calls them translates what SQLite throws. */
export function prepareQuestions(db: Database) {
  const run = db.prepare<[], RunRow>('SELECT * FROM runs')
  const programRow = db.prepare<[number], ProgramRow>('SELECT * FROM programs WHERE ordinal = ?')
  const edges = db.prepare<[number], EdgeRow>('SELECT parent, role FROM edges WHERE child = ? ORDER BY position')
  const source = db.prepare<[number], string>('SELECT text FROM sources WHERE id = ?').pluck()
  const evaluationRow = db.prepare<[number], EvaluationRow>('SELECT * FROM evaluations WHERE ordinal = ?')
  const artifacts = db.prepare<[number], { name: string; value: string }>(
    'SELECT name, value FROM artifacts WHERE ordinal = ?',
  )
  const placementRows = db.prepare<[number, number], PlacementRow>(
    'SELECT * FROM placements WHERE seq > ? ORDER BY seq LIMIT ?',
  )
  const carried = db.prepare<[number], number>('SELECT source FROM carried WHERE ordinal = ?').pluck()
  const measures = db.prepare<[], Measure>('SELECT name, direction, noise, repeats FROM measures ORDER BY position')
  const lineageRows = db.prepare<[number, number], LineageRow>(
    `SELECT ordinal, edges.parent, fitness, state, decision FROM programs
     LEFT JOIN edges ON edges.child = ordinal AND edges.position = 0 AND edges.role = 'parent'
     WHERE ordinal > ? ORDER BY ordinal LIMIT ?`,
  )
  const eventData = db.prepare<[string], string>('SELECT data FROM events WHERE kind = ? ORDER BY id').pluck()
  const scheduleRows = db.prepare<[number, number], { ordinal: number; seen: number; finished: number | null }>(
    'SELECT ordinal, seen, finished FROM programs WHERE ordinal > ? AND seen IS NOT NULL ORDER BY ordinal LIMIT ?',
  )
  const childRows = db.prepare<
    { parent: number; operator: string; seen: number },
    { change_detail: string | null; fitness: number | null }
  >(
    `SELECT change_detail, fitness FROM edges JOIN programs ON ordinal = child
     WHERE edges.parent = :parent AND role = 'parent' AND operator = :operator AND finished <= :seen
       AND source_id IS NOT NULL
     ORDER BY finished`,
  )
  const useRows = db.prepare<[string, number, number], OperatorUse & { readonly ordinal: number }>(
    `SELECT ordinal, island, edges.parent FROM programs
     JOIN edges ON edges.child = ordinal AND edges.position = 0 AND edges.role = 'parent'
     WHERE operator = ? AND ordinal > ? ORDER BY ordinal LIMIT ?`,
  )
  const spent = (column: string): string =>
    `(SELECT sum(${column}) FROM llm_calls WHERE ordinal = made.ordinal AND purpose NOT IN ${purposesAside})`
  const trialColumns = `SELECT made.ordinal, made.operator, made.model, made.state, made.fitness, made.failure_kind,
       parents.fitness AS parent_fitness, ${spent('tokens')} AS tokens, ${spent('usd')} AS usd
     FROM programs AS made
     JOIN edges ON edges.child = made.ordinal AND edges.position = 0 AND edges.role = 'parent'
     JOIN programs AS parents ON parents.ordinal = edges.parent`
  const trialRow = db.prepare<[number], TrialRow>(`${trialColumns} WHERE made.ordinal = ?`)
  const trialRows = db.prepare<[number], TrialRow>(
    `${trialColumns} WHERE made.ordinal IN
       (SELECT ordinal FROM programs WHERE finished IS NOT NULL ORDER BY finished DESC LIMIT ?)
     ORDER BY made.finished`,
  )
  const bestSibling = db
    .prepare<[number], number | null>(
      `SELECT max(siblings.fitness) FROM programs AS made
       JOIN edges AS own ON own.child = made.ordinal AND own.position = 0 AND own.role = 'parent'
       JOIN edges AS others ON others.parent = own.parent AND others.role = 'parent'
       JOIN programs AS siblings ON siblings.ordinal = others.child
       WHERE made.ordinal = ? AND siblings.operator = made.operator AND siblings.finished < made.finished`,
    )
    .pluck()
  const pendingRows = db.prepare<[], TrialRow>(
    `${trialColumns} WHERE made.state NOT IN ('placed', 'failed') ORDER BY made.ordinal`,
  )
  const failures = db.prepare<[], { kind: string; count: number }>(
    'SELECT failure_kind AS kind, count(*) AS count FROM programs WHERE failure_kind IS NOT NULL GROUP BY 1',
  )

  const stageOutput = db
    .prepare<[number, string], string | null>(
      'SELECT output FROM stage_runs WHERE ordinal = ? AND stage = ? ORDER BY version DESC LIMIT 1',
    )
    .pluck()

  const runRow = (): RunRow => {
    const row = run.get()
    if (row === undefined) throw new InvariantError('the store holds no run')
    return row
  }
  return {
    identity: () => identityOf(runRow()),
    budget: () => budgetOf(runRow()),
    measures: (): readonly Measure[] => measures.all(),
    programRow: (ordinal: number) => programRow.get(ordinal),
    candidate: (ordinal: number) => {
      const row = programRow.get(ordinal)
      return row === undefined ? undefined : candidateOf(row, edges.all(ordinal), carried.get(ordinal))
    },
    program: (ordinal: number) => {
      const row = programRow.get(ordinal)
      const text = typeof row?.source_id === 'number' ? source.get(row.source_id) : undefined
      if (row === undefined || text === undefined) {
        throw new InvariantError(`there is no program ${String(ordinal)} with a source`)
      }
      const { generation, island, operator, level } = row
      const program = { ordinal, source: text, generation, island, operator, traits: traitsOf(row) }
      return level > 1 ? { ...program, level } : program
    },
    evaluation: (ordinal: number) => {
      const row = evaluationRow.get(ordinal)
      return row === undefined ? undefined : evaluationOf(row, artifacts.all(ordinal))
    },
    placements: function* (): Generator<Placement> {
      for (let after = 0; ;) {
        const rows = placementRows.all(after, page)
        yield* rows.map(placementOf)
        const last = rows.at(-1)
        if (last === undefined || rows.length < page) return
        after = last.seq
      }
    },
    lineage: function* (): Generator<LineageEntry> {
      for (let after = -1; ;) {
        const rows = lineageRows.all(after, page)
        yield* rows.map(lineageEntryOf)
        const last = rows.at(-1)
        if (last === undefined || rows.length < page) return
        after = last.ordinal
      }
    },
    stageOutput: (ordinal: number, stage: string): Json | undefined => {
      const text = stageOutput.get(ordinal, stage)
      return typeof text === 'string' ? (JSON.parse(text) as Json) : undefined
    },
    events: (kind: string): readonly Json[] => eventData.all(kind).map((text) => JSON.parse(text) as Json),
    schedule: function* (): Generator<ScheduleEntry> {
      for (let after = 0; ;) {
        const rows = scheduleRows.all(after, page)
        for (const { ordinal, seen, finished } of rows) yield { ordinal, seen, finished: finished ?? undefined }
        const last = rows.at(-1)
        if (last === undefined || rows.length < page) return
        after = last.ordinal
      }
    },
    earlierChildren: (parent: number, operator: string, seen: number): EarlierChild[] =>
      childRows.all({ parent, operator, seen }).map(({ change_detail, fitness }) => ({
        detail: change_detail === null ? undefined : (JSON.parse(change_detail) as Json),
        fitness: fitness ?? undefined,
      })),
    madeBy: function* (operator: string): Generator<OperatorUse> {
      for (let after = 0; ;) {
        const rows = useRows.all(operator, after, page)
        for (const { island, parent } of rows) yield { island, parent }
        const last = rows.at(-1)
        if (last === undefined || rows.length < page) return
        after = last.ordinal
      }
    },
    trial: (ordinal: number): OperatorTrial => {
      const row = trialRow.get(ordinal)
      if (row === undefined) throw new InvariantError(`there is no candidate ${String(ordinal)} with a parent`)
      return trialOf(row)
    },
    bestSibling: (ordinal: number): number | undefined => bestSibling.get(ordinal) ?? undefined,
    latestTrials: (most: number): OperatorTrial[] => [...trialRows.all(most), ...pendingRows.all()].map(trialOf),
    failureCounts: (): Record<string, number> =>
      Object.fromEntries(failures.all().map(({ kind, count }) => [kind, count])),
    asked: prepareAsked(db),
    totals: prepareTotals(db),
    unfinished: prepareUnfinished(db, (row) => ({
      ...selectionOf(row, edges.all(row.ordinal), carried.get(row.ordinal)),
      child: row.source_id === null ? undefined : { source: source.get(row.source_id) ?? '', traits: traitsOf(row) },
    })),
  }
}

function prepareAsked(db: Database): (ordinal: number, question: string) => Asked {
  const attempts = db
    .prepare<[number], number>('SELECT coalesce(max(attempt), 0) FROM llm_calls WHERE ordinal = ?')
    .pluck()
  const reply = db.prepare<[number, string], StoredReply>(
    `SELECT reply AS text, finish, purpose FROM llm_calls
     WHERE ordinal = ? AND question = ? AND status = 'ok' ORDER BY attempt DESC LIMIT 1`,
  )
  return (ordinal, question) => ({ attempts: attempts.get(ordinal) ?? 0, reply: reply.get(ordinal, question) })
}

/** Sums over the whole run. `next` is the ordinal of the candidate to come. */
function prepareTotals(db: Database): () => Totals & { readonly next: number } {
  // Ordinals have no gap, so the highest one counts the candidates and only the few on their way are looked at.
  const counts = db.prepare<[], { last: number | null; open: number; firstOpen: number }>(
    `SELECT (SELECT max(ordinal) FROM programs) AS last, count(*) AS open, coalesce(sum(ordinal = 0), 0) AS firstOpen
     FROM programs WHERE state NOT IN ('placed', 'failed')`,
  )
  const spent = db.prepare<[], { tokens: number; usd: number }>(
    'SELECT coalesce(sum(tokens), 0) AS tokens, coalesce(sum(usd), 0.0) AS usd FROM llm_calls',
  )
  const elapsed = db.prepare<[], number>('SELECT coalesce(sum(last_seen_at - started_at), 0) FROM sessions').pluck()
  return () => {
    const { last, open, firstOpen } = counts.get() ?? { last: null, open: 0, firstOpen: 0 }
    const selected = last ?? 0
    const { tokens, usd } = spent.get() ?? { tokens: 0, usd: 0 }
    return {
      selected,
      finished: selected - (open - firstOpen),
      tokens,
      usd,
      elapsedMs: elapsed.get() ?? 0,
      next: last === null ? 0 : last + 1,
    }
  }
}

type Beginning = Pick<
  Unfinished,
  | 'ordinal'
  | 'island'
  | 'operator'
  | 'model'
  | 'parent'
  | 'inspirations'
  | 'generation'
  | 'seen'
  | 'child'
  | 'level'
  | 'carried'
>

function prepareUnfinished(db: Database, beginningOf: (row: ProgramRow) => Beginning): () => readonly Unfinished[] {
  const rows = db.prepare<[], ProgramRow & { state: Unfinished['state'] }>(
    "SELECT * FROM programs WHERE state NOT IN ('placed', 'failed') ORDER BY ordinal",
  )
  const prompts = db.prepare<[number], { template: string; system: string }>(
    'SELECT template, text AS system FROM prompts JOIN texts ON texts.id = system_id WHERE ordinal = ?',
  )
  const parts = db.prepare<[number], { section: string | null; shown: number; text: string }>(
    `SELECT section, shown, text FROM prompt_parts JOIN texts ON texts.id = text_id
     WHERE ordinal = ? ORDER BY position`,
  )
  const attempts = db
    .prepare<[number], number>('SELECT coalesce(max(attempt), 0) FROM llm_calls WHERE ordinal = ?')
    .pluck()
  const reply = db.prepare<[number], StoredReply>(
    `SELECT reply AS text, finish, purpose FROM llm_calls
     WHERE ordinal = ? AND status = 'ok' AND purpose NOT IN ${purposesAside} ORDER BY attempt DESC LIMIT 1`,
  )
  // Lessons are asked for after the end alone.
  const check = db.prepare<[number], StoredReply>(
    `SELECT reply AS text, finish, purpose FROM llm_calls
     WHERE ordinal = ? AND status = 'ok' AND purpose = '${analysisPurpose}' ORDER BY attempt DESC LIMIT 1`,
  )
  const warmStart = db.prepare<[number], number>('SELECT source FROM warm_starts WHERE ordinal = ?').pluck()
  const trial = prepareTrialMember(db)
  const stages = db.prepare<[number], StageRow>(
    'SELECT * FROM stage_runs WHERE ordinal = ? AND pass = (SELECT pass FROM runs) ORDER BY position',
  )
  const promptOf = (ordinal: number): Unfinished['prompt'] => {
    const head = prompts.get(ordinal)
    if (head === undefined) return undefined
    const pieces = parts
      .all(ordinal)
      .map(({ section, shown, text }) => ({ section: section ?? undefined, shown: shown === 1, text }))
    return { template: head.template, system: head.system, user: userOf(pieces), sections: sectionsOf(pieces) }
  }
  return () =>
    rows.all().map((row) => ({
      ...beginningOf(row),
      state: row.state,
      prompt: promptOf(row.ordinal),
      reply: reply.get(row.ordinal),
      check: check.get(row.ordinal),
      attempts: attempts.get(row.ordinal) ?? 0,
      stageRuns: stages.all(row.ordinal).map(stageRunOf),
      warmStart: warmStart.get(row.ordinal),
      trial: trial(row.ordinal),
    }))
}

import type { Budget } from '../../config/problem.ts'
import type { Evaluation } from '../../core/evaluation.ts'
import type { CandidateFailure, FailureKind } from '../../core/failure.ts'
import type { Json } from '../../core/json.ts'
import type { Library } from '../../core/library.ts'
import type { Direction } from '../../core/objective.ts'
import type { Placement, PlacementDecision, PlacementVia } from '../../core/placement.ts'
import type { Change, EdgeRole, Traits } from '../../core/program.ts'
import type { StageOutcome, StageRun } from '../../pipeline/stage.ts'
import type { LineageEntry } from '../../selection/lineage.ts'
import type { CandidateRecord } from '../run-reader.ts'
import type { CandidateState, OperatorTrial, RunIdentity } from '../run-store.ts'
import type { Attempt } from '../stored-reply.ts'

/** A row of `runs`. */
export interface RunRow {
  readonly name: string
  readonly seed: number
  readonly created_at: number
  readonly version: string
  readonly problem_file: string
  readonly config: string
  readonly evaluator_hash: string
  readonly program_hash: string
  /** Absent from a run of schema version 1 that is only read. */
  readonly libraries?: string
  readonly reproducible?: number
  readonly contract?: string
  readonly objective: string
  readonly direction: Direction
  readonly budget_candidates: number | null
  readonly budget_usd: number | null
  readonly budget_tokens: number | null
  readonly budget_wall_ms: number | null
}

/** A row of `programs`. */
export interface ProgramRow {
  readonly ordinal: number
  readonly state: CandidateState
  readonly island: number
  readonly operator: string
  readonly model: string | null
  readonly generation: number
  readonly seen: number | null
  readonly source_id: number | null
  readonly value: number | null
  readonly fitness: number | null
  readonly decision: PlacementDecision | null
  readonly failure: string | null
  readonly change: string | null
  readonly change_detail: string | null
  readonly traits: string | null
  readonly created_at: number
  readonly ended_at: number | null
  readonly level: number
}

/** A row of `edges`, without its child. */
export interface EdgeRow {
  readonly parent: number
  readonly role: EdgeRole
}

/** What the lineage keeps of a row of `programs`, with its parent. */
export interface LineageRow extends Pick<ProgramRow, 'ordinal' | 'fitness' | 'state' | 'decision'> {
  readonly parent: number | null
}

/** A candidate beside its parent, with what was spent on it. */
export interface TrialRow extends Pick<ProgramRow, 'ordinal' | 'operator' | 'model' | 'state' | 'fitness'> {
  readonly failure_kind: FailureKind | null
  readonly parent_fitness: number | null
  readonly tokens: number | null
  readonly usd: number | null
}

/** A row of `stage_runs`. */
export interface StageRow {
  readonly stage: string
  readonly version: number
  readonly ok: number | null
  readonly skipped: string | null
  readonly cached: number | null
  readonly started_at: number
  readonly duration_ms: number
  readonly failure: string | null
  readonly output: string | null
  readonly key: Uint8Array | null
}

/** A finished child: a row of `programs` beside its evaluation, if it has one. */
export interface AttemptRow {
  readonly ordinal: number
  readonly operator: string
  readonly change: string | null
  readonly failure: string | null
  readonly objectives: string | null
}

/** A row of `evaluations`. */
export interface EvaluationRow {
  readonly fitness: number
  readonly objectives: string
  readonly descriptors: string
  readonly scores: string | null
  readonly feedback: string | null
}

/** A row of `placements`. */
export interface PlacementRow {
  readonly seq: number
  readonly ordinal: number
  readonly island: number
  readonly cell: string
  readonly decision: PlacementDecision
  readonly fitness: number
  readonly displaced: number | null
  readonly via: PlacementVia
  readonly clamped: string | null
  readonly also_displaced: string | null
  readonly vector: string | null
  readonly level: number
}

export function identityOf(row: RunRow): RunIdentity {
  return {
    name: row.name,
    seed: row.seed,
    createdAt: row.created_at,
    version: row.version,
    problemFile: row.problem_file,
    config: row.config,
    evaluatorHash: row.evaluator_hash,
    programHash: row.program_hash,
    libraries: JSON.parse(row.libraries ?? '[]') as Library[],
    contract: row.contract ?? '',
    reproducible: row.reproducible !== 0,
    objective: { name: row.objective, direction: row.direction },
  }
}

export function budgetOf(row: RunRow): Budget {
  return {
    candidates: row.budget_candidates ?? undefined,
    usd: row.budget_usd ?? undefined,
    tokens: row.budget_tokens ?? undefined,
    wallMs: row.budget_wall_ms ?? undefined,
  }
}

export function traitsOf(row: Pick<ProgramRow, 'traits'>): Traits {
  return row.traits === null ? {} : (JSON.parse(row.traits) as Traits)
}

export function candidateOf(row: ProgramRow, edges: readonly EdgeRow[], carried?: number): CandidateRecord {
  return {
    ...selectionOf(row, edges, carried),
    state: row.state,
    fitness: row.fitness ?? undefined,
    value: row.value ?? undefined,
    decision: row.decision ?? undefined,
    failure: row.failure === null ? undefined : (JSON.parse(row.failure) as CandidateFailure),
    change: changeOf(row),
    createdAt: row.created_at,
    endedAt: row.ended_at ?? undefined,
  }
}

/** The decision that made a candidate; `edges` in order of their position. */
export function selectionOf(row: ProgramRow, edges: readonly EdgeRow[], carried?: number) {
  return {
    ordinal: row.ordinal,
    island: row.island,
    operator: row.operator,
    model: row.model ?? undefined,
    parent: edges.find(({ role }) => role === 'parent')?.parent,
    inspirations: edges.filter(({ role }) => role === 'inspiration').map(({ parent }) => parent),
    generation: row.generation,
    seen: row.seen ?? 0,
    ...(row.level > 1 ? { level: row.level } : {}),
    ...(carried === undefined ? {} : { carried }),
  }
}

function changeOf(row: ProgramRow): Change | undefined {
  if (row.change === null) return undefined
  return row.change_detail === null
    ? { summary: row.change }
    : { summary: row.change, detail: JSON.parse(row.change_detail) as Json }
}

export function lineageEntryOf({ ordinal, parent, fitness, state, decision }: LineageRow): LineageEntry {
  const ended = state === 'placed' || state === 'failed'
  const kept = ended ? decision !== null && decision !== 'rejected' : undefined
  return { ordinal, parent: parent ?? undefined, fitness: fitness ?? undefined, kept }
}

export function trialOf(row: TrialRow): OperatorTrial {
  const { ordinal, operator, state } = row
  return {
    ...{ ordinal, operator, model: row.model ?? undefined },
    finished: state === 'placed' || state === 'failed',
    parentFitness: row.parent_fitness ?? undefined,
    fitness: row.fitness ?? undefined,
    failure: row.failure_kind ?? undefined,
    tokens: row.tokens ?? 0,
    usd: row.usd ?? 0,
  }
}

export function attemptOf(row: AttemptRow): Attempt {
  return {
    ordinal: row.ordinal,
    operator: row.operator,
    summary: row.change ?? '',
    outcome:
      row.failure === null
        ? { ok: true, objectives: JSON.parse(row.objectives ?? '{}') as Evaluation['objectives'] }
        : { ok: false, failure: JSON.parse(row.failure) as CandidateFailure },
  }
}

export function stageRunOf(row: StageRow): StageRun {
  return {
    stage: row.stage,
    version: row.version,
    outcome: row.ok === null ? { ok: 'skipped', reason: row.skipped ?? '' } : stageOutcomeOf(row),
    startedAt: row.started_at,
    durationMs: row.duration_ms,
    ...(row.key === null ? {} : { key: Buffer.from(row.key).toString('hex') }),
  }
}

/** What a stage that ran answered. */
export function stageOutcomeOf(row: Pick<StageRow, 'ok' | 'cached' | 'failure' | 'output'>): StageOutcome {
  const cached = row.cached === null ? {} : { cached: row.cached === 1 }
  return row.ok === 1
    ? { ok: true, output: row.output === null ? null : (JSON.parse(row.output) as Json), ...cached }
    : { ok: false, failure: JSON.parse(row.failure ?? 'null') as CandidateFailure, ...cached }
}

export function evaluationOf(
  row: EvaluationRow,
  artifacts: readonly { readonly name: string; readonly value: string }[],
): Evaluation {
  return {
    objectives: JSON.parse(row.objectives) as Evaluation['objectives'],
    descriptors: JSON.parse(row.descriptors) as Evaluation['descriptors'],
    scores: row.scores === null ? {} : (JSON.parse(row.scores) as Evaluation['scores']),
    feedback: row.feedback ?? undefined,
    artifacts: Object.fromEntries(artifacts.map(({ name, value }) => [name, JSON.parse(value) as Json])),
    fitness: row.fitness,
  }
}

export function placementOf(row: PlacementRow): Placement {
  return {
    ordinal: row.ordinal,
    island: row.island,
    cell: row.cell,
    decision: row.decision,
    fitness: row.fitness,
    displaced: row.displaced ?? undefined,
    via: row.via,
    clamped: row.clamped === null ? [] : (JSON.parse(row.clamped) as string[]),
    ...(row.also_displaced === null ? {} : { alsoDisplaced: JSON.parse(row.also_displaced) as number[] }),
    ...(row.vector === null ? {} : { vector: JSON.parse(row.vector) as number[] }),
    ...(row.level > 1 ? { level: row.level } : {}),
  }
}

import type { Clock } from '../core/clock.ts'
import type { CandidateFailure } from '../core/failure.ts'
import type { Json } from '../core/json.ts'
import type { Stage, StageCandidate, StageRun } from './stage.ts'

/** What came of a candidate's trip through the stages: every output by stage name, or the first failure. */
export type PipelineOutcome =
  | { readonly ok: true; readonly outputs: Readonly<Record<string, Json>> }
  | { readonly ok: false; readonly stage: string; readonly failure: CandidateFailure }

/** What the executor is given beside the candidate. */
export interface PipelineTrip {
  /** In an order from {@link stageOrder}. */
  readonly stages: readonly Stage[]
  /** Stages that an earlier process finished. Outputs that were not stored are computed again. */
  readonly finished: readonly StageRun[]
  readonly clock: Clock
  readonly signal: AbortSignal
  /** Called the moment a stage has ended, before anything depends on it. */
  readonly record: (run: StageRun, stage: Stage) => void
}

/**
 * Runs the stages of one candidate until one fails or all are done.
 *
 * A stage that an earlier process finished is not run again unless its output was not kept.
 *
 * @throws whatever a stage throws: breakage, never a candidate's failure.
 */
export async function runPipeline(candidate: StageCandidate, trip: PipelineTrip): Promise<PipelineOutcome> {
  const outputs: Record<string, Json> = {}
  for (const stage of trip.stages) {
    const outcome = reusable(stage, trip.finished) ?? (await runStage(stage, candidate, outputs, trip))
    if (!outcome.ok) return { ok: false, stage: stage.name, failure: outcome.failure }
    outputs[stage.name] = outcome.output
  }
  return { ok: true, outputs }
}

function reusable(stage: Stage, finished: readonly StageRun[]): StageRun['outcome'] | undefined {
  const earlier = finished.find((run) => run.stage === stage.name && run.version === stage.version)
  if (earlier === undefined) return undefined
  return earlier.outcome.ok && stage.keep === 'recompute' ? undefined : earlier.outcome
}

async function runStage(
  stage: Stage,
  candidate: StageCandidate,
  outputs: Readonly<Record<string, Json>>,
  trip: PipelineTrip,
): Promise<StageRun['outcome']> {
  const inputs = Object.fromEntries(stage.needs.map((need) => [need, outputs[need] ?? null]))
  const startedAt = trip.clock.now()
  const outcome = await stage.run(candidate, inputs, trip.signal)
  const repeated = trip.finished.some((run) => run.stage === stage.name && run.version === stage.version)
  const run = {
    stage: stage.name,
    version: stage.version,
    outcome,
    startedAt,
    durationMs: trip.clock.now() - startedAt,
  }
  if (!repeated) trip.record(run, stage)
  return outcome
}

import type { Placement } from '../../core/placement.ts'
import type { EndedStage } from '../../pipeline/stage.ts'
import { finite, jsonText, moment } from '../stored-json.ts'
import type { Bound } from './statements.ts'

/** Where the output stands in {@link stageColumns}. */
export const outputColumn = 8

/** The columns of `stage_runs` from `stage` on without `position`, in their order; the output's length decides nothing. */
export function stageColumns(run: EndedStage): Bound[] {
  const { outcome, key } = run
  const ran = outcome.ok !== 'skipped'
  const cached = ran && outcome.cached !== undefined ? Number(outcome.cached) : null
  const failure = outcome.ok === false ? jsonText(outcome.failure, 'a failure') : null
  const kept = outcome.ok === true && run.keep !== 'recompute'
  const output = kept ? jsonText(outcome.output, `the output of stage ${run.stage}`) : null
  const times = [moment(run.startedAt), finite(run.durationMs, 'a duration')]
  const verdict = ran ? [Number(outcome.ok), null] : [null, outcome.reason]
  const found = key === undefined ? null : Buffer.from(key, 'hex')
  return [run.stage, run.version, ...verdict, cached, ...times, failure, output, found, Number(run.shared)]
}

/** The columns of `placements` in the order of its statement. */
export function placementColumns(placement: Placement, committedBy: number): Bound[] {
  const { ordinal, island, cell, decision, displaced, via, alsoDisplaced, vector, level = 1 } = placement
  const fitness = finite(placement.fitness, 'a fitness')
  const clamped = placement.clamped.length === 0 ? null : JSON.stringify(placement.clamped)
  const also = alsoDisplaced === undefined ? null : JSON.stringify(alsoDisplaced)
  const front = vector === undefined ? null : jsonText([...vector], 'the objectives of a placement')
  return [ordinal, island, cell, decision, fitness, displaced ?? null, via, clamped, committedBy, also, front, level]
}

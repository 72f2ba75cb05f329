import type { Archive, Arrival } from '../archive/archive.ts'
import { dueMigrations } from '../archive/migration.ts'
import { dueResets } from '../archive/reset.ts'
import { dueSpawn } from '../archive/spawn.ts'
import { InvariantError, UserError } from '../core/errors.ts'
import type { EvaluatorFault } from '../core/errors.ts'
import type { Evaluation } from '../core/evaluation.ts'
import type { CandidateFailure } from '../core/failure.ts'
import { fitnessOf, orientedObjectives } from '../core/objective.ts'
import type { Placement } from '../core/placement.ts'
import { rngStream } from '../core/rng.ts'
import type { PipelineOutcome } from '../pipeline/executor.ts'
import type { Unfinished } from '../store/run-store.ts'
import { dueSeeding } from './curriculum.ts'
import type { Standing } from './curriculum.ts'
import { isWorthLearning } from './learn.ts'
import type { RunParts } from './parts.ts'

/** What a candidate's trip through the pipeline gave. */
type Evaluated = Extract<PipelineOutcome, { readonly ok: true }>

/** What became of a candidate. */
export type Commit =
  | {
      readonly ok: true
      readonly placement: Placement
      readonly evaluation: Evaluation
      /** A new best: better than the last one by a share of 1e-9 at least. */
      readonly best: boolean
    }
  | {
      readonly ok: false
      readonly failure: CandidateFailure
      /** What the evaluator broke with, when the failure is ours. */
      readonly fault?: EvaluatorFault | undefined
    }

/**
 * Files a scored candidate: decide, write one transaction, change the archive. Synchronous, so commits never overlap.
 *
 * The first program, ordinal 0, is born on every island. The candidate's own placement is applied before the migrations
 * that follow it are decided; should the transaction then fail, the run ends and the archive in memory is thrown away
 * with it.
 *
 * @throws {@link UserError} when the first program's scores are not what the sampler needs.
 */
export function commitScored(
  parts: RunParts,
  start: Pick<Unfinished, 'ordinal' | 'island' | 'parent' | 'model' | 'level'>,
  evaluated: Evaluated,
): Commit {
  const { archive, store } = parts
  const islands =
    start.ordinal === 0 ? Array.from({ length: archive.islandCount }, (_, index) => index) : [start.island]
  const evaluation = evaluationOf(parts, evaluated)
  if (start.ordinal === 0) refuseWithoutScores(parts, evaluation)
  const before = { best: archive.best, announced: archive.newBest }
  const births = islands.map((island) =>
    archive.propose(island, arrivalOf(archive, parts.problem, start.ordinal, evaluation, start.level), 'birth'),
  )
  births.forEach((placement) => archive.apply(placement))
  const best = archive.newBest !== before.announced
  parts.lineage.score(start.ordinal, evaluation.fitness)
  parts.lineage.settle(
    start.ordinal,
    births.some(({ decision }) => decision !== 'rejected'),
  )
  const followed = start.ordinal === 0 ? [] : tended(parts)
  const own = births[0]
  if (own === undefined) throw new InvariantError('a candidate has an island')
  const analyse = isWorthLearning(parts, start, { ok: true, decision: own.decision })
  store.place(start.ordinal, evaluation, [...births, ...followed], parts.clock.now(), analyse)
  fileRungs(parts, start.ordinal)
  tellFoundings(parts, followed)
  // The file is the best to the last digit, however little was gained; only the announcement waits for more.
  if (archive.best !== before.best) parts.keepBest(store.program(start.ordinal))
  return { ok: true, placement: own, evaluation, best }
}

/** Files a candidate that came to nothing. It still counts for the intervals of migrations and resets. */
export function commitFailed(
  parts: RunParts,
  start: Pick<Unfinished, 'ordinal' | 'parent' | 'model'>,
  failure: CandidateFailure,
  fault?: EvaluatorFault,
): Commit {
  const analyse = isWorthLearning(parts, start, { ok: false, failure })
  const followed = tended(parts)
  parts.store.fail(start.ordinal, failure, followed, parts.clock.now(), analyse)
  fileRungs(parts, start.ordinal)
  tellFoundings(parts, followed)
  parts.lineage.settle(start.ordinal, false)
  return { ok: false, failure, fault }
}

function fileRungs({ rungs, store }: RunParts, ordinal: number): void {
  rungs.file(ordinal, ordinal === 0 ? 0 : store.totals().finished)
}

/** A sampler that compares cases needs an evaluator that scores them. @throws UserError when it does not. */
function refuseWithoutScores({ problem, sampler }: RunParts, { scores }: Evaluation): void {
  if (sampler.needs !== 'scores' || Object.keys(scores).length > 1) return
  throw new UserError(
    `sampler ${sampler.name} needs the scores of several cases, and the evaluator returned fewer than two under scores: ` +
      'return one for each case, or choose another sampler',
    { file: problem.file, key: 'search.sampler' },
  )
}

/** Says in the run's output which islands started afresh, and from what. */
function tellFoundings({ sink }: RunParts, followed: readonly Placement[]): void {
  for (const { island, ordinal } of followed.filter(({ via }) => via === 'founding')) {
    sink.emit({ type: 'notice', message: `island ${String(island)} starts afresh from program ${String(ordinal)}` })
  }
}

/** A scored program on its way into the archive. */
export function arrivalOf(
  archive: Archive,
  { objectives }: Pick<RunParts['problem'], 'objectives'>,
  ordinal: number,
  evaluation: Evaluation,
  level?: number,
): Arrival {
  return {
    level,
    ordinal,
    fitness: evaluation.fitness,
    descriptors: evaluation.descriptors,
    ...(archive.rules.by === 'front' ? { vector: orientedObjectives(objectives, evaluation.objectives) } : {}),
  }
}

/** What decides about islands, and the run's seed. */
export type Tending = Pick<RunParts, 'archive' | 'migration'> & {
  readonly problem: Pick<RunParts['problem'], 'archive'>
  readonly seed: number
  /** Where the run stands in its curriculum; absent without one. */
  readonly standing?: Standing | undefined
}

/**
 * Carries out what is due between islands: the seeding of empty ones at the start of a level, migrations, then resets, then
 * a new island; each on what the one before left.
 *
 * @param committed - Candidates that have ended, this one included.
 */
export function tendIslands(
  { archive, migration, problem, seed, standing }: Tending,
  committed: number,
): readonly Placement[] {
  const { resetInterval, spawn } = problem.archive
  const carriedOut: Placement[] = []
  const carryOut = (due: readonly Placement[]): void => {
    for (const placement of due) archive.apply(placement)
    carriedOut.push(...due)
  }
  if (standing !== undefined) carryOut(dueSeeding(archive, standing, committed))
  carryOut(dueMigrations(archive, migration, committed))
  carryOut(dueResets(archive, resetInterval, committed, rngStream(seed, 'reset', committed)))
  carryOut(dueSpawn(archive, spawn))
  return carriedOut
}

function tended(parts: RunParts): readonly Placement[] {
  const { store, curriculum } = parts
  return tendIslands(
    { ...parts, seed: store.identity.seed, standing: curriculum?.standing },
    store.totals().finished + 1,
  )
}

/** The evaluation that a trip through the pipeline gave. */
export function evaluationOf(
  parts: { readonly problem: Pick<RunParts['problem'], 'objectives'> },
  { scored, descriptors }: Evaluated,
): Evaluation {
  return {
    ...scored,
    descriptors: { ...scored.descriptors, ...descriptors },
    fitness: fitnessOf(parts.problem.objectives, scored.objectives),
  }
}

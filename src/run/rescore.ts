import type { Archive } from '../archive/archive.ts'
import type { MigrationPlan } from '../archive/migration.ts'
import type { Problem } from '../config/problem.ts'
import type { Clock } from '../core/clock.ts'
import { UserError } from '../core/errors.ts'
import { describeFailure } from '../core/failure.ts'
import type { CandidateFailure } from '../core/failure.ts'
import type { Evaluation } from '../core/evaluation.ts'
import type { Placement } from '../core/placement.ts'
import { runPipeline } from '../pipeline/executor.ts'
import type { Pipeline, StageCache } from '../pipeline/executor.ts'
import type { EndedStage, StageServices } from '../pipeline/stage.ts'
import type { EvaluatedProgram, RescoreIdentity, RescoreStore } from '../store/rescore-store.ts'
import type { RunStore } from '../store/run-store.ts'
import { arrivalOf, evaluationOf, tendIslands } from './commit.ts'
import { handOverEvent, levelEndEvent, standingOf } from './curriculum.ts'
import type { Curriculum } from './curriculum.ts'
import { ComingThrough } from './coming-through.ts'
import { faultsInARow } from './faults.ts'
import { servicesOn } from './level-services.ts'
import { openRungs } from './rungs.ts'

/** What a rescore is put together from. */
export interface RescoreParts {
  /** As it is now. */
  readonly problem: Problem
  readonly identity: RescoreIdentity
  readonly store: Pick<RunStore, 'identity' | 'program' | 'evaluation' | 'schedule' | 'rungs' | 'events'> & {
    readonly rescoring: RescoreStore
  }
  /** The archive of the problem, still empty. */
  readonly archive: Archive
  readonly migration: MigrationPlan
  readonly pipeline: Pipeline
  /** How programs of each level of the curriculum are evaluated; absent without one. */
  readonly curriculum?: Pick<Curriculum, 'pipelines'> | undefined
  readonly services: Omit<StageServices, 'stand'>
  readonly cache: StageCache
  /** `false` computes every stage again. */
  readonly reuse: boolean
  readonly clock: Clock
  readonly signal: AbortSignal
  /** Called after each program with how many are done. */
  readonly progress: (done: number, of: number) => void
}

/** What a rescore came to. Values are raw, in the unit of the first objective. */
export interface RescoreSummary {
  readonly pass: number
  readonly programs: number
  /** Stages that were computed again, by name, and results that were taken as they were. */
  readonly ran: Readonly<Record<string, number>>
  readonly reused: number
  /** Programs whose fitness is another one now; that have a score now and had none; that have none any more. */
  readonly changed: number
  readonly gained: number
  readonly lost: number
  readonly before: number | undefined
  readonly best: { readonly ordinal: number; readonly fitness: number } | undefined
}

/**
 * Scores every evaluated program of a run again, computing only the stages that a changed evaluator or pipeline affects,
 * and lets the archive decide anew in the order of creation. Nothing of the run changes before all programs are done.
 *
 * @throws EvaluatorFault when the evaluator breaks on several programs in a row with the same message.
 */
export async function rescore(parts: RescoreParts): Promise<RescoreSummary> {
  const { store, clock, problem, signal } = parts
  const { rescoring } = store
  const pass = rescoring.beginPass(parts.identity, clock.now())
  const programs = rescoring.evaluated()
  const scores = new Map<number, Evaluation>()
  const refused = new Map<number, CandidateFailure>()
  const count = new Counting(store)
  const faults = faultsInARow(problem.pipeline.pauseAfter)
  const queue = [...programs]
  const commitOf = commitsOf(store)
  const coming = new ComingThrough(programs.map(({ ordinal }) => commitOf(ordinal).commit))
  const rungs = openRungs({
    filed: [],
    keep: (entry) => store.rungs.enter(entry, pass),
    ready: (range) => coming.ready(range),
  })
  const lane = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const { commit, seen } = commitOf(next.ordinal)
      const stand = rungs.serving({ from: 0, to: seen }, next.level)
      const rescored = await scoreAgain(parts, pass, next, stand, (runs) => count.stages(runs))
      rungs.file(next.ordinal, commit)
      coming.through(commit)
      rescoring.score(pass, next.ordinal, rescored)
      if (rescored.ok) scores.set(next.ordinal, { ...rescored.evaluation, artifacts: {} })
      else if (next.ordinal === 0) refused.set(0, rescored.failure)
      const fitness = rescored.ok ? rescored.evaluation.fitness : undefined
      count.program(next.ordinal, fitness, next.level === programs.at(-1)?.level)
      faults(rescored)
      parts.progress(programs.length - queue.length, programs.length)
    }
  }
  const lanes = Array.from({ length: problem.search.concurrency }, () =>
    lane().catch((error: unknown) => {
      queue.length = 0
      coming.giveUp()
      throw error
    }),
  )
  const settled = await Promise.allSettled(lanes)
  const broken = settled.find((each) => each.status === 'rejected')
  if (broken !== undefined) throw broken.reason
  signal.throwIfAborted()
  const first = refused.get(0)
  if (first !== undefined) {
    const message = `the first program fails now: ${describeFailure(first)}; the run stays as it was`
    throw new UserError(message, { file: problem.program.file })
  }
  rescoring.adopt(pass, placedAnew(parts, programs, scores), clock.now())
  return { pass, programs: programs.length, ...count.sums(), best: parts.archive.best }
}

async function scoreAgain(
  parts: RescoreParts,
  pass: number,
  { ordinal, level }: EvaluatedProgram,
  stand: StageServices['stand'],
  note: (runs: readonly EndedStage[]) => void,
) {
  const { store, cache, problem } = parts
  const { source } = store.program(ordinal)
  const evaluated = await runPipeline(
    { ordinal, source },
    {
      pipeline: parts.curriculum?.pipelines[level - 1] ?? parts.pipeline,
      finished: [],
      clock: parts.clock,
      signal: parts.signal,
      services: servicesOn(level, parts.services, stand),
      record: (runs) => {
        store.rescoring.recordPass(pass, ordinal, runs)
        note(runs)
      },
      cache: parts.reuse ? { ...cache, own: (key) => store.rescoring.ownResult(ordinal, key) } : cache,
    },
  )
  if (evaluated.ok) return { ok: true, evaluation: evaluationOf({ problem }, evaluated) } as const
  const { failure, fault } = evaluated
  return { ok: false, failure, ...(fault === undefined ? {} : { fault }) } as const
}

/** When each program was committed, and what its selection had seen; older runs have only the order of creation. */
function commitsOf(store: Pick<RunStore, 'schedule'>): (ordinal: number) => { commit: number; seen: number } {
  const entries = new Map([...store.schedule()].map((entry) => [entry.ordinal, entry]))
  return (ordinal) => {
    const entry = entries.get(ordinal)
    // Nothing was there before the first program.
    return { commit: entry?.finished ?? ordinal, seen: entry?.seen ?? ordinal - 1 }
  }
}

/** Decides about all programs as the search would have, had they had these scores. */
function placedAnew(
  parts: RescoreParts,
  programs: readonly EvaluatedProgram[],
  scores: ReadonlyMap<number, Evaluation>,
): readonly (Placement & { readonly committedBy: number })[] {
  const { archive, problem, store } = parts
  const decided: (Placement & { readonly committedBy: number })[] = []
  const ends = store.events(levelEndEvent)
  const handOvers = store.events(handOverEvent)
  for (const { ordinal, island, level } of programs) {
    const standing = standingOf(ends.slice(0, level - 1), handOvers)
    const evaluation = scores.get(ordinal)
    // An island that is founded later now than it was then cannot take the program yet.
    const home = island % archive.islandCount
    const islands = ordinal === 0 ? Array.from({ length: archive.islandCount }, (_, index) => index) : [home]
    if (evaluation !== undefined) {
      const arrival = arrivalOf(archive, problem, ordinal, evaluation, level)
      const births = islands.map((each) => archive.propose(each, arrival, 'birth'))
      for (const birth of births) {
        archive.apply(birth)
        decided.push({ ...birth, committedBy: ordinal })
      }
    }
    if (ordinal === 0) continue
    const tending = { archive, migration: parts.migration, problem, seed: store.identity.seed, standing }
    decided.push(...tendIslands(tending, ordinal).map((placement) => ({ ...placement, committedBy: ordinal })))
  }
  return decided
}

/** Keeps the figures of a rescore. */
class Counting {
  readonly #store: Pick<RunStore, 'evaluation'>
  readonly #ran: Record<string, number> = {}
  #reused = 0
  #changed = 0
  #gained = 0
  #lost = 0
  #before: number | undefined

  constructor(store: Pick<RunStore, 'evaluation'>) {
    this.#store = store
  }

  stages(runs: readonly EndedStage[]): void {
    for (const { stage, outcome } of runs) {
      if (outcome.ok === 'skipped') continue
      if (outcome.cached === true) this.#reused++
      else this.#ran[stage] = (this.#ran[stage] ?? 0) + 1
    }
  }

  /** @param last - Whether it is of the last level reached: values of others do not compare. */
  program(ordinal: number, fitness: number | undefined, last: boolean): void {
    const before = this.#store.evaluation(ordinal)?.fitness
    if (before !== undefined && last) this.#before = Math.max(this.#before ?? before, before)
    if (before === undefined && fitness !== undefined) this.#gained++
    else if (before !== undefined && fitness === undefined) this.#lost++
    else if (before !== fitness) this.#changed++
  }

  sums() {
    return {
      ran: this.#ran,
      reused: this.#reused,
      changed: this.#changed,
      gained: this.#gained,
      lost: this.#lost,
      before: this.#before,
    }
  }
}

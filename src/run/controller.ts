import { describeFailure } from '../core/failure.ts'
import { EvaluatorFault, UserError } from '../core/errors.ts'
import { rawOf } from '../core/objective.ts'
import type { Json } from '../core/json.ts'
import type { Elite } from '../core/placement.ts'
import type { Unfinished } from '../store/run-store.ts'
import type { BudgetMeter } from './budget.ts'
import type { Commit } from './commit.ts'
import { evolveCandidate } from './evolve-candidate.ts'
import type { Departure } from './evolve-candidate.ts'
import type { Progress } from './event-sink.ts'
import type { RunParts } from './parts.ts'
import { cachedPrograms } from './programs.ts'
import { selectCandidate } from './select-candidate.ts'

/** How a run ended: because it was enough, or because somebody asked it to stop. */
export interface RunEnding {
  readonly reason: string
  readonly interrupted: boolean
  readonly progress: Progress
  /** The best program of the run. */
  readonly best: Elite | undefined
}

/** A run at work. */
export interface RunningRun {
  /** Stop selecting, finish what is in flight. */
  drain(): void
  /** Stop now; what is in flight stays unfinished and a resume goes on with it. */
  stop(): void
  /** @throws what broke on our side, after everything in flight has come to rest. */
  readonly ended: Promise<RunEnding>
}

/**
 * Starts the steady-state loop: as many corridors as the problem's concurrency, each taking the next candidate the
 * moment it is free. There are no generations and no barrier.
 *
 * @param leftOver - Candidates of an earlier process, which are finished first.
 */
export function startRun(parts: RunParts, meter: BudgetMeter, leftOver: readonly Unfinished[]): RunningRun {
  const { store, sink, clock, problem } = parts
  const programs = cachedPrograms(store)
  const abort = new AbortController()
  const over = new AbortController()
  const queue: Departure[] = [...leftOver]
  const figures = new Figures(parts, meter)
  const inFlight = new Set<number>()
  let reason: string | undefined
  let interrupted = false
  const broken: unknown[] = []
  const faults = faultsInARow(problem.pipeline.pauseAfter)
  const waiting: (() => void)[] = []

  const next = (): Departure | undefined => {
    if (reason !== undefined) return undefined
    const leftBehind = queue.shift()
    if (leftBehind !== undefined) return leftBehind
    reason = meter.exhausted()
    if (reason !== undefined) return undefined
    const selected = selectCandidate(parts, programs, store.totals().selected + 1)
    store.select(selected, clock.now())
    parts.lineage.add(selected.ordinal, selected.parent)
    return { ...untouched, ...selected }
  }

  /** Puts a candidate that the budget had no room for back in front, once another one is done and has settled. */
  const roomFor = async (start: Departure): Promise<void> => {
    await new Promise<void>((resolve) => waiting.push(resolve))
    const again = store.unfinished().find(({ ordinal }) => ordinal === start.ordinal)
    if (again !== undefined) queue.unshift(again)
  }

  const corridor = async (): Promise<void> => {
    for (let start = next(); start !== undefined; start = next()) {
      inFlight.add(start.ordinal)
      try {
        const commit = await evolveCandidate(parts, programs, start, abort.signal)
        if (commit !== undefined) {
          figures.count(start, commit, inFlight.size)
          faults(commit)
        } else if (meter.callsOut() === 0) reason ??= meter.refusal()
        else await roomFor(start)
      } catch (error) {
        if (!abort.signal.aborted) broken.push(error)
        reason ??= 'something broke'
      } finally {
        inFlight.delete(start.ordinal)
        waiting.splice(0).forEach((resume) => resume())
      }
    }
  }

  const work = async (): Promise<RunEnding> => {
    await Promise.all(Array.from({ length: problem.search.concurrency }, corridor))
    over.abort()
    if (broken.length === 0) store.touch(clock.now())
    if (broken.length > 0) throw broken[0]
    const progress = figures.progress(0)
    sink.emit({ type: 'progress', progress })
    return { reason: reason ?? 'done', interrupted, progress, best: parts.archive.best }
  }

  return {
    drain: () => {
      interrupted = true
      reason ??= 'interrupted'
      const untilMs = longestWait(parts)
      sink.emit({ type: 'draining', inFlight: inFlight.size, untilMs })
      // A candidate may also wait for models that are down, and that has no end of its own.
      void clock.sleep(untilMs, over.signal).then(() => abort.abort())
    },
    stop: () => {
      interrupted = true
      reason ??= 'interrupted'
      abort.abort()
    },
    ended: work(),
  }
}

/**
 * Places the first program on every island, as ordinal 0, or finishes doing so after a crash.
 *
 * @throws {@link UserError} when it fails: a run needs a first program that works.
 */
export async function placeFirstProgram(parts: RunParts, leftOver?: Unfinished): Promise<void> {
  const { store, clock, problem } = parts
  const start = leftOver ?? firstDeparture
  const child = start.child ?? { source: problem.program.source, traits: {} }
  if (leftOver === undefined) {
    store.select(start, clock.now())
    parts.lineage.add(0, undefined)
  }
  if (start.child === undefined) store.patch(0, { ...child, change: { summary: 'the first program' } })
  const commit = await evolveCandidate(parts, cachedPrograms(store), { ...start, child }, new AbortController().signal)
  if (commit?.ok === false) {
    if (commit.fault !== undefined) throw commit.fault
    throw new UserError(`the first program fails: ${describeFailure(commit.failure)}`, { file: problem.program.file })
  }
}

/**
 * Counts candidates in a row for which the evaluator broke with the same message. A verdict of the evaluator starts the
 * count again; a candidate that never came to it says nothing.
 *
 * @returns a check of each commit, which throws an EvaluatorFault once there are too many.
 */
function faultsInARow(most: number): (commit: Commit) => void {
  let latest = ''
  let count = 0
  return (commit) => {
    if (commit.ok || commit.failure.kind === 'constraint-violated') count = 0
    if (commit.ok || commit.failure.kind !== 'evaluator-threw') return
    const { message } = commit.failure
    count = message === latest ? count + 1 : 1
    latest = message
    if (count < most) return
    const times = most === 1 ? '' : ` on ${String(count)} candidates in a row`
    const remedy = 'the run is paused; correct the evaluator, then evolve rescore scores these candidates again'
    throw new EvaluatorFault(`${message}${times}: ${remedy}`, commit.fault?.location)
  }
}

/** What a candidate has when it was only just selected. */
const untouched = {
  state: 'selected',
  prompt: undefined,
  reply: undefined,
  attempts: 0,
  child: undefined,
  stageRuns: [],
} as const

const firstDeparture: Departure = {
  ...untouched,
  ordinal: 0,
  island: 0,
  operator: 'first',
  model: undefined,
  parent: undefined,
  inspirations: [],
  generation: 0,
}

/** The longest that what is in flight may still take. */
function longestWait(parts: RunParts): number {
  const { problem } = parts
  return problem.limits.timeMs + (problem.llm.models.length > 0 ? problem.llm.deadlines.totalMs : 0)
}

/** Keeps the run's figures and tells the sink. */
class Figures {
  readonly #parts: RunParts
  readonly #meter: BudgetMeter
  readonly #failures: Record<string, number>
  readonly #startedAt: number
  readonly #first: number | undefined
  #finished = 0

  constructor(parts: RunParts, meter: BudgetMeter) {
    this.#parts = parts
    this.#meter = meter
    this.#failures = { ...parts.store.failureCounts() }
    this.#startedAt = parts.clock.now()
    const first = parts.store.evaluation(0)
    this.#first = first === undefined ? undefined : rawOf(parts.problem.objectives, first.fitness)
  }

  count(start: Departure, commit: Commit, inFlight: number): void {
    const { sink, problem } = this.#parts
    this.#finished++
    const { ordinal, operator } = start
    if (commit.ok) {
      const value = rawOf(problem.objectives, commit.evaluation.fitness)
      const outcome = { ok: true, decision: commit.placement.decision, value } as const
      sink.emit({ type: 'finished-candidate', ordinal, operator, outcome })
      if (commit.best) sink.emit({ type: 'new-best', ordinal, value, feedback: commit.evaluation.feedback })
    } else {
      this.#failures[commit.failure.kind] = (this.#failures[commit.failure.kind] ?? 0) + 1
      sink.emit({ type: 'finished-candidate', ordinal, operator, outcome: { ok: false, failure: commit.failure } })
    }
    sink.emit({ type: 'progress', progress: this.progress(inFlight - 1) })
  }

  progress(inFlight: number): Progress {
    const { store, archive, problem, clock } = this.#parts
    const totals = this.#meter.totals()
    const budget = store.budget()
    return {
      finished: totals.finished,
      inFlight,
      candidates: budget.candidates,
      best: archive.best === undefined ? undefined : rawOf(problem.objectives, archive.best.fitness),
      first: this.#first,
      failures: this.#failures,
      tokens: totals.tokens,
      usd: totals.usd,
      elapsedMs: totals.elapsedMs,
      session: { finished: this.#finished, elapsedMs: clock.now() - this.#startedAt },
      wallMs: budget.wallMs,
    }
  }
}

/** What `events` keeps about the start and end of a process. */
export function sessionEvent(ending: RunEnding): Json {
  return { reason: ending.reason, interrupted: ending.interrupted, finished: ending.progress.finished }
}

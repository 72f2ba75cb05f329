import { InvariantError } from '../core/errors.ts'
import type { Elite } from '../core/placement.ts'
import type { DueAnalysis } from '../store/insight-store.ts'
import type { InstructionRequest } from '../store/instruction-store.ts'
import type { Unfinished } from '../store/run-store.ts'
import type { BudgetMeter } from './budget.ts'
import type { Commit } from './commit.ts'
import { evolveCandidate, untouched } from './evolve-candidate.ts'
import type { Departure, Filing } from './evolve-candidate.ts'
import type { Progress } from './event-sink.ts'
import { answerRequest } from './instructions.ts'
import { learnFrom, tendLibrary } from './learn.ts'
import { faultsInARow } from './faults.ts'
import { Figures } from './figures.ts'
import type { RunParts } from './parts.ts'
import { pullOf } from './pulls.ts'
import { Rising } from './rising.ts'
import type { Rise } from './rising.ts'
import { cachedPrograms } from './programs.ts'
import type { Programs } from './programs.ts'
import { noteOrder, settingsOf, steeringEveryMs } from './steering.ts'
import { firstStop } from './stop-rule.ts'
import type { Stop } from './stop-rule.ts'
import { selectOrTry } from './trial.ts'

/** How a run ended: because it was enough, or because somebody asked it to stop. */
export interface RunEnding {
  /** The stop rule that ended it; `interrupt` and `stop` for a request from outside. */
  readonly rule: string
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

const interrupt: Stop = { rule: 'interrupt', reason: 'interrupted', unfinished: true }
const ordered: Stop = { rule: 'stop', reason: 'stopped by evolve stop', unfinished: true }
const broke: Stop = { rule: 'breakage', reason: 'something broke', unfinished: true }

/**
 * Starts the steady-state loop: as many corridors as the concurrency that holds, each taking the next candidate the
 * moment it is free. There are no generations and no barrier.
 *
 * @param leftOver - Candidates of an earlier process, which are finished first.
 */
export function startRun(parts: RunParts, meter: BudgetMeter, leftOver: readonly Unfinished[]): RunningRun {
  return new Run(parts, meter, leftOver)
}

class Run implements RunningRun {
  readonly ended: Promise<RunEnding>
  readonly #parts: RunParts
  readonly #meter: BudgetMeter
  readonly #programs: Programs
  readonly #queue: Departure[]
  /** What candidates that are filed have brought about and is not done: lessons to draw, instructions to ask for. */
  readonly #owed: Owed[]
  readonly #figures: Figures
  readonly #faults: (commit: Commit) => void
  readonly #abort = new AbortController()
  readonly #over = new AbortController()
  readonly #inFlight = new Set<number>()
  readonly #broken: unknown[] = []
  readonly #waiting: (() => void)[] = []
  /** Candidates whose trip is over and whose turn to be committed has not come. */
  readonly #ready = new Map<number, { readonly start: Departure; readonly filing: Filing }>()
  readonly #rising: Rising | undefined
  #stop: Stop | undefined
  /** Corridors at work, and as many as there may be. */
  #working = 0
  #places = 0
  #rest: () => void = () => undefined

  constructor(parts: RunParts, meter: BudgetMeter, leftOver: readonly Unfinished[]) {
    this.#parts = parts
    this.#meter = meter
    this.#programs = cachedPrograms(parts.store)
    this.#queue = [...leftOver]
    this.#owed = owedOf(parts)
    this.#figures = new Figures(parts, meter)
    this.#rising = parts.curriculum && new Rising(parts, meter, parts.curriculum)
    this.#faults = faultsInARow(parts.problem.pipeline.pauseAfter)
    this.ended = this.#work()
  }

  drain(): void {
    this.#drain(interrupt)
  }

  stop(): void {
    this.#stop ??= interrupt
    this.#abort.abort()
  }

  async #work(): Promise<RunEnding> {
    const { store, sink, clock, archive } = this.#parts
    const atRest = new Promise<void>((resolve) => (this.#rest = resolve))
    this.#takeOrders()
    this.#openPlaces()
    void this.#watchOrders()
    await atRest
    this.#over.abort()
    if (this.#broken.length > 0) throw this.#broken[0]
    // After an interruption they stay where they are: a resume then commits them when the uninterrupted run would have.
    if (this.#stop?.unfinished !== true) this.#commitUpTo(Infinity)
    store.touch(clock.now())
    const progress = this.#figures.progress(0)
    sink.emit({ type: 'progress', progress })
    const { rule, reason, unfinished } = this.#stop ?? { rule: 'candidates', reason: 'done', unfinished: false }
    return { rule, reason, interrupted: unfinished, progress, best: archive.best }
  }

  /** Starts corridors for the places that are free. */
  #openPlaces(): void {
    const { problem, steering } = this.#parts
    const wanted = settingsOf(steering.log).concurrency ?? problem.search.concurrency
    this.#places = problem.search.order === 'by-ordinal' ? Math.min(wanted, problem.search.lag) : wanted
    // A corridor may find at once that there is nothing left to do, and has left by then.
    for (let free = this.#places - this.#working; free > 0; free--) {
      this.#working++
      void this.#corridor()
    }
  }

  async #corridor(): Promise<void> {
    while (this.#working <= this.#places) {
      try {
        const owed = this.#stop === undefined ? this.#owed.shift() : undefined
        if (owed !== undefined) {
          await this.#settle(owed)
          continue
        }
        const start = this.#next()
        if (start === undefined) break
        if (start !== 'wait') await this.#travel(start)
        else if (this.#owed.length === 0) await this.#somethingDone()
      } catch (error) {
        if (!this.#abort.signal.aborted) this.#broken.push(error)
        this.#stop ??= broke
      }
    }
    // In the same breath as the check, else all corridors of a lowered concurrency would leave at once.
    if (--this.#working === 0) this.#rest()
  }

  async #travel(start: Departure): Promise<void> {
    this.#inFlight.add(start.ordinal)
    try {
      const filing = await evolveCandidate(this.#parts, this.#programs, start, this.#abort.signal)
      if (filing !== undefined) await this.#file(start, filing)
      else if (this.#meter.callsOut() === 0) this.#stop ??= this.#meter.refusal()
      else await this.#roomFor(start)
    } finally {
      this.#inFlight.delete(start.ordinal)
      this.#waiting.splice(0).forEach((resume) => resume())
    }
  }

  /** Draws the lessons of a candidate that is filed, within the place that made it. */
  async #learn(start: Departure, request: InstructionRequest | undefined): Promise<void> {
    await this.#settle({ analyses: this.#dueOf(start), request })
    if (start.model !== undefined) tendLibrary(this.#parts)
  }

  /** Asks what is owed about one candidate, one question after the other: they share its numbers in the ledger. */
  async #settle({ analyses, request }: Owed): Promise<void> {
    for (const due of analyses) await learnFrom(this.#parts, due, this.#abort.signal)
    if (request === undefined) return
    await answerRequest(this.#parts, request, this.#abort.signal)
    this.#waiting.splice(0).forEach((resume) => resume())
  }

  /** The analysis that a filed candidate asks for, if any. */
  #dueOf({ ordinal, model }: Departure): readonly DueAnalysis[] {
    if (this.#parts.extractor === undefined && model === undefined) return []
    return this.#parts.store.memory.due().filter((analysis) => analysis.ordinal === ordinal)
  }

  /** Commits a candidate at once, or puts it where its turn will find it. */
  async #file(start: Departure, filing: Filing): Promise<void> {
    if (this.#parts.schedule !== undefined) {
      this.#ready.set(start.ordinal, { start, filing })
      return
    }
    await this.#learn(start, this.#commit(start, filing))
  }

  /** @returns the request for a better instruction that the commit made due, if any. */
  #commit(start: Departure, filing: Filing): InstructionRequest | undefined {
    const commit = filing()
    const { bandit, problem, store, learning } = this.#parts
    if (bandit !== undefined && problem.search.bandit !== undefined && start.carried === undefined) {
      bandit.finish(start.ordinal, pullOf(store.trial(start.ordinal), problem.search.bandit, store, learning))
    }
    this.#figures.count(start, commit, this.#inFlight.size)
    const request = this.#parts.instructionRequests?.committed(start.ordinal, start.operator)
    this.#faults(commit)
    return request
  }

  /** Commits in the order of the schedule until `count` candidates are, or the next one is still on its way. */
  #commitUpTo(count: number): boolean {
    const { schedule, store } = this.#parts
    for (let done = store.totals().finished; schedule !== undefined && done < count; done++) {
      const turn = schedule.nth(done + 1)
      const next = turn === undefined ? undefined : this.#ready.get(turn)
      if (turn === undefined || next === undefined) return false
      this.#ready.delete(turn)
      const request = this.#commit(next.start, next.filing)
      const analyses = this.#dueOf(next.start)
      if (analyses.length > 0 || request !== undefined) this.#owed.push({ analyses, request })
      if (next.start.model !== undefined) tendLibrary(this.#parts)
    }
    return true
  }

  /** The next candidate, `wait` when its selection has to wait for a commit, or nothing when there is none. */
  #next(): Departure | 'wait' | undefined {
    const { store, clock, lineage, learning, bandit, schedule, outcomes, recorded } = this.#parts
    if (this.#stop !== undefined) return undefined
    const leftBehind = this.#queue.shift()
    if (leftBehind !== undefined) return leftBehind
    const ordinal = store.totals().selected + 1
    if (schedule !== undefined && !this.#commitUpTo(schedule.seen(ordinal))) return 'wait'
    if (this.#parts.instructionRequests?.isAwaited(store.totals().finished) === true) return 'wait'
    this.#stop = this.#reached()
    if (this.#stop !== undefined) return undefined
    const rise = this.#rise(ordinal)
    if (rise === 'wait' || rise === undefined) return rise
    const decided =
      rise === 'regular'
        ? { ...(recorded?.selection(ordinal) ?? selectOrTry(this.#parts, this.#programs, ordinal)), ...this.#onLevel() }
        : rise
    const selected = { ...decided, seen: store.totals().finished }
    store.select(selected, clock.now())
    lineage.add(selected.ordinal, selected.parent)
    const { island, parent = 0 } = selected
    learning.get(selected.operator)?.add({ island, parent })
    if (selected.carried === undefined) bandit?.select(ordinal, selected)
    const attempts = recorded?.attempts(ordinal) ?? 0
    return { ...untouched, ...selected, attempts, stageRuns: outcomes?.(ordinal) ?? [] }
  }

  /** What the curriculum wants of a candidate: a program that is carried over, or nothing of its own. */
  #rise(ordinal: number): Exclude<Rise, Stop | { readonly commits: number }> | 'wait' | undefined {
    for (;;) {
      const rise = this.#rising?.next(ordinal, this.#programs) ?? 'regular'
      if (rise === 'regular' || 'ordinal' in rise) return rise
      if ('rule' in rise) {
        this.#stop = rise
        return undefined
      }
      // As they finish, commits come by themselves; in order, they may be ready and wait for their turn alone.
      if (this.#parts.schedule === undefined || !this.#commitUpTo(rise.commits)) return 'wait'
    }
  }

  /** The level that candidates are made for; the first one is not written down. */
  #onLevel(): { readonly level?: number } {
    const level = this.#parts.curriculum?.standing.level ?? 1
    return level === 1 ? {} : { level }
  }

  #reached(): Stop | undefined {
    const { problem, archive, curriculum, steering, stopRules } = this.#parts
    const { level, after } = curriculum?.standing ?? { level: 1, after: 0 }
    const isLast = level >= (curriculum?.levels.length ?? 1)
    // Before the last level they end the level, not the run.
    const { target, patience } = isLast
      ? { ...problem.goals, ...settingsOf(steering.log) }
      : { target: undefined, patience: undefined }
    const [objective] = problem.objectives
    if (objective === undefined) throw new InvariantError('a problem has at least one objective')
    return firstStop(stopRules, {
      used: this.#meter.totals(),
      callsOut: this.#meter.callsOut(),
      budget: this.#meter.budget(),
      goals: { target, patience },
      best: archive.level === level ? archive.best : undefined,
      since: after,
      objective,
      stopFile: steering.orders.stopFile(),
    })
  }

  /** Puts a candidate that the budget had no room for back in front, once another one is done and has settled. */
  async #roomFor(start: Departure): Promise<void> {
    await this.#somethingDone()
    const again = this.#parts.store.unfinished().find(({ ordinal }) => ordinal === start.ordinal)
    if (again !== undefined) this.#queue.unshift(again)
  }

  /** Resolves when a candidate in flight has come to rest. */
  #somethingDone(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  #drain(stop: Stop): void {
    const { sink, clock } = this.#parts
    this.#stop = stop
    const untilMs = longestWait(this.#parts)
    sink.emit({ type: 'draining', inFlight: this.#inFlight.size, untilMs })
    // A candidate may also wait for models that are down, and that has no end of its own.
    void clock.sleep(untilMs, this.#over.signal).then(() => this.#abort.abort())
  }

  async #watchOrders(): Promise<void> {
    const { clock } = this.#parts
    for (;;) {
      await clock.sleep(steeringEveryMs, this.#over.signal)
      if (this.#over.signal.aborted) return
      try {
        this.#takeOrders()
      } catch (error) {
        this.#broken.push(error)
        this.#stop ??= broke
      }
    }
  }

  #takeOrders(): void {
    const { orders } = this.#parts.steering
    for (const order of orders.take()) {
      noteOrder(this.#parts, order)
      if (order.kind === 'stop' && this.#stop === undefined) this.#drain(ordered)
      if (order.kind === 'set' && this.#stop === undefined && this.#working > 0) this.#openPlaces()
    }
    // A rule may stop a run whose corridors are all waiting; the stop file is one that somebody waits for.
    if (this.#stop === undefined && orders.stopFile() !== undefined) {
      const stop = this.#reached()
      if (stop !== undefined) this.#drain(stop)
    }
  }
}

/** Questions about one candidate that has been filed. */
interface Owed {
  readonly analyses: readonly DueAnalysis[]
  readonly request: InstructionRequest | undefined
}

/** What an earlier process left, candidate by candidate. */
function owedOf({ store, instructionRequests }: RunParts): Owed[] {
  const analyses = store.memory.due()
  const [last] = store.latestTrials(1)
  const requests = last?.finished === true ? (instructionRequests?.leftOpen(last.ordinal) ?? []) : []
  const ordinals = [...new Set([...analyses, ...requests].map(({ ordinal }) => ordinal))]
  return ordinals.flatMap((ordinal): Owed[] => {
    const [request, ...further] = requests.filter((each) => each.ordinal === ordinal)
    return [
      { analyses: analyses.filter((each) => each.ordinal === ordinal), request },
      ...further.map((each) => ({ analyses: [], request: each })),
    ]
  })
}

/** The longest that what is in flight may still take. */
function longestWait(parts: RunParts): number {
  const { problem } = parts
  return problem.limits.timeMs + (problem.llm.models.length > 0 ? problem.llm.deadlines.totalMs : 0)
}

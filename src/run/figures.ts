import { AxisWatch } from '../archive/axis-health.ts'
import { rawOf } from '../core/objective.ts'
import type { BudgetMeter } from './budget.ts'
import type { Commit } from './commit.ts'
import { firstOf, levelEndEvent, standingOf } from './curriculum.ts'
import type { Departure } from './evolve-candidate.ts'
import type { Progress } from './event-sink.ts'
import type { RunParts } from './parts.ts'

/** Keeps the run's figures and tells the sink. */
export class Figures {
  readonly #parts: RunParts
  readonly #meter: BudgetMeter
  readonly #failures: Record<string, number>
  readonly #startedAt: number
  #axes: AxisWatch
  /** The level whose figures these are, what the first program is there, and its value. */
  #level: number
  #firstOrdinal: number
  #first: number | undefined
  #finished = 0

  constructor(parts: RunParts, meter: BudgetMeter) {
    this.#parts = parts
    this.#meter = meter
    this.#failures = { ...parts.store.failureCounts() }
    this.#startedAt = parts.clock.now()
    this.#axes = watchOf(parts)
    this.#level = parts.archive.level
    this.#firstOrdinal = firstOn(parts, this.#level)
    this.#first = valueOf(parts, this.#firstOrdinal)
  }

  count(start: Departure, commit: Commit, inFlight: number): void {
    const { archive, sink, problem } = this.#parts
    this.#finished++
    const { ordinal, operator } = start
    if (archive.level > this.#level) this.#rise(archive.level)
    if (ordinal === this.#firstOrdinal && commit.ok) {
      this.#first = rawOf(problem.objectives, commit.evaluation.fitness)
    }
    if (commit.ok) {
      const value = rawOf(problem.objectives, commit.evaluation.fitness)
      const outcome = { ok: true, decision: commit.placement.decision, value } as const
      sink.emit({ type: 'finished-candidate', ordinal, operator, outcome })
      const { fitness, descriptors } = commit.evaluation
      for (const axis of this.#axes.note({ fitness, descriptors, clamped: commit.placement.clamped })) {
        sink.emit({ type: 'notice', message: `axis ${axis.descriptor}: ${axis.warning ?? ''}` })
      }
      if (commit.best) sink.emit({ type: 'new-best', ordinal, value, feedback: commit.evaluation.feedback })
    } else {
      this.#failures[commit.failure.kind] = (this.#failures[commit.failure.kind] ?? 0) + 1
      sink.emit({ type: 'finished-candidate', ordinal, operator, outcome: { ok: false, failure: commit.failure } })
    }
    sink.emit({ type: 'progress', progress: this.progress(inFlight - 1) })
  }

  /** Nothing of another level counts on this one. */
  #rise(level: number): void {
    this.#level = level
    this.#axes = watchOf(this.#parts)
    this.#firstOrdinal = firstOn(this.#parts, level)
    this.#first = valueOf(this.#parts, this.#firstOrdinal)
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

function watchOf({ problem }: RunParts): AxisWatch {
  return new AxisWatch(problem.archive.axes.map(({ descriptor }) => descriptor))
}

function valueOf({ store, problem }: RunParts, ordinal: number): number | undefined {
  const evaluation = store.evaluation(ordinal)
  return evaluation === undefined ? undefined : rawOf(problem.objectives, evaluation.fitness)
}

/** What the first program is on a level. */
function firstOn({ store, curriculum }: RunParts, level: number): number {
  if (curriculum === undefined || level === 1) return 0
  return firstOf(standingOf(store.events(levelEndEvent).slice(0, level - 1), []))
}

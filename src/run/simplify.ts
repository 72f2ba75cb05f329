import type { Problem } from '../config/problem.ts'
import type { Clock } from '../core/clock.ts'
import { UserError } from '../core/errors.ts'
import { describeFailure } from '../core/failure.ts'
import type { Measure, ObjectiveValues } from '../core/objective.ts'
import { runPipeline } from '../pipeline/executor.ts'
import type { Pipeline, StageCache } from '../pipeline/executor.ts'
import type { StageServices } from '../pipeline/stage.ts'
import type { RunStore } from '../store/run-store.ts'
import type { SimplifyAttempt, SimplifyEnding, SimplifyOutcome, SimplifyStore } from '../store/simplify-store.ts'
import { genomeLength } from '../variation/reduction.ts'
import { Simplification } from '../variation/simplification.ts'
import { faultsInARow } from './faults.ts'

/** What a simplification is put together from. */
export interface SimplifyParts {
  readonly problem: Problem
  readonly store: Pick<RunStore, 'program' | 'measures'> & { readonly simplifying: SimplifyStore }
  /** The program to shorten. */
  readonly ordinal: number
  /** Hash of what programs are judged by. */
  readonly key: string
  /** Most programs to try, those of earlier processes included; at least 1. */
  readonly most: number
  readonly pipeline: Pipeline
  readonly services: StageServices
  readonly cache: StageCache
  readonly clock: Clock
  readonly signal: AbortSignal
  /** Called after each attempt. */
  readonly progress: (state: Simplified) => void
}

/** A program with what it came to. */
interface Sized {
  readonly source: string
  /** Characters that may evolve. */
  readonly characters: number
  readonly objectives: ObjectiveValues
}

/** How far a simplification has come. */
export interface Simplified {
  readonly ordinal: number
  readonly before: Sized
  readonly after: Sized
  /** Shortened programs that were tried, and those of them that were as good. */
  readonly attempts: number
  readonly kept: number
  /** `undefined` while it goes on, and when it was interrupted. */
  readonly ended: SimplifyEnding | undefined
}

/**
 * Makes a program shorter for as long as no objective becomes worse by more than its noise, by delta debugging through the
 * run's own pipeline.
 *
 * Every verdict is on disk before the next attempt that depends on it, and an attempt that an earlier process evaluated is
 * not evaluated again. As many attempts as the concurrency allows are evaluated side by side; which are accepted does not
 * depend on that.
 *
 * @returns how far it has come; without an ending when the signal aborted.
 * @throws UserError when the program cannot be scored or read any more.
 * @throws EvaluatorFault when the evaluator breaks on several programs in a row.
 */
export async function simplifyProgram(parts: SimplifyParts): Promise<Simplified> {
  const { problem, store, clock, ordinal, most, signal } = parts
  const { source } = store.program(ordinal)
  const begun = Simplification.of(source, problem.program.language)
  if (!('next' in begun)) throw new UserError(`program ${String(ordinal)} cannot be read: ${describeFailure(begun)}`)
  const id = store.simplifying.open(ordinal, parts.key, clock.now())
  const judge = new Judge(parts, id)
  const first = await judge.outcome(source)
  if (!first.ok) {
    throw new UserError(`program ${String(ordinal)} fails now: ${describeFailure(first.failure)}: choose another one`)
  }
  store.simplifying.decide(id, source, true)
  const measures = store.measures()
  const before = { source, characters: genomeLength(source), objectives: first.objectives }
  let state: Simplified = { ordinal, before, after: before, attempts: 0, kept: 0, ended: undefined }
  while (state.attempts < most) {
    const batch = begun.next(Math.min(problem.search.concurrency, most - state.attempts))
    if (batch.length === 0) break
    const outcomes = await judge.all(batch.map((attempt) => attempt.source))
    if (signal.aborted) return state
    for (const [index, attempt] of batch.entries()) {
      const outcome = outcomes[index]
      if (outcome === undefined) break
      const asGood = outcome.ok && isNotWorse(measures, before.objectives, outcome.objectives)
      store.simplifying.decide(id, attempt.source, asGood)
      state = { ...state, attempts: state.attempts + 1 }
      if (!asGood) begun.refuse(attempt)
      else {
        begun.accept(attempt)
        const after = { source: attempt.source, characters: begun.length, objectives: outcome.objectives }
        state = { ...state, after, kept: state.kept + 1 }
      }
      parts.progress(state)
      // What was evaluated beside it started from the program that it replaces.
      if (asGood) break
    }
  }
  const ended = begun.next(1).length === 0 ? 'minimal' : 'candidates'
  store.simplifying.end(id, ended, clock.now())
  return { ...state, ended }
}

/** Whether no objective is worse than before by more than its noise; without noise, not at all. */
export function isNotWorse(measures: readonly Measure[], before: ObjectiveValues, after: ObjectiveValues): boolean {
  return measures.every(({ name, direction, noise }) => {
    const [from, to] = [before[name], after[name]]
    if (from === undefined || to === undefined) return false
    return direction === 'maximize' ? to >= from - noise : to <= from + noise
  })
}

/** Evaluates programs, each once. */
class Judge {
  readonly #parts: SimplifyParts
  readonly #id: number
  readonly #known: Map<string, SimplifyOutcome>
  readonly #faults: ReturnType<typeof faultsInARow>

  constructor(parts: SimplifyParts, id: number) {
    this.#parts = parts
    this.#id = id
    const earlier: readonly SimplifyAttempt[] = parts.store.simplifying.attempts(id)
    this.#known = new Map(earlier.map(({ source, outcome }) => [source, outcome]))
    this.#faults = faultsInARow(parts.problem.pipeline.pauseAfter)
  }

  /** Outcomes in the order of the sources; those that an abort kept from ending are not there. */
  async all(sources: readonly string[]): Promise<readonly (SimplifyOutcome | undefined)[]> {
    const settled = await Promise.allSettled(sources.map((source) => this.outcome(source)))
    const broken = settled.find((each) => each.status === 'rejected')
    if (broken !== undefined && !this.#parts.signal.aborted) throw broken.reason
    return settled.map((each) => (each.status === 'fulfilled' ? each.value : undefined))
  }

  async outcome(source: string): Promise<SimplifyOutcome> {
    const known = this.#known.get(source)
    if (known !== undefined) return known
    const { pipeline, services, cache, clock, signal, ordinal, store } = this.#parts
    const evaluated = await runPipeline(
      { ordinal, source },
      { pipeline, finished: [], clock, signal, services, cache, record: () => undefined },
    )
    this.#faults(evaluated)
    const outcome: SimplifyOutcome = evaluated.ok
      ? { ok: true, objectives: evaluated.scored.objectives }
      : { ok: false, failure: evaluated.failure }
    store.simplifying.record(this.#id, { source, characters: genomeLength(source), outcome }, clock.now())
    this.#known.set(source, outcome)
    return outcome
  }
}

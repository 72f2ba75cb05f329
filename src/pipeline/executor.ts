import type { Clock } from '../core/clock.ts'
import { EvaluatorFault, InfrastructureError, InvariantError } from '../core/errors.ts'
import type { Scored } from '../core/evaluation.ts'
import type { CandidateFailure } from '../core/failure.ts'
import type { Json } from '../core/json.ts'
import type { StageGraph, StageNode } from './graph.ts'
import type { ResourceSlots } from './resources.ts'
import { nextStep } from './schedule.ts'
import type { NodeEnding } from './schedule.ts'
import { mergedScore, valueIn } from './score.ts'
import type {
  EndedStage,
  Skipped,
  Stage,
  StageCandidate,
  StageContext,
  StageOutcome,
  StageRun,
  StageServices,
} from './stage.ts'

/** A pipeline that is ready to run: the graph and, position by position, its stages. */
export interface Pipeline {
  readonly graph: StageGraph
  readonly stages: readonly Stage[]
  readonly slots: ResourceSlots
}

/** What came of a candidate's trip through the stages: its whole score, or the failure that kept it from one. */
export type PipelineOutcome =
  | {
      readonly ok: true
      readonly scored: Scored
      /** One value per archive axis. */
      readonly descriptors: Readonly<Record<string, number>>
      /** By stage name. */
      readonly outputs: Readonly<Record<string, Json>>
    }
  | {
      readonly ok: false
      readonly stage: string
      readonly failure: CandidateFailure
      /** What the evaluator broke with, when the failure is ours. */
      readonly fault?: EvaluatorFault
    }

/** What the executor is given beside the candidate. */
export interface PipelineTrip {
  readonly pipeline: Pipeline
  /** Stages that an earlier process finished. Outputs that were not stored are computed again. */
  readonly finished: readonly StageRun[]
  readonly clock: Clock
  readonly signal: AbortSignal
  readonly services: StageServices
  /** Called the moment a stage has ended, before anything depends on it, with the stages it leaves without a chance. */
  readonly record: (runs: readonly EndedStage[]) => void
  /** The cache; without one every stage is computed. */
  readonly cache?: StageCache | undefined
}

/** Results of stages by the hash of what they depend on. */
export interface StageCache {
  /** Hexadecimal hash of a text. */
  hash(text: string): string
  /** A result of any candidate that others may take over. */
  find(key: string): StageOutcome | undefined
  /** A result of this very candidate, or `not-kept` when only its verdict is known. */
  own?(key: string): StageOutcome | 'not-kept' | undefined
}

/**
 * Runs the stages of one candidate until none is left that could run.
 *
 * A stage starts the moment everything it waits for has ended; stages that do not wait for each other run side by side.
 * One that an earlier process finished is not run again unless its output was not kept. The candidate succeeds when the
 * goal does.
 *
 * @throws whatever a stage throws, but an EvaluatorFault, which is an outcome; the other stages have then come to rest.
 */
export async function runPipeline(candidate: StageCandidate, trip: PipelineTrip): Promise<PipelineOutcome> {
  return new Trip(candidate, trip).finish()
}

class Trip {
  readonly #candidate: StageCandidate
  readonly #trip: PipelineTrip
  readonly #graph: StageGraph
  readonly #context: StageContext
  readonly #endings: (NodeEnding | undefined)[]
  readonly #outputs: (Json | undefined)[]
  readonly #outcomes: (StageOutcome | Skipped | undefined)[]
  readonly #faults = new Map<number, EvaluatorFault>()
  readonly #started = new Set<number>()
  readonly #running = new Map<number, Promise<number>>()

  constructor(candidate: StageCandidate, trip: PipelineTrip) {
    this.#candidate = candidate
    this.#trip = trip
    this.#graph = trip.pipeline.graph
    const { length } = this.#graph.nodes
    this.#endings = new Array<undefined>(length).fill(undefined)
    this.#outputs = new Array<undefined>(length).fill(undefined)
    this.#outcomes = new Array<undefined>(length).fill(undefined)
    this.#context = {
      ...trip.services,
      signal: trip.signal,
      value: (name) => valueIn(this.#graph, this.#outputs, name),
    }
  }

  async finish(): Promise<PipelineOutcome> {
    const hopeless = this.#skipHopeless()
    if (hopeless.length > 0) this.#trip.record(hopeless)
    for (;;) {
      this.#startReady()
      if (this.#running.size === 0) break
      await this.#oneEnds()
    }
    return this.#outcome()
  }

  #startReady(): void {
    for (const [position, node] of this.#graph.nodes.entries()) {
      if (this.#started.has(position)) continue
      if (nextStep(this.#graph, node, this.#endings, this.#context.value) !== 'run') continue
      this.#started.add(position)
      this.#running.set(
        position,
        this.#run(position, node).then(() => position),
      )
    }
  }

  async #oneEnds(): Promise<void> {
    try {
      this.#running.delete(await Promise.race(this.#running.values()))
    } catch (error) {
      await Promise.allSettled(this.#running.values())
      throw error
    }
  }

  async #run(position: number, node: StageNode): Promise<void> {
    const stage = this.#stage(position)
    const earlier = this.#trip.finished.find(
      ({ stage: name, version }) => name === stage.name && version === stage.version,
    )
    if (earlier !== undefined && !(earlier.outcome.ok === true && stage.keep === 'recompute')) {
      this.#ends(position, earlier.outcome, [])
      return
    }
    const inputs: Record<string, Json> = {}
    for (const { input, from } of node.needs) {
      const output = this.#outputs[from]
      if (output !== undefined) inputs[input] = output
    }
    const startedAt = this.#trip.clock.now()
    const key = this.#keyOf(stage, node, inputs)
    const shared = stage.reuse === 'shared' && node.declaration.cache
    const outcome = await this.#found(key, stage, shared, () => this.#computed(position, stage, node, inputs))
    const ours = outcome.ok === false && outcome.failure.kind === 'evaluator-threw'
    const durationMs = this.#trip.clock.now() - startedAt
    const ended: EndedStage = {
      stage: stage.name,
      version: stage.version,
      outcome,
      startedAt,
      durationMs,
      key: ours || outcome.ok === 'skipped' ? undefined : key,
      keep: stage.keep === 'elites' && durationMs >= worthKeepingMs ? 'stored' : stage.keep,
      shared,
    }
    this.#ends(position, outcome, earlier === undefined ? [ended] : [])
  }

  /** A result from the cache if there is one; of a cheap stage whose result is known the output is computed again. */
  async #found(
    key: string | undefined,
    stage: Stage,
    shared: boolean,
    compute: () => Promise<StageOutcome | Skipped>,
  ): Promise<StageOutcome | Skipped> {
    const { cache } = this.#trip
    if (key === undefined || cache === undefined) return compute()
    const known = cache.own?.(key) ?? (shared ? cache.find(key) : undefined)
    if (known === undefined) return compute()
    if (known !== 'not-kept') return { ...known, cached: true }
    const outcome = await compute()
    return outcome.ok === 'skipped' || stage.keep !== 'recompute' ? outcome : { ...outcome, cached: true }
  }

  #keyOf(stage: Stage, node: StageNode, inputs: Readonly<Record<string, Json>>): string | undefined {
    const { cache } = this.#trip
    if (cache === undefined || stage.reuse === 'never') return undefined
    const source = stage.readsSource ? this.#candidate.source : ''
    const values = node.mentions.length === 0 ? '' : JSON.stringify(node.mentions.map(this.#context.value))
    return cache.hash(`${stage.identity}\n${values}\n${JSON.stringify(inputs)}\n${source}`)
  }

  async #computed(
    position: number,
    stage: Stage,
    node: StageNode,
    inputs: Readonly<Record<string, Json>>,
  ): Promise<StageOutcome | Skipped> {
    const { slots } = this.#trip.pipeline
    const wait = slots.take(node.resource)
    if (wait !== undefined) await wait
    try {
      return await this.#tried(stage, node, inputs)
    } catch (error) {
      if (!(error instanceof EvaluatorFault)) throw error
      this.#faults.set(position, error)
      return { ok: false, failure: { kind: 'evaluator-threw', message: error.message } }
    } finally {
      slots.release(node.resource)
    }
  }

  async #tried(stage: Stage, node: StageNode, inputs: Readonly<Record<string, Json>>): Promise<StageOutcome | Skipped> {
    const { clock, signal } = this.#trip
    for (let left = node.declaration.retries; ; left--) {
      if (signal.aborted) throw new InfrastructureError('the evaluation was called off')
      try {
        return await this.#timed(stage, node, inputs)
      } catch (error) {
        if (!(error instanceof InfrastructureError) || left <= 0) throw error
        await clock.sleep(retryAfterMs, signal)
      }
    }
  }

  async #timed(stage: Stage, node: StageNode, inputs: Readonly<Record<string, Json>>): Promise<StageOutcome | Skipped> {
    const { timeoutMs } = node.declaration
    if (timeoutMs === undefined) return stage.run(this.#candidate, inputs, this.#context)
    const { clock, signal } = this.#trip
    const late = new AbortController()
    const done = new AbortController()
    const work = stage.run(this.#candidate, inputs, {
      ...this.#context,
      signal: AbortSignal.any([signal, late.signal]),
    })
    const timer = clock.sleep(timeoutMs, done.signal).then(() => 'late' as const)
    try {
      const first = await Promise.race([work, timer])
      if (first !== 'late') return first
      late.abort()
      work.catch(() => undefined)
      const message = `stage ${stage.name} took longer than ${String(timeoutMs)} ms`
      if (stage.late === 'evaluator') throw new EvaluatorFault(message)
      // What a filter was too slow to refuse goes on.
      if (stage.late === 'nobody')
        return node.shape.filter ? { ok: true, output: null } : { ok: 'skipped', reason: message }
      return { ok: false, failure: { kind: 'timed-out', message, limitMs: timeoutMs } }
    } finally {
      done.abort()
    }
  }

  /** Takes note of an end, and records it together with the skips that follow from it. */
  #ends(position: number, outcome: StageOutcome | Skipped, ended: readonly EndedStage[]): void {
    this.#outcomes[position] = outcome
    this.#endings[position] = outcome.ok === true ? 'success' : outcome.ok === false ? 'failure' : 'skipped'
    if (outcome.ok === true) this.#outputs[position] = outcome.output
    const runs = [...ended, ...this.#skipHopeless()]
    if (runs.length > 0) this.#trip.record(runs)
  }

  #skipHopeless(): EndedStage[] {
    const skipped: EndedStage[] = []
    for (const [position, node] of this.#graph.nodes.entries()) {
      if (this.#started.has(position)) continue
      const step = nextStep(this.#graph, node, this.#endings, this.#context.value)
      if (typeof step === 'string') continue
      this.#started.add(position)
      const outcome = { ok: 'skipped', reason: step.skip } as const
      this.#outcomes[position] = outcome
      this.#endings[position] = 'skipped'
      const { name, version } = this.#stage(position)
      const known = this.#trip.finished.some((run) => run.stage === name && run.version === version)
      const startedAt = this.#trip.clock.now()
      if (!known)
        skipped.push({ stage: name, version, outcome, startedAt, durationMs: 0, keep: 'recompute', shared: false })
    }
    return skipped
  }

  #outcome(): PipelineOutcome {
    const { nodes, goal } = this.#graph
    const descriptors = this.#outputs[goal]
    if (descriptors !== undefined) {
      const outputs = nodes.flatMap(({ declaration }, position) => {
        const output = this.#outputs[position]
        return output === undefined ? [] : [[declaration.name, output] as const]
      })
      return {
        ok: true,
        scored: mergedScore(this.#graph, this.#outputs),
        descriptors: descriptors as Readonly<Record<string, number>>,
        outputs: Object.fromEntries(outputs),
      }
    }
    return this.#kept(goal)
  }

  /** What kept a stage from its success: its own failure, that of one it waits for, or a condition. */
  #kept(position: number): PipelineOutcome {
    const outcome = this.#outcomes[position]
    const stage = this.#stage(position).name
    if (outcome?.ok === false) {
      const fault = this.#faults.get(position)
      return { ok: false, stage, failure: outcome.failure, ...(fault === undefined ? {} : { fault }) }
    }
    const node = this.#graph.nodes[position]
    const missed = [
      ...(node?.needs ?? []).filter(({ required }) => required).map(({ from }) => ({ from, on: 'success' as const })),
      ...(node?.after ?? []),
    ].find(({ from, on }) => on !== 'always' && this.#endings[from] !== on)
    if (missed !== undefined && this.#endings[missed.from] !== 'success') return this.#kept(missed.from)
    // A condition that lacks a value lacks it because a stage that would have given it failed.
    const failed = node?.after.find(({ from }) => this.#endings[from] === 'failure')
    if (failed !== undefined) return this.#kept(failed.from)
    if (outcome?.ok !== 'skipped') throw new InvariantError('the pipeline came to no end')
    return { ok: false, stage, failure: { kind: 'gated', message: `${stage} was skipped: ${outcome.reason}` } }
  }

  #stage(position: number): Stage {
    const stage = this.#trip.pipeline.stages[position]
    if (stage === undefined) throw new InvariantError(`the pipeline has no stage at ${String(position)}`)
    return stage
  }
}

/** A stage that took so long is kept for every program, in milliseconds. */
const worthKeepingMs = 1000

/** A moment for what is restarting to be there again, in milliseconds. */
const retryAfterMs = 200

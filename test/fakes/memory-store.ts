import type { FinishReason } from '../../src/llm/provider.ts'
import type { Budget } from '../../src/config/problem.ts'
import { InvariantError } from '../../src/core/errors.ts'
import type { Evaluation } from '../../src/core/evaluation.ts'
import type { CandidateFailure } from '../../src/core/failure.ts'
import type { Json } from '../../src/core/json.ts'
import type { Measure } from '../../src/core/objective.ts'
import type { Placement } from '../../src/core/placement.ts'
import type { EarlierChild, Program } from '../../src/core/program.ts'
import type { Prompt } from '../../src/core/prompt.ts'
import type { EndedStage, StageOutcome, StageRun } from '../../src/pipeline/stage.ts'
import type { InsightRef, InsightStore } from '../../src/store/insight-store.ts'
import type { ScheduleEntry } from '../../src/run/schedule.ts'
import type { LineageEntry } from '../../src/selection/lineage.ts'
import {
  analysisPurpose,
  makesText,
  checkMeasures,
  checkSelected,
  illegalMove,
  mayCall,
  movesFrom,
  onlyMigrations,
  ownDecision,
  rawValue,
  replyOf,
} from '../../src/store/candidate-moves.ts'
import type {
  Asked,
  CallEnding,
  CallOpening,
  CallStatus,
  CandidateState,
  NewChild,
  OperatorTrial,
  OperatorUse,
  RunIdentity,
  RunStore,
  Selected,
  Totals,
  Unfinished,
} from '../../src/store/run-store.ts'
import { finite, finiteOrNull, jsonText, moment } from '../../src/store/stored-json.ts'
import { memoryDuplicates, memoryDuplicateStore } from './memory-duplicates.ts'
import type { MemoryDuplicates } from './memory-duplicates.ts'
import type { DuplicateStore } from '../../src/store/duplicate-store.ts'
import { memoryInstructions, memoryInstructionStore, settleInstruction } from './memory-instructions.ts'
import type { MemoryInstructions } from './memory-instructions.ts'
import type { InstructionStore } from '../../src/store/instruction-store.ts'
import { joinTrial, memoryInsights, memoryInsightStore, settleInsights } from './memory-insights.ts'
import type { HoldoutScore, HoldoutStore } from '../../src/store/holdout-store.ts'
import type { RungEntry, RungStore } from '../../src/store/rung-store.ts'
import type { MemoryInsights } from './memory-insights.ts'

interface Candidate {
  readonly selected: Selected
  state: CandidateState
  prompt?: Prompt
  child?: NewChild
  stageRuns: StageRun[]
  /** Stages whose outputs go unless the archive takes the program. */
  elites: string[]
  evaluation?: Evaluation
  warmStart?: number
  failure?: CandidateFailure
  finished?: number | undefined
}

interface Call {
  readonly ordinal: number
  readonly attempt: number
  readonly purpose: string
  readonly model: string
  readonly question: string | undefined
  readonly template: Json
  status: CallStatus | 'open'
  tokens: number
  usd: number
  reply: { text: string; finish: FinishReason } | undefined
}

/** What a memory store keeps when its process "dies": open another store over it. */
export interface MemoryDisk {
  readonly identity: RunIdentity
  budget: Budget
  measures: readonly Measure[]
  readonly insights: MemoryInsights
  readonly candidates: Candidate[]
  readonly calls: Call[]
  readonly placements: Placement[]
  readonly sessions: { startedAt: number; lastSeenAt: number }[]
  readonly events: { kind: string; data: Json; at: number }[]
  readonly duplicates: MemoryDuplicates
  readonly instructions: MemoryInstructions
  readonly holdout: Map<number, HoldoutScore>
  readonly rungs: Map<string, RungEntry>
}

export function memoryDisk(identity: RunIdentity, budget: Budget): MemoryDisk {
  const measures = [{ ...identity.objective, noise: 0, repeats: 1 }]
  const empty = {
    candidates: [],
    calls: [],
    placements: [],
    sessions: [],
    events: [],
    duplicates: memoryDuplicates(),
    instructions: memoryInstructions(),
    holdout: new Map(),
    rungs: new Map(),
  }
  return { identity, budget, measures, insights: memoryInsights(), ...empty }
}

/** A run store in memory; what goes in is copied, so nothing that comes out can change it. */
export class MemoryStore implements RunStore {
  readonly disk: MemoryDisk
  readonly memory: InsightStore
  readonly holdout: HoldoutStore
  readonly duplicates: DuplicateStore
  readonly instructions: InstructionStore
  readonly rungs: RungStore
  #session: { startedAt: number; lastSeenAt: number } | undefined

  constructor(disk: MemoryDisk) {
    this.disk = disk
    this.memory = memoryInsightStore(disk)
    this.instructions = memoryInstructionStore(disk)
    this.duplicates = memoryDuplicateStore(disk.duplicates, disk.candidates, disk.calls)
    this.rungs = {
      enter: (entry, pass = 0) => {
        finite(entry.fitness, 'a fitness')
        disk.rungs.set(`${String(pass)}/${String(entry.ordinal)}/${entry.stage}`, entry)
      },
      filed: () =>
        [...disk.rungs]
          .flatMap(([key, entry]) => {
            const commit = entry.ordinal === 0 ? 0 : disk.candidates[entry.ordinal]?.finished
            return commit === undefined || !key.startsWith('0/')
              ? []
              : [{ ...entry, commit, level: disk.candidates[entry.ordinal]?.selected.level ?? 1 }]
          })
          .sort((one, other) => one.commit - other.commit),
    }
    this.holdout = {
      level: () => disk.placements.at(-1)?.level ?? 1,
      best: (count) =>
        disk.candidates
          .flatMap(({ state, evaluation, selected }, ordinal) =>
            state === 'placed' && evaluation !== undefined && (selected.level ?? 1) === this.holdout.level()
              ? [{ ordinal, fitness: evaluation.fitness }]
              : [],
          )
          .sort((one, other) => other.fitness - one.fitness || one.ordinal - other.ordinal)
          .slice(0, count)
          .map(({ ordinal }) => ordinal),
      scores: () => [...disk.holdout.values()].sort((one, other) => one.ordinal - other.ordinal),
      record: (score, now) => {
        moment(now)
        if (score.outcome.ok)
          rawValue(this.identity, { ...score.outcome, descriptors: {}, feedback: undefined, artifacts: {} })
        disk.holdout.set(score.ordinal, structuredClone(score))
      },
    }
  }

  get identity(): RunIdentity {
    return this.disk.identity
  }

  budget(): Budget {
    return this.disk.budget
  }

  setBudget(budget: Budget): void {
    for (const limit of Object.values(budget)) finiteOrNull(limit as number | undefined, 'a budget')
    this.disk.budget = { ...budget }
  }

  measures(): readonly Measure[] {
    return structuredClone(this.disk.measures)
  }

  setMeasures(measures: readonly Measure[]): void {
    checkMeasures(this.identity, measures)
    this.disk.measures = structuredClone(measures)
  }

  openSession(now: number): void {
    this.#session = { startedAt: moment(now), lastSeenAt: moment(now) }
    this.disk.sessions.push(this.#session)
  }

  touch(now: number): void {
    const at = moment(now)
    if (this.#session !== undefined) this.#session.lastSeenAt = Math.max(this.#session.lastSeenAt, at)
  }

  select(selected: Selected, now: number): void {
    checkSelected(selected, this.disk.candidates.length)
    moment(now)
    const { ordinal, island, operator, model, parent, inspirations, generation, seen, trial } = selected
    if (trial !== undefined) joinTrial(this.disk, ordinal, trial)
    this.disk.candidates.push({
      selected: {
        ...{ ordinal, island, operator, model, parent, inspirations: [...inspirations], generation, seen, trial },
        ...((selected.level ?? 1) > 1 ? { level: selected.level ?? 1 } : {}),
        ...(selected.carried === undefined ? {} : { carried: selected.carried }),
      },
      state: 'selected',
      stageRuns: [],
      elites: [],
    })
  }

  prompt(ordinal: number, prompt: Prompt, insights: readonly InsightRef[] = [], instruction?: number): void {
    const candidate = this.#movable(ordinal, 'prompted', 'be prompted')
    candidate.prompt = structuredClone(prompt)
    if (insights.length > 0) this.disk.insights.uses.set(ordinal, structuredClone(insights))
    if (instruction !== undefined) this.disk.instructions.uses.set(ordinal, { instruction })
    candidate.state = 'prompted'
  }

  openCall(call: CallOpening): number {
    const { ordinal, attempt, purpose, model, question } = call
    const state = this.disk.candidates[ordinal]?.state
    if (state === undefined || !mayCall(state, purpose)) throw illegalMove(ordinal, state, `call a model to ${purpose}`)
    if (this.disk.calls.some((other) => other.ordinal === ordinal && other.attempt === attempt)) {
      throw new InvariantError(`candidate ${String(ordinal)} has made attempt ${String(attempt)} already`)
    }
    jsonText(call.parameters, 'the parameters of a call')
    moment(call.startedAt)
    const tokens = finite(call.reservedTokens, 'the reserved tokens')
    const usd = finiteOrNull(call.reservedUsd, 'the reserved USD') ?? 0
    const { template = null } = call.parameters as { template?: Json }
    const opened = { ordinal, attempt, purpose, model, question, template }
    return this.disk.calls.push({ ...opened, status: 'open', tokens, usd, reply: undefined })
  }

  onDisk(): Promise<void> {
    return Promise.resolve()
  }

  closeCall(id: number, ending: CallEnding): void {
    const reply = replyOf(ending)
    const tokens = finite(ending.chargedTokens, 'the charged tokens')
    const usd = finiteOrNull(ending.chargedUsd, 'the charged USD') ?? 0
    moment(ending.endedAt)
    const call = this.disk.calls[id - 1]
    if (call?.status !== 'open') throw new InvariantError(`call ${String(id)} is not open`)
    Object.assign(call, { status: ending.status, tokens, usd, reply })
    const candidate = this.disk.candidates[call.ordinal]
    if (reply !== undefined && makesText(call.purpose) && candidate?.state === 'prompted') {
      candidate.state = 'replied'
    }
  }

  asked(ordinal: number, question: string): Asked {
    const calls = this.disk.calls.filter((call) => call.ordinal === ordinal)
    return {
      attempts: Math.max(0, ...calls.map(({ attempt }) => attempt)),
      reply: latestReply(calls.filter((call) => call.question === question && call.status === 'ok')),
    }
  }

  loseOpenCalls(now: number): number {
    moment(now)
    const open = this.disk.calls.filter(({ status }) => status === 'open')
    for (const call of open) call.status = 'lost'
    return open.length
  }

  patch(ordinal: number, child: NewChild): void {
    const stored = { ...child, traits: copy(child.traits, 'the traits'), change: copy(child.change, 'the change') }
    const candidate = this.#movable(ordinal, 'patched', 'be patched')
    candidate.child = stored
    candidate.state = 'patched'
  }

  beginEvaluation(ordinal: number, warmStart?: number): void {
    const candidate = this.#movable(ordinal, 'evaluating', 'be evaluated')
    candidate.state = 'evaluating'
    if (warmStart !== undefined) candidate.warmStart = warmStart
  }

  recordStages(ordinal: number, runs: readonly EndedStage[]): void {
    const candidate = this.disk.candidates[ordinal]
    const stored = runs.map(({ keep, shared: _, ...run }): StageRun => {
      finite(run.durationMs, 'a duration')
      const { outcome } = copy(run, 'a stage run')
      if (candidate?.state !== 'evaluating') throw illegalMove(ordinal, candidate?.state, `finish stage ${run.stage}`)
      if (candidate.stageRuns.some(({ stage, version }) => stage === run.stage && version === run.version)) {
        throw new InvariantError(`stage ${run.stage} of candidate ${String(ordinal)} has ended already`)
      }
      const kept = outcome.ok === true && keep === 'recompute' ? { ...outcome, output: null } : outcome
      return { ...run, outcome: kept, startedAt: moment(run.startedAt) }
    })
    candidate?.stageRuns.push(...stored)
    candidate?.elites.push(...runs.flatMap(({ keep, stage }) => (keep === 'elites' ? [stage] : [])))
  }

  stageResult(key: string): StageOutcome | undefined {
    for (const { stageRuns } of this.disk.candidates) {
      for (const { outcome, key: found } of stageRuns) {
        if (found !== key || outcome.ok === 'skipped') continue
        if (outcome.ok && outcome.output === null) continue
        return outcome.ok ? { ok: true, output: outcome.output } : { ok: false, failure: outcome.failure }
      }
    }
    return undefined
  }

  place(ordinal: number, evaluation: Evaluation, placements: readonly Placement[], now: number, analyse = false): void {
    ownDecision(ordinal, evaluation, placements)
    rawValue(this.identity, evaluation)
    this.#checkPlacements(placements)
    const stored = copy(evaluation, 'an evaluation')
    moment(now)
    const candidate = this.#movable(ordinal, 'placed', 'be placed')
    if (ownDecision(ordinal, evaluation, placements) === 'rejected') this.#dropElites(candidate)
    candidate.evaluation = { ...stored, feedback: evaluation.feedback }
    candidate.finished = this.totals().finished + 1
    candidate.state = 'placed'
    this.#finish(ordinal, placements, now, analyse)
  }

  fail(
    ordinal: number,
    failure: CandidateFailure,
    placements: readonly Placement[],
    now: number,
    analyse = false,
  ): void {
    onlyMigrations(placements)
    this.#checkPlacements(placements)
    const stored = copy(failure, 'a failure')
    moment(now)
    const candidate = this.#movable(ordinal, 'failed', 'fail')
    candidate.failure = stored
    this.#dropElites(candidate)
    candidate.finished = this.totals().finished + 1
    candidate.state = 'failed'
    this.#finish(ordinal, placements, now, analyse)
  }

  event(kind: string, data: Json, now: number): void {
    this.disk.events.push({ kind, data: copy(data, `event ${kind}`), at: moment(now) })
  }

  events(kind: string): readonly Json[] {
    return this.disk.events.filter((event) => event.kind === kind).map(({ data }) => structuredClone(data))
  }

  unfinished(): readonly Unfinished[] {
    return this.disk.candidates.flatMap(({ selected, state, prompt, child, stageRuns, warmStart }) => {
      if (state === 'placed' || state === 'failed') return []
      const calls = this.disk.calls.filter(({ ordinal }) => ordinal === selected.ordinal)
      const replies = calls.filter(({ status, purpose }) => status === 'ok' && makesText(purpose))
      return structuredClone([
        {
          ...selected,
          state,
          prompt,
          reply: latestReply(replies),
          check: latestReply(calls.filter(({ status, purpose }) => status === 'ok' && purpose === analysisPurpose)),
          attempts: Math.max(0, ...calls.map(({ attempt }) => attempt)),
          child: child === undefined ? undefined : { source: child.source, traits: child.traits },
          stageRuns,
          warmStart,
        },
      ])
    })
  }

  placements(): Iterable<Placement> {
    return structuredClone(this.disk.placements)
  }

  lineage(): Iterable<LineageEntry> {
    return this.disk.candidates.map(({ selected: { ordinal, parent }, state, evaluation }) => ({
      ordinal,
      parent,
      fitness: evaluation === undefined ? undefined : evaluation.fitness + 0,
      kept:
        state === 'placed'
          ? this.disk.placements.some(
              (made) => made.ordinal === ordinal && made.via === 'birth' && made.decision !== 'rejected',
            )
          : state === 'failed'
            ? false
            : undefined,
    }))
  }

  schedule(): Iterable<ScheduleEntry> {
    return this.disk.candidates
      .slice(1)
      .map(({ selected: { ordinal, seen }, finished }) => ({ ordinal, seen, finished }))
  }

  earlierChildren(parent: number, operator: string, seen: number): readonly EarlierChild[] {
    return this.disk.candidates
      .filter(
        ({ selected, finished, child }) =>
          selected.parent === parent &&
          selected.operator === operator &&
          finished !== undefined &&
          finished <= seen &&
          child !== undefined,
      )
      .toSorted((one, other) => (one.finished ?? 0) - (other.finished ?? 0))
      .map(({ child, evaluation }) => ({ detail: child?.change.detail, fitness: evaluation?.fitness }))
  }

  madeBy(operator: string): Iterable<OperatorUse> {
    return this.disk.candidates.flatMap(({ selected }) =>
      selected.operator === operator && selected.parent !== undefined
        ? [{ island: selected.island, parent: selected.parent }]
        : [],
    )
  }

  trial(ordinal: number): OperatorTrial {
    const candidate = this.disk.candidates[ordinal]
    if (candidate?.selected.parent === undefined) {
      throw new InvariantError(`there is no candidate ${String(ordinal)} with a parent`)
    }
    const { selected, state, evaluation, failure } = candidate
    const calls = this.disk.calls.filter((call) => call.ordinal === ordinal && makesText(call.purpose))
    return {
      ...{ ordinal, operator: selected.operator, model: selected.model },
      finished: state === 'placed' || state === 'failed',
      parentFitness: this.disk.candidates[candidate.selected.parent]?.evaluation?.fitness,
      fitness: evaluation?.fitness,
      failure: failure?.kind,
      tokens: calls.reduce((sum, { tokens }) => sum + tokens, 0),
      usd: calls.reduce((sum, { usd }) => sum + usd, 0),
    }
  }

  bestSibling(ordinal: number): number | undefined {
    const own = this.disk.candidates[ordinal]
    if (own?.finished === undefined) return undefined
    const before = own.finished
    const values = this.disk.candidates.flatMap(({ selected, finished = Infinity, evaluation }) =>
      selected.parent === own.selected.parent && selected.operator === own.selected.operator && finished < before
        ? (evaluation?.fitness ?? [])
        : [],
    )
    return values.length === 0 ? undefined : Math.max(...values)
  }

  latestTrials(most: number): readonly OperatorTrial[] {
    const children = this.disk.candidates.slice(1)
    const ended = children
      .filter(({ finished }) => finished !== undefined)
      .toSorted((one, other) => (one.finished ?? 0) - (other.finished ?? 0))
      .slice(-most)
    const pending = children.filter(({ state }) => state !== 'placed' && state !== 'failed')
    return [...ended, ...pending].map(({ selected }) => this.trial(selected.ordinal))
  }

  totals(): Totals {
    const { candidates, calls, sessions } = this.disk
    const ended = candidates.filter(({ state }) => state === 'placed' || state === 'failed')
    return {
      selected: Math.max(0, candidates.length - 1),
      finished: ended.filter(({ selected }) => selected.ordinal > 0).length,
      tokens: calls.reduce((sum, { tokens }) => sum + tokens, 0),
      usd: calls.reduce((sum, { usd }) => sum + usd, 0),
      elapsedMs: sessions.reduce((sum, { startedAt, lastSeenAt }) => sum + lastSeenAt - startedAt, 0),
    }
  }

  program(ordinal: number): Program {
    const candidate = this.disk.candidates[ordinal]
    if (candidate?.child === undefined) throw new InvariantError(`there is no program ${String(ordinal)} with a source`)
    const { generation, island, operator, level = 1 } = candidate.selected
    const { source, traits } = candidate.child
    const program = { ordinal, source, generation, island, operator, traits: { ...traits } }
    return level > 1 ? { ...program, level } : program
  }

  stageOutput(ordinal: number, stage: string): Json | undefined {
    const outcome = this.disk.candidates[ordinal]?.stageRuns.findLast((run) => run.stage === stage)?.outcome
    return outcome?.ok === true ? structuredClone(outcome.output ?? undefined) : undefined
  }

  evaluation(ordinal: number): Evaluation | undefined {
    return structuredClone(this.disk.candidates[ordinal]?.evaluation)
  }

  failureCounts(): Readonly<Record<string, number>> {
    const counts: Record<string, number> = {}
    for (const { failure } of this.disk.candidates) {
      if (failure !== undefined) counts[failure.kind] = (counts[failure.kind] ?? 0) + 1
    }
    return counts
  }

  close(): void {
    this.#session = undefined
  }

  #movable(ordinal: number, to: keyof typeof movesFrom, verb: string): Candidate {
    const candidate = this.disk.candidates[ordinal]
    if (candidate === undefined || !(movesFrom[to] as readonly CandidateState[]).includes(candidate.state)) {
      throw illegalMove(ordinal, candidate?.state, verb)
    }
    return candidate
  }

  #dropElites({ elites, stageRuns }: Candidate): void {
    for (const [index, run] of stageRuns.entries()) {
      const { outcome } = run
      if (elites.includes(run.stage) && outcome.ok === true) {
        stageRuns[index] = { ...run, outcome: { ...outcome, output: null } }
      }
    }
  }

  #checkPlacements(placements: readonly Placement[]): void {
    for (const { ordinal, fitness } of placements) {
      finite(fitness, 'a fitness')
      if (this.disk.candidates[ordinal] === undefined)
        throw new InvariantError(`there is no program ${String(ordinal)}`)
    }
  }

  #finish(ordinal: number, placements: readonly Placement[], now: number, analyse: boolean): void {
    settleInsights(this.disk, ordinal)
    settleInstruction(this.disk, ordinal)
    if (analyse) this.disk.insights.analyses.set(ordinal, 'due')
    this.disk.placements.push(...placements.map((placement) => ({ ...placement, fitness: placement.fitness + 0 })))
    this.touch(now)
  }
}

/** A copy as JSON gives it back: what any store that writes would return. */
function copy<T extends object | Json>(value: T, what: string): T {
  return JSON.parse(jsonText(value, what)) as T
}

function latestReply(replies: readonly Call[]): Unfinished['reply'] {
  const latest = replies.toSorted((one, other) => one.attempt - other.attempt).at(-1)
  return latest?.reply === undefined ? undefined : { ...latest.reply, purpose: latest.purpose }
}

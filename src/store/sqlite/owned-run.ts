import { hash } from 'node:crypto'
import type { Database } from 'better-sqlite3'
import type { Budget } from '../../config/problem.ts'
import { InvariantError } from '../../core/errors.ts'
import type { Evaluation } from '../../core/evaluation.ts'
import type { CandidateFailure } from '../../core/failure.ts'
import type { Json } from '../../core/json.ts'
import type { Measure } from '../../core/objective.ts'
import type { Placement } from '../../core/placement.ts'
import type { EarlierChild, Program } from '../../core/program.ts'
import type { Prompt } from '../../core/prompt.ts'
import type { EndedStage, StageOutcome } from '../../pipeline/stage.ts'
import type { ScheduleEntry } from '../../run/schedule.ts'
import type { LineageEntry } from '../../selection/lineage.ts'
import {
  checkMeasures,
  checkSelected,
  illegalMove,
  keptReadded,
  mayCall,
  onlyMigrations,
  ownDecision,
  rawValue,
  replyOf,
} from '../candidate-moves.ts'
import type { InsightRef, InsightStore } from '../insight-store.ts'
import { partsOf } from '../prompt-parts.ts'
import type { DuplicateStore } from '../duplicate-store.ts'
import type { InstructionStore } from '../instruction-store.ts'
import type { HoldoutStore } from '../holdout-store.ts'
import type { RescoreStore } from '../rescore-store.ts'
import type { RungStore } from '../rung-store.ts'
import type { SimplifyStore } from '../simplify-store.ts'
import type {
  Asked,
  CallEnding,
  CallOpening,
  NewChild,
  OperatorTrial,
  OperatorUse,
  RunIdentity,
  RunStore,
  Selected,
  Totals,
  Unfinished,
} from '../run-store.ts'
import { finite, finiteOrNull, jsonText, moment } from '../stored-json.ts'
import { synced } from './connection.ts'
import { LogSync } from './log-sync.ts'
import { guardedMemory, prepareInsightQuestions, prepareInsightRows } from './insight-rows.ts'
import type { InsightRows } from './insight-rows.ts'
import { placementColumns } from './columns.ts'
import type { RunLock } from './lock.ts'
import { prepareQuestions } from './questions.ts'
import type { Questions } from './questions.ts'
import { sqliteDuplicates } from './duplicates.ts'
import { prepareInstructionRows, sqliteInstructions } from './instruction-rows.ts'
import type { InstructionRows } from './instruction-rows.ts'
import { sqliteHoldout } from './holdout.ts'
import { guarded, guardedEach, translated } from './sqlite-errors.ts'
import { sqliteRescoring } from './rescoring.ts'
import { sqliteRungs } from './rungs.ts'
import { sqliteSimplifying } from './simplifying.ts'
import { stageOutcomeOf } from './rows.ts'
import { StageRows } from './stage-rows.ts'
import { prepareStatements } from './statements.ts'
import type { Bound, Statements, Write } from './statements.ts'

/** The figures that budgets are checked against, kept in memory so that asking for them costs nothing. */
interface Running {
  budget: Budget
  next: number
  finished: number
  tokens: number
  usd: number
  /** Wall time of the sessions before this process's own. */
  earlierMs: number
  session: { readonly id: number; readonly startedAt: number; lastSeenAt: number } | undefined
  readonly failures: Map<string, number>
}

/** A run's store in one SQLite file. Figures in memory change only after their transaction is committed. */
export class SqliteRunStore implements RunStore {
  readonly identity: RunIdentity
  readonly memory: InsightStore
  readonly rescoring: RescoreStore
  readonly holdout: HoldoutStore
  readonly instructions: InstructionStore
  readonly duplicates: DuplicateStore
  readonly rungs: RungStore
  readonly simplifying: SimplifyStore
  readonly #db: Database
  readonly #file: string
  readonly #lock: RunLock
  readonly #log: LogSync
  readonly #sql: Statements
  readonly #ask: Questions
  readonly #insights: InsightRows
  readonly #instructions: InstructionRows
  readonly #stages: StageRows
  readonly #transact: (work: () => void) => void
  readonly #running: Running

  constructor(db: Database, file: string, lock: RunLock) {
    this.#db = db
    this.#file = file
    this.#lock = lock
    this.#log = new LogSync(file)
    this.#sql = prepareStatements(db)
    this.#ask = prepareQuestions(db)
    this.#insights = prepareInsightRows(db)
    this.#instructions = prepareInstructionRows(db)
    this.#stages = new StageRows(this.#sql)
    this.#transact = db.transaction((work: () => void) => work())
    this.identity = this.#ask.identity()
    const rescoring = sqliteRescoring(db, file, this.identity)
    this.rescoring = {
      ...rescoring,
      adopt: (pass, ...decided) => {
        rescoring.adopt(pass, ...decided)
        this.#stages.pass = pass
      },
    }
    this.instructions = sqliteInstructions(db, file)
    this.holdout = sqliteHoldout(db, file, this.identity)
    this.duplicates = sqliteDuplicates(db, file)
    this.rungs = sqliteRungs(db, file)
    this.simplifying = sqliteSimplifying(db, file, this.identity)
    this.memory = {
      ...guardedMemory(file, prepareInsightQuestions(db)),
      learn: (...learned) => this.#write(() => this.#insights.learn(...learned)),
      add: (...insights) => this.#write(() => this.#insights.add(...insights)),
      setStatus: (...change) => this.#write(() => this.#insights.setStatus(...change)),
      refine: (...version) => this.#write(() => this.#insights.refine(...version)),
      endTrial: (...ending) => this.#write(() => this.#insights.endTrial(...ending)),
    }
    const { next, finished, tokens, usd, elapsedMs } = this.#ask.totals()
    const failures = new Map(Object.entries(this.#ask.failureCounts()))
    const budget = this.#ask.budget()
    this.#running = { budget, next, finished, tokens, usd, earlierMs: elapsedMs, session: undefined, failures }
  }

  budget(): Budget {
    return this.#running.budget
  }

  setBudget(budget: Budget): void {
    this.#write(() => this.#sql.setBudget.run(...budgetColumns(budget)))
    this.#running.budget = this.#read(() => this.#ask.budget())
  }

  measures(): readonly Measure[] {
    return this.#read(() => this.#ask.measures())
  }

  setMeasures(measures: readonly Measure[]): void {
    checkMeasures(this.identity, measures)
    this.#write(() => {
      this.#sql.dropMeasures.run()
      for (const [position, { name, direction, noise, repeats }] of measures.entries()) {
        this.#sql.measure.run(position, name, direction, noise, repeats)
      }
    })
  }

  openSession(now: number): void {
    const startedAt = moment(now)
    let id = 0
    this.#write(() => {
      id = Number(this.#sql.openSession.run(startedAt, startedAt).lastInsertRowid)
    })
    this.#running.earlierMs = this.totals().elapsedMs
    this.#running.session = { id, startedAt, lastSeenAt: startedAt }
  }

  touch(now: number): void {
    this.#write(() => this.#extendSession(now))
    this.#seen(now)
  }

  select(selected: Selected, now: number): void {
    checkSelected(selected, this.#running.next)
    const { ordinal, island, operator, model, parent, inspirations, generation, seen, trial, level, carried } = selected
    this.#write(() => {
      this.#sql.select.run(ordinal, island, operator, model ?? null, generation, seen, moment(now), level ?? 1)
      if (parent !== undefined) this.#sql.edge.run(ordinal, 0, parent, 'parent')
      if (carried !== undefined) this.#sql.carry.run(ordinal, carried)
      for (const [index, other] of inspirations.entries()) this.#sql.edge.run(ordinal, index + 1, other, 'inspiration')
      if (trial !== undefined) this.#insights.join(ordinal, trial, now)
    })
    this.#running.next = ordinal + 1
  }

  prompt(ordinal: number, prompt: Prompt, insights: readonly InsightRef[] = [], instruction?: number): void {
    this.#write(() => {
      this.#move(this.#sql.toPrompted, ordinal, 'be prompted')
      this.#sql.prompt.run(ordinal, prompt.template, this.#textId(prompt.system))
      for (const [position, { section, text, shown }] of partsOf(prompt).entries()) {
        this.#sql.promptPart.run(ordinal, position, section ?? null, shown ? 1 : 0, this.#textId(text))
      }
      this.#insights.use(ordinal, insights)
      if (instruction !== undefined) this.#instructions.use(ordinal, instruction)
    })
  }

  openCall(call: CallOpening): number {
    const tokens = finite(call.reservedTokens, 'the reserved tokens')
    const usd = finiteOrNull(call.reservedUsd, 'the reserved USD')
    let id = 0
    this.#write(() => {
      const state = this.#sql.stateOf.get(call.ordinal)
      if (state === undefined || !mayCall(state, call.purpose)) {
        throw illegalMove(call.ordinal, state, `call a model to ${call.purpose}`)
      }
      const { ordinal, attempt, provider, model, purpose, question = null } = call
      const parameters = jsonText(call.parameters, 'the parameters of a call')
      id = Number(
        this.#sql.openCall.run(
          ...[ordinal, attempt, provider, model, purpose, question, parameters],
          ...[tokens, usd, tokens, usd, moment(call.startedAt)],
        ).lastInsertRowid,
      )
    })
    this.#spend(tokens, usd)
    return id
  }

  closeCall(id: number, ending: CallEnding): void {
    const reply = replyOf(ending)
    const tokens = finite(ending.chargedTokens, 'the charged tokens')
    const usd = finiteOrNull(ending.chargedUsd, 'the charged USD')
    const call = this.#read(() => this.#sql.openCallRow.get(id))
    if (call === undefined) throw new InvariantError(`call ${String(id)} is not open`)
    this.#write(() => {
      const replied = [reply?.text ?? ending.reply ?? null, ending.finish ?? null, ending.error ?? null]
      const endedAt = moment(ending.endedAt)
      this.#sql.closeCall.run(ending.status, ...replied, ...usageColumns(ending), tokens, usd, endedAt, id)
      if (reply !== undefined) this.#sql.toReplied.run(call.ordinal, call.purpose)
    })
    this.#spend(tokens - call.tokens, (usd ?? 0) - (call.usd ?? 0))
  }

  async onDisk(): Promise<void> {
    try {
      await this.#log.onDisk()
    } catch (error) {
      throw translated(this.#file, error)
    }
  }

  asked(ordinal: number, question: string): Asked {
    return this.#read(() => this.#ask.asked(ordinal, question))
  }

  loseOpenCalls(now: number): number {
    let lost = 0
    this.#writeSynced(() => {
      lost = this.#sql.loseOpenCalls.run(moment(now)).changes
    })
    return lost
  }

  patch(ordinal: number, child: NewChild): void {
    const traits = jsonText(child.traits, 'the traits')
    const { summary, detail } = child.change
    this.#write(() => {
      const source = this.#sourceId(child.source)
      const changeDetail = detail === undefined ? null : jsonText(detail, 'the change')
      this.#move(
        this.#sql.toPatched,
        ordinal,
        'be patched',
        source,
        traits === '{}' ? null : traits,
        summary,
        changeDetail,
      )
      for (const [position, { line, removed, added }] of (child.hunks ?? []).entries()) {
        this.#sql.hunk.run(ordinal, position, line, removed, added)
      }
      if (child.lines === undefined) return
      const { added, readded } = child.lines
      this.#sql.addedLines.run(ordinal, added, readded.length)
      for (const [position, { line, removedBy }] of readded.slice(0, keptReadded).entries()) {
        this.#sql.readdedLine.run(ordinal, position, line, removedBy)
      }
    })
  }

  beginEvaluation(ordinal: number, warmStart?: number): void {
    this.#write(() => {
      this.#move(this.#sql.toEvaluating, ordinal, 'be evaluated')
      if (warmStart !== undefined) this.#sql.warmStart.run(ordinal, warmStart)
    })
    this.#stages.begin(ordinal)
  }

  recordStages(ordinal: number, runs: readonly EndedStage[]): void {
    const rows = this.#stages.take(ordinal, runs)
    if (rows === undefined) {
      const state = this.#read(() => this.#sql.stateOf.get(ordinal))
      throw illegalMove(ordinal, state, `finish stage ${runs[0]?.stage ?? ''}`)
    }
    if (rows.length === 0) return
    this.#write(() => this.#stages.write(ordinal, rows, true))
    this.#stages.wrote(ordinal, rows.length)
  }

  stageResult(key: string): StageOutcome | undefined {
    const row = this.#read(() => this.#sql.stageResult.get(Buffer.from(key, 'hex')))
    return row === undefined ? undefined : stageOutcomeOf(row)
  }

  place(ordinal: number, evaluation: Evaluation, placements: readonly Placement[], now: number, analyse = false): void {
    const decision = ownDecision(ordinal, evaluation, placements)
    const fitness = finite(evaluation.fitness, 'a fitness')
    const value = rawValue(this.identity, evaluation)
    this.#write(() => {
      this.#stages.write(ordinal, this.#stages.heldOf(ordinal), decision !== 'rejected')
      this.#move(this.#sql.toPlaced, ordinal, 'be placed', value, fitness, decision, this.#nth(ordinal), moment(now))
      this.#writeEvaluation(ordinal, evaluation, fitness, value)
      for (const placement of placements) this.#writePlacement(placement, ordinal)
      if (decision === 'rejected') this.#stages.dropLarge(ordinal)
      this.#insights.settle(ordinal, now)
      this.#instructions.settle(ordinal, this.#nth(ordinal))
      if (analyse) this.#insights.due(ordinal)
      this.#extendSession(now)
    })
    this.#stages.end(ordinal)
    this.#finished(ordinal, now)
  }

  fail(
    ordinal: number,
    failure: CandidateFailure,
    placements: readonly Placement[],
    now: number,
    analyse = false,
  ): void {
    onlyMigrations(placements)
    const text = jsonText(failure, 'a failure')
    this.#write(() => {
      this.#stages.write(ordinal, this.#stages.heldOf(ordinal), false)
      this.#move(this.#sql.toFailed, ordinal, 'fail', failure.kind, text, this.#nth(ordinal), moment(now))
      for (const placement of placements) this.#writePlacement(placement, ordinal)
      this.#stages.dropLarge(ordinal)
      this.#insights.settle(ordinal, now)
      this.#instructions.settle(ordinal, this.#nth(ordinal))
      if (analyse) this.#insights.due(ordinal)
      this.#extendSession(now)
    })
    this.#stages.end(ordinal)
    const { failures } = this.#running
    failures.set(failure.kind, (failures.get(failure.kind) ?? 0) + 1)
    this.#finished(ordinal, now)
  }

  event(kind: string, data: Json, now: number): void {
    this.#write(() => this.#sql.event.run(moment(now), kind, jsonText(data, `event ${kind}`)))
  }

  events(kind: string): readonly Json[] {
    return this.#read(() => this.#ask.events(kind))
  }

  unfinished(): readonly Unfinished[] {
    this.#writeHeld()
    return this.#read(() => this.#ask.unfinished())
  }

  placements(): Iterable<Placement> {
    return guardedEach(this.#file, this.#ask.placements())
  }

  lineage(): Iterable<LineageEntry> {
    return guardedEach(this.#file, this.#ask.lineage())
  }

  schedule(): Iterable<ScheduleEntry> {
    return guardedEach(this.#file, this.#ask.schedule())
  }

  earlierChildren(parent: number, operator: string, seen: number): readonly EarlierChild[] {
    return this.#read(() => this.#ask.earlierChildren(parent, operator, seen))
  }

  madeBy(operator: string): Iterable<OperatorUse> {
    return guardedEach(this.#file, this.#ask.madeBy(operator))
  }

  trial(ordinal: number): OperatorTrial {
    return this.#read(() => this.#ask.trial(ordinal))
  }

  bestSibling(ordinal: number): number | undefined {
    return this.#read(() => this.#ask.bestSibling(ordinal))
  }

  latestTrials(most: number): readonly OperatorTrial[] {
    return this.#read(() => this.#ask.latestTrials(most))
  }

  totals(): Totals {
    const { next, finished, tokens, usd, earlierMs, session } = this.#running
    const ownMs = session === undefined ? 0 : session.lastSeenAt - session.startedAt
    return { selected: Math.max(0, next - 1), finished, tokens, usd, elapsedMs: earlierMs + ownMs }
  }

  program(ordinal: number): Program {
    return this.#read(() => this.#ask.program(ordinal))
  }

  stageOutput(ordinal: number, stage: string): Json | undefined {
    return this.#read(() => this.#ask.stageOutput(ordinal, stage))
  }

  evaluation(ordinal: number): Evaluation | undefined {
    return this.#read(() => this.#ask.evaluation(ordinal))
  }

  failureCounts(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#running.failures)
  }

  close(): void {
    this.#log.close()
    try {
      this.#writeHeld()
    } finally {
      this.#closeFile()
    }
  }

  #closeFile(): void {
    try {
      guarded(this.#file, () => this.#db.close())
    } finally {
      this.#lock.release()
    }
  }

  #read<T>(question: () => T): T {
    return guarded(this.#file, question)
  }

  #write(work: () => void): void {
    guarded(this.#file, () => this.#transact(work))
  }

  #writeSynced(work: () => void): void {
    guarded(this.#file, () => synced(this.#db, () => this.#transact(work)))
  }

  #move(statement: Write, ordinal: number, verb: string, ...columns: Bound[]): void {
    if (statement.run(...columns, ordinal).changes === 0)
      throw illegalMove(ordinal, this.#sql.stateOf.get(ordinal), verb)
  }

  #sourceId(text: string): number {
    const key = sha256(text)
    return this.#sql.sourceId.get(key) ?? Number(this.#sql.source.run(key, text).lastInsertRowid)
  }

  #textId(text: string): number {
    const key = sha256(text)
    return this.#sql.textId.get(key) ?? Number(this.#sql.text.run(key, text).lastInsertRowid)
  }

  #writeEvaluation(ordinal: number, evaluation: Evaluation, fitness: number, value: number): void {
    const { objectives, descriptors, scores, feedback, artifacts } = evaluation
    this.#sql.evaluation.run(
      ordinal,
      fitness,
      value,
      jsonText(objectives, 'the objectives'),
      jsonText(descriptors, 'the descriptors'),
      Object.keys(scores).length === 0 ? null : jsonText(scores, 'the scores'),
      feedback ?? null,
    )
    for (const [name, artifact] of Object.entries(artifacts)) {
      this.#sql.artifact.run(ordinal, name, jsonText(artifact, `artifact ${name}`))
    }
  }

  #writePlacement(placement: Placement, committedBy: number): void {
    this.#sql.placement.run(...placementColumns(placement, committedBy))
  }

  /** What a clean end would otherwise have the next process compute again. */
  #writeHeld(): void {
    const waiting = this.#stages.waiting().map((ordinal) => ({ ordinal, rows: this.#stages.heldOf(ordinal) }))
    if (waiting.length === 0) return
    this.#write(() => waiting.forEach(({ ordinal, rows }) => this.#stages.write(ordinal, rows, true)))
    for (const { ordinal, rows } of waiting) this.#stages.wrote(ordinal, rows.length)
  }

  #extendSession(now: number): void {
    const at = moment(now)
    const { session } = this.#running
    // A clock that was set back takes nothing away.
    if (session !== undefined) this.#sql.touch.run(Math.max(session.lastSeenAt, at), session.id)
  }

  #seen(now: number): void {
    const { session } = this.#running
    if (session !== undefined) session.lastSeenAt = Math.max(session.lastSeenAt, moment(now))
  }

  /** Which commit of the run this candidate is; the first program is none of them. */
  #nth(ordinal: number): number {
    return ordinal === 0 ? 0 : this.#running.finished + 1
  }

  #finished(ordinal: number, now: number): void {
    if (ordinal > 0) this.#running.finished++
    this.#seen(now)
  }

  #spend(tokens: number, usd: number | null): void {
    this.#running.tokens += tokens
    this.#running.usd += usd ?? 0
  }
}

function sha256(text: string): Uint8Array {
  return hash('sha256', text, 'buffer')
}

function usageColumns({ usage }: CallEnding): Bound[] {
  return [
    finiteOrNull(usage?.input, 'the input tokens'),
    finiteOrNull(usage?.output, 'the output tokens'),
    finiteOrNull(usage?.cached, 'the cached tokens'),
    finiteOrNull(usage?.cacheWrites, 'the cache writes'),
    finiteOrNull(usage?.reasoning, 'the reasoning tokens'),
  ]
}

/** The budget columns of `runs`, in their order. */
export function budgetColumns(budget: Budget): Bound[] {
  return [
    finiteOrNull(budget.candidates, 'the budget of candidates'),
    finiteOrNull(budget.usd, 'the budget in USD'),
    finiteOrNull(budget.tokens, 'the budget of tokens'),
    finiteOrNull(budget.wallMs, 'the budget of wall time'),
  ]
}

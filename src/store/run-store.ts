import type { Evaluation } from '../core/evaluation.ts'
import type { CandidateFailure, FailureKind } from '../core/failure.ts'
import type { Json } from '../core/json.ts'
import type { Library } from '../core/library.ts'
import type { Measure, Objective } from '../core/objective.ts'
import type { Placement } from '../core/placement.ts'
import type { AddedLines, Change, EarlierChild, LineChange, Program, Traits } from '../core/program.ts'
import type { Prompt } from '../core/prompt.ts'
import type { Budget } from '../config/problem.ts'
import type { FinishReason, TokenUsage } from '../llm/provider.ts'
import type { EndedStage, StageOutcome, StageRun } from '../pipeline/stage.ts'
import type { InsightRef, InsightStore, TrialMember } from './insight-store.ts'
import type { DuplicateStore } from './duplicate-store.ts'
import type { InstructionStore } from './instruction-store.ts'
import type { HoldoutStore } from './holdout-store.ts'
import type { RungStore } from './rung-store.ts'
import type { StoredReply } from './stored-reply.ts'
import type { ScheduleEntry } from '../run/schedule.ts'
import type { LineageEntry } from '../selection/lineage.ts'

/** What a run is, written once when it is created. */
export interface RunIdentity {
  readonly name: string
  /** Integer from 0 to 2^32 - 1; every random draw of the run follows from it. */
  readonly seed: number
  /** Milliseconds since the Unix epoch. */
  readonly createdAt: number
  /** Version of this package that created the run. */
  readonly version: string
  /** Absolute path of the problem file when the run was created. */
  readonly problemFile: string
  /** The effective configuration as YAML: defaults filled in, secrets left as `${NAME}`. */
  readonly config: string
  /** SHA-256 of the evaluator's own files. */
  readonly evaluatorHash: string
  /** SHA-256 of the first program. */
  readonly programHash: string
  /** What candidates may import, as it was installed when the run began. */
  readonly libraries: readonly Library[]
  /** How candidates are called and what they must return, as prompts tell it; empty when nothing is known. */
  readonly contract: string
  /** `false` when candidates have a clock, so that the same seed may give another run. */
  readonly reproducible: boolean
  /** The first objective: the one whose raw value stands beside the fitness in tables and views. */
  readonly objective: Objective
}

/**
 * Kind of the event that closes a process's work on a run. Its data has `interrupted`: `false` means that the run's
 * budget was used up, so there is nothing to resume. A process that crashed leaves none.
 */
export const endingEvent = 'ended'

/** Where a candidate stands. Every state but the last two is left again, also after a crash. */
export type CandidateState = 'selected' | 'prompted' | 'replied' | 'patched' | 'evaluating' | 'placed' | 'failed'

/** The decision to make one candidate. */
export interface Selected {
  /** 0 for the first program, then 1, 2, 3 ... without a gap. */
  readonly ordinal: number
  readonly island: number
  readonly operator: string
  /** Index into the configured models; `undefined` when the operator needs none. */
  readonly model: string | undefined
  /** `undefined` for the first program, and for what is carried to the next level of the curriculum. */
  readonly parent: number | undefined
  readonly inspirations: readonly number[]
  /** Depth in the parent graph. */
  readonly generation: number
  /** Commits that the decision took into account, the first program's aside. */
  readonly seen: number
  /** Its part in the trial of an insight, where it has one; the first member begins the trial. */
  readonly trial?: TrialMember | undefined
  /** Level of the curriculum on which it is evaluated, from 1; absent for the first. */
  readonly level?: number
  /** The program of the level before that it is, where it is carried over. */
  readonly carried?: number
}

/** A call that is about to go out, with the most it can cost. */
export interface CallOpening {
  readonly ordinal: number
  /** 1 for the first call of this candidate, then 2, 3 ... */
  readonly attempt: number
  readonly provider: string
  readonly model: string
  readonly purpose: string
  /** What a stage asked, as a hash by which its reply is found again; none for other calls. */
  readonly question?: string | undefined
  readonly parameters: Json
  /** Upper bound of input plus output tokens; reserved until the call ends. */
  readonly reservedTokens: number
  /** Upper bound of the cost in USD; `undefined` when the model's price is unknown. */
  readonly reservedUsd: number | undefined
  readonly startedAt: number
}

/** What is known of a candidate's calls when one of its stages has a question. */
export interface Asked {
  /** Calls opened so far, the lost ones included. */
  readonly attempts: number
  /** `undefined` when the question was never answered. */
  readonly reply: StoredReply | undefined
}

/** How a call ended. */
export type CallStatus = 'ok' | 'error' | 'lost'

/** What came back from a call. */
export interface CallEnding {
  readonly status: Exclude<CallStatus, 'lost'>
  readonly reply: string | undefined
  readonly finish: FinishReason | undefined
  readonly error: string | undefined
  readonly usage: TokenUsage | undefined
  /** Tokens the budget is charged with: those reported, or the reservation when none were. */
  readonly chargedTokens: number
  readonly chargedUsd: number | undefined
  readonly endedAt: number
}

/** A candidate that a crash or a stop left on its way. */
export interface Unfinished extends Selected {
  readonly state: Exclude<CandidateState, 'placed' | 'failed'>
  /** Present from `prompted` on, for operators with a model. */
  readonly prompt: Prompt | undefined
  /** The latest reply already paid for, lessons aside; present from `replied` until the end. */
  readonly reply: StoredReply | undefined
  /** The latest answer about conditions of insights that was paid for. */
  readonly check?: StoredReply | undefined
  /** Calls opened so far, the lost ones included. */
  readonly attempts: number
  /** Present from `patched` on. */
  readonly child: { readonly source: string; readonly traits: Traits } | undefined
  readonly stageRuns: readonly StageRun[]
  /** The program it was given to start from; present from `evaluating` on, where the problem has a time budget. */
  readonly warmStart?: number | undefined
}

/** What came of one candidate, for judging the operator and model that made it. */
export interface OperatorTrial {
  readonly ordinal: number
  readonly operator: string
  readonly model: string | undefined
  readonly finished: boolean
  readonly parentFitness: number | undefined
  readonly fitness: number | undefined
  readonly failure: FailureKind | undefined
  /** Spent on making it, lessons aside. */
  readonly tokens: number
  readonly usd: number
}

/** One candidate of an operator. */
export interface OperatorUse {
  readonly island: number
  readonly parent: number
}

/** A child's source as its operator made it. */
export interface NewChild {
  readonly source: string
  readonly traits: Traits
  readonly change: Change
  /** Where its lines differ from its parent's; none for the first program. */
  readonly hunks?: readonly LineChange[]
  /** The lines it adds, and which of them an ancestor had lost; none for the first program. */
  readonly lines?: AddedLines
}

/** Sums that budgets are checked against; open and lost calls count at their reservation. */
export interface Totals {
  /** Children selected so far: the highest ordinal. */
  readonly selected: number
  /** Children placed or failed. The first program is not counted. */
  readonly finished: number
  readonly tokens: number
  readonly usd: number
  /** Wall time over all processes of the run, in milliseconds. */
  readonly elapsedMs: number
}

/**
 * The store of one run, opened for writing by the one process that owns it. Synchronous: every method is one
 * transaction, and when it returns the step is on disk.
 *
 * Every method throws an InfrastructureError when the disk does not take the write, and an InvariantError when a
 * move is not allowed from the candidate's state.
 */
export interface RunStore {
  readonly identity: RunIdentity
  /** What the run has learned. */
  readonly memory: InsightStore
  /** What programs are worth on inputs that the search never sees; nothing that is told to a prompt. */
  readonly holdout: HoldoutStore
  /** The instructions of its prompts, where they evolve. */
  readonly instructions: InstructionStore
  /** Which candidates were taken for earlier ones. */
  readonly duplicates: DuplicateStore
  /** Who finished which rung of a funnel. */
  readonly rungs: RungStore
  budget(): Budget
  setBudget(budget: Budget): void
  /** The objectives in their declared order with their noise floors; at first the first objective alone, without noise. */
  measures(): readonly Measure[]
  /** Replaces the measures; the first one has to be the run's objective. */
  setMeasures(measures: readonly Measure[]): void
  /** Starts counting wall time for this process. `touch` and every finished candidate extend it. */
  openSession(now: number): void
  touch(now: number): void

  /** Nothing -> `selected`. The ordinal must be the next one. */
  select(selected: Selected, now: number): void
  /**
   * `selected` -> `prompted`. `insights` are those that stand in the prompt, and so does `instruction`; the outcome will be
   * counted for them.
   */
  prompt(ordinal: number, prompt: Prompt, insights?: readonly InsightRef[], instruction?: number): void
  /** Writes the ledger row before the call goes out, which has to wait for {@link RunStore.onDisk}. Returns the call's id. */
  openCall(call: CallOpening): number
  /** Settles a call. Status `ok` also moves the candidate `prompted` -> `replied`. To be used only after {@link RunStore.onDisk}. */
  closeCall(id: number, ending: CallEnding): void
  /**
   * Resolves when all that was written before is on the disk and outlives a loss of power; callers that wait together
   * share one sync.
   *
   * @throws InfrastructureError when the disk refuses; from then on always.
   */
  onDisk(): Promise<void>
  /** What a candidate's calls have come to so far, and the reply that was stored to a question of one of its stages. */
  asked(ordinal: number, question: string): Asked
  /** Marks calls that were open when their process died as `lost`, at their reservation. Returns how many. */
  loseOpenCalls(now: number): number
  /** `selected` or `replied` -> `patched`: the child's source exists. */
  patch(ordinal: number, child: NewChild): void
  /**
   * `patched` -> `evaluating`.
   *
   * @param warmStart - The program whose returned data the candidate may start from.
   */
  beginEvaluation(ordinal: number, warmStart?: number): void
  /**
   * Writes stages that ended at the same moment, with the data that their `keep` says.
   *
   * What is not `stored` may wait for the candidate's next step: after a crash it is computed again.
   */
  recordStages(ordinal: number, runs: readonly EndedStage[]): void
  /** The result stored under a key, of whichever candidate; `undefined` when there is none or its data was not kept. */
  stageResult(key: string): StageOutcome | undefined
  /**
   * `evaluating` -> `placed`: the scores and every decision of the archive that followed, in one transaction.
   * The candidate's own placement is the first; the others are migrations and may name other programs. The insights in
   * its prompt get their label. `analyse`: its transition is to be analysed, see {@link InsightStore.due}.
   */
  place(ordinal: number, evaluation: Evaluation, placements: readonly Placement[], now: number, analyse?: boolean): void
  /** Any state -> `failed`. Migrations that were due may follow. */
  fail(
    ordinal: number,
    failure: CandidateFailure,
    placements: readonly Placement[],
    now: number,
    analyse?: boolean,
  ): void
  /** Adds a line to the run's diary. */
  event(kind: string, data: Json, now: number): void
  /** Data of all events of a kind, the first one first. */
  events(kind: string): readonly Json[]

  unfinished(): readonly Unfinished[]
  /** Parent, fitness and whether the archive kept it, of all candidates in order of ordinals. */
  lineage(): Iterable<LineageEntry>
  /** When each child was selected and committed, in order of ordinals; without candidates of an older version. */
  schedule(): Iterable<ScheduleEntry>
  /**
   * The children of a program by one operator that were among the first `seen` commits, in the order of commits; without
   * those that got no source.
   */
  earlierChildren(parent: number, operator: string, seen: number): readonly EarlierChild[]
  /** Where one operator has been at work: its candidates in order of ordinals. */
  madeBy(operator: string): Iterable<OperatorUse>
  /** @throws InvariantError when there is no such candidate or it has no parent. */
  trial(ordinal: number): OperatorTrial
  /**
   * The best fitness among the children of a candidate's parent by the same operator that were committed before it;
   * `undefined` when none of them has any.
   */
  bestSibling(ordinal: number): number | undefined
  /** The candidates that were committed last, in the order of commits, then all that are on their way. */
  latestTrials(most: number): readonly OperatorTrial[]
  /** All placements in the order they were decided. */
  placements(): Iterable<Placement>
  totals(): Totals
  /** @throws InvariantError when there is no such program or it has no source yet. */
  program(ordinal: number): Program
  evaluation(ordinal: number): Evaluation | undefined
  /** What a stage handed on about a candidate, if it is kept. */
  stageOutput(ordinal: number, stage: string): Json | undefined
  /** Failures so far by kind. */
  failureCounts(): Readonly<Record<string, number>>
  close(): void
}

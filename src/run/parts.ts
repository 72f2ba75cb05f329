import type { Archive } from '../archive/archive.ts'
import type { MigrationPlan } from '../archive/migration.ts'
import type { Problem } from '../config/problem.ts'
import type { Clock } from '../core/clock.ts'
import type { CandidateFailure } from '../core/failure.ts'
import type { CreditedInstruction } from '../core/instruction.ts'
import type { KnownInsight } from '../core/insight.ts'
import type { Program, VariationRequest } from '../core/program.ts'
import type { Prompt } from '../core/prompt.ts'
import type { InsightExtractor, Transition } from '../insights/extractor.ts'
import type { GatewayCall } from '../llm/gateway.ts'
import type { FinishReason } from '../llm/provider.ts'
import type { Pipeline, StageCache } from '../pipeline/executor.ts'
import type { StageRun, StageServices } from '../pipeline/stage.ts'
import type { Bandit } from '../selection/bandit.ts'
import type { Lineage } from '../selection/lineage.ts'
import type { EliteFacts, ParentSampler } from '../selection/sampler.ts'
import type { InsightRef } from '../store/insight-store.ts'
import type { RunStore, Selected } from '../store/run-store.ts'
import type { ModelOperator, Variation, VariationOperator } from '../variation/operator.ts'
import type { InstructionRequest } from '../store/instruction-store.ts'
import type { EventSink } from './event-sink.ts'
import type { InstructionRequests } from './instruction-requests.ts'
import type { Curriculum, LevelEnd } from './curriculum.ts'
import type { LearningParents } from './learning-parents.ts'
import type { Rungs } from './rungs.ts'
import type { LostLines } from './lost-lines.ts'
import type { OrderSource, Steered } from './steering.ts'
import type { Schedule } from './schedule.ts'
import type { StopRule } from './stop-rule.ts'

/** What a prompt is made from. */
export interface PromptRequest {
  readonly operator: ModelOperator
  readonly ordinal: number
  /** Where the child is to be born. */
  readonly island: number
  readonly parent: Program
  readonly inspirations: readonly Program[]
  /** The reply that could not be applied and why, when one is to be mended. */
  readonly repair: { readonly failure: CandidateFailure; readonly reply: string } | undefined
  /** Commits that its selection took into account; all there are unless given. */
  readonly seen?: number
  /** The insights to tell; `undefined` leaves the choice to the prompt maker. */
  readonly insights?: readonly KnownInsight[] | undefined
}

/** A prompt with the insights that stand in it. */
export interface BuiltPrompt {
  readonly prompt: Prompt
  readonly insights: readonly InsightRef[]
  /** The instruction that stands in it; `undefined` where instructions do not evolve. */
  readonly instruction?: number | undefined
}

/** Checks conditions in words before a prompt is written. */
export interface ConditionCheck {
  /** Insights that the prompt would tell if all their conditions held, at most 6. */
  shortList(parent: Program, ordinal: number, operator: string): readonly KnownInsight[]
  /** The question which of their conditions hold for a parent. */
  question(parent: Program, ordinal: number, listed: readonly KnownInsight[]): Prompt
}

/** One question to the models. */
export type Question = Omit<GatewayCall, 'signal'>

/** A reply that is already stored, or the reason why this candidate gets none. */
export type Answer =
  | { readonly ok: true; readonly text: string; readonly finish: FinishReason; readonly attempt: number }
  | { readonly ok: false; readonly failure: CandidateFailure }
  | { readonly ok: 'no-budget' }

/** The rooms and seams of one run, put together by `compose`. */
export interface RunParts {
  readonly problem: Problem
  readonly store: RunStore
  readonly archive: Archive
  readonly lineage: Lineage
  /** What ancestors removed, for telling that a child brings it back. */
  readonly lost: LostLines
  readonly migration: MigrationPlan
  readonly sampler: ParentSampler
  /** What samplers ask about owners. */
  readonly factsOf: (ordinal: number) => EliteFacts
  /** Operators that can work here, with their weights; never empty. */
  readonly operators: readonly { readonly operator: VariationOperator; readonly weight: number }[]
  /** Where operators that learn are at work, by name. */
  readonly learning: ReadonlyMap<string, LearningParents>
  /** Chooses operators and models in place of their weights, where a problem asks for it. */
  readonly bandit: Bandit | undefined
  readonly pipeline: Pipeline
  /** Absent where the problem has one instance. */
  readonly curriculum?: Curriculum | undefined
  readonly services: Omit<StageServices, 'stand'>
  readonly rungs: Rungs
  readonly cache: StageCache | undefined
  readonly vary: (operator: string, request: VariationRequest) => Promise<Variation>
  readonly buildPrompt: (request: PromptRequest) => BuiltPrompt
  /** Draws lessons from transitions; `undefined` when nothing is to be learned. */
  readonly extractor: InsightExtractor | undefined
  /** The question to the analysis model about a transition. */
  readonly buildAnalysis: (transition: Transition) => Prompt
  /** Whether the instructions of prompts evolve. */
  readonly instructionRequests?: InstructionRequests | undefined
  /** The question for a better instruction, given the one to improve and all that are in use. */
  readonly buildMeta: (
    request: InstructionRequest,
    current: CreditedInstruction,
    population: readonly CreditedInstruction[],
  ) => Prompt
  /** `undefined` when the predicates that SQL checks decide alone. */
  readonly conditions?: ConditionCheck | undefined
  readonly ask: (question: Question, signal: AbortSignal) => Promise<Answer>
  /** In which order candidates are committed; `undefined` for the order in which they finish. */
  readonly schedule: Schedule | undefined
  /** Outcomes of stages that are not to be found out again, by candidate; only where a run is replayed. */
  readonly outcomes?: (ordinal: number) => readonly StageRun[]
  /** What a replay takes over, since it depended on what a replay does not learn. */
  readonly recorded?: {
    /** A selection that is not to be decided again. */
    selection(ordinal: number): Omit<Selected, 'seen'> | undefined
    /** Calls that were opened for a candidate before its first prompt was sent. */
    attempts(ordinal: number): number
    /** Whether a repair turn was asked for: without room in the budget there was none, and a replay spends at other times. */
    repaired(ordinal: number): boolean
    /** The level that ended before a candidate was selected, if one did. */
    levelEnd(ordinal: number): LevelEnd | undefined
  }
  /** In the order in which they are asked. */
  readonly stopRules: readonly StopRule[]
  /** Orders from other processes; the log grows as they take effect. */
  readonly steering: { readonly orders: OrderSource; readonly log: Steered[] }
  readonly clock: Clock
  readonly sink: EventSink
  /** Called with every program that is better than all before it, by however little, the first program included. */
  readonly keepBest: (program: Program) => void
}

import type { FailureKind } from '../core/failure.ts'
import type { CreditedInstruction } from '../core/instruction.ts'
import type { Attempt } from './stored-reply.ts'

/** A question for a better instruction that was due after a commit. */
export interface InstructionRequest {
  readonly id: number
  readonly operator: string
  /** The candidate whose commit made it due: its call stands in the ledger beside that candidate's. */
  readonly ordinal: number
  /** Commits of the run at that moment. */
  readonly commits: number
}

/** What became of a request. */
export type InstructionAnswer =
  | {
      readonly ok: true
      readonly text: string
      /** Why it should be better, in the model's words. */
      readonly reason: string
      readonly parent: number
      /** The instruction that leaves the population for it. */
      readonly retires: number | undefined
    }
  | { readonly ok: false; readonly note: string }

/** Finished uses and requests of one operator. */
export interface InstructionTally {
  readonly operator: string
  readonly uses: number
  readonly requests: number
}

/** The part of a run's store that keeps the instructions of its prompts. Every method is one transaction. */
export interface InstructionStore {
  /** Adds the template's own instruction of an operator, unless it has one. */
  begin(operator: string, now: number): void
  /**
   * The instructions of an operator that may be drawn, in order of their ids, with their record.
   *
   * @param asOf - Those of requests up to this commit count, and so do those that they made leave.
   * @param seen - The record counts commits up to this one, and of these the last `window`.
   */
  population(operator: string, asOf: number, seen: number, window: number): readonly CreditedInstruction[]
  /** The instruction that stands in a candidate's prompt, if any. */
  usedBy(ordinal: number): number | undefined
  /** By operator, in the order of names. */
  tallies(): readonly InstructionTally[]
  /** The latest children with an instruction that failed or were no better than their parent, newest first. */
  disappointing(instruction: number, seen: number, limit: number): readonly Attempt[]
  /** Notes that a better instruction is to be asked for. */
  request(wanted: Omit<InstructionRequest, 'id'>, now: number): InstructionRequest
  /** Requests without an answer, oldest first. */
  requests(): readonly InstructionRequest[]
  /** Ends a request. */
  answer(request: number, answer: InstructionAnswer, now: number): void
}

/** What owners and readers ask about instructions. */
export type InstructionQuestions = Pick<InstructionStore, 'population'>

/** Failures that are not the instruction's: there was no reply, or the evaluator broke. */
const notItsFault: readonly FailureKind[] = ['no-reply', 'evaluator-threw']

/**
 * Whether a child counts as improved for the instruction in its prompt; `undefined` when it says nothing about it.
 *
 * @param gain - Fitness over the parent's; `undefined` when it failed.
 * @param noise - Noise floor of the fitness.
 */
export function improvedBy(
  gain: number | undefined,
  noise: number,
  failure: FailureKind | undefined,
): boolean | undefined {
  if (failure !== undefined && notItsFault.includes(failure)) return undefined
  return gain !== undefined && gain > noise
}

import { InvariantError } from '../core/errors.ts'
import type { Evaluation } from '../core/evaluation.ts'
import type { Measure } from '../core/objective.ts'
import type { Placement, PlacementDecision } from '../core/placement.ts'
import type { CallEnding, CandidateState, RunIdentity, Selected } from './run-store.ts'
import { finite } from './stored-json.ts'

/** The states from which each move may be made. */
export const movesFrom = {
  prompted: ['selected'],
  patched: ['selected', 'replied'],
  evaluating: ['patched'],
  placed: ['evaluating'],
  failed: ['selected', 'prompted', 'replied', 'patched', 'evaluating'],
} as const satisfies Partial<Record<CandidateState, readonly CandidateState[]>>

/** Purpose of calls that write lessons about a candidate, in any state of it; they never move it. */
export const analysisPurpose = 'analysis'

/** Purpose of calls that turn a candidate's text into a vector; the reply is the vector. */
export const embeddingPurpose = 'embedding'

/** Purposes of calls by which a stage asks about a candidate while it is evaluated; they never move it. */
const stagePurposes: readonly string[] = ['review', 'novelty', embeddingPurpose]

/** Purpose of calls that ask for a better instruction, beside a candidate that has ended; they never move it. */
export const metaPurpose = 'meta'

/** Purposes of calls that take no part in the making of a candidate's text, as SQL lists them. */
export const purposesAside = `(${[analysisPurpose, metaPurpose, ...stagePurposes].map((purpose) => `'${purpose}'`).join(', ')})`

/** Whether a call takes part in the making of a candidate's text. */
export function makesText(purpose: string): boolean {
  return purpose !== analysisPurpose && purpose !== metaPurpose && !stagePurposes.includes(purpose)
}

/** Template of the calls of that purpose that check conditions before a candidate's prompt; they hold no lessons. */
export const checkTemplate = 'insight-check'

/** Lines that came back are kept word for word up to this many of one child; all are counted. */
export const keptReadded = 50

/** Whether a call may be opened for a candidate: from `replied` it is one that mends the reply. */
export function mayCall(state: CandidateState, purpose: string): boolean {
  if (stagePurposes.includes(purpose)) return state === 'evaluating'
  if (purpose === metaPurpose) return state === 'placed' || state === 'failed'
  return purpose === analysisPurpose || state === 'prompted' || state === 'replied'
}

/** The error for a move that is not allowed. `from` is `undefined` when there is no such candidate. */
export function illegalMove(ordinal: number, from: CandidateState | undefined, verb: string): InvariantError {
  return new InvariantError(
    from === undefined
      ? `there is no candidate ${String(ordinal)} to ${verb}`
      : `candidate ${String(ordinal)} is ${from}: it cannot ${verb}`,
  )
}

/**
 * Checks the decision to make a candidate.
 *
 * @throws {@link InvariantError} when the ordinal is not the next one or it descends from what does not exist yet.
 */
export function checkSelected(selected: Selected, next: number): void {
  const { ordinal, parent, inspirations, carried } = selected
  if (ordinal !== next) {
    throw new InvariantError(`the next candidate is ${String(next)}, not ${String(ordinal)}`)
  }
  if ((parent === undefined) !== (ordinal === 0 || carried !== undefined)) {
    throw new InvariantError(
      `every candidate but the first program and those carried over has a parent; candidate ${String(ordinal)} breaks that`,
    )
  }
  for (const earlier of [parent, carried, ...inspirations].filter((each) => each !== undefined)) {
    if (!Number.isInteger(earlier) || earlier < 0 || earlier >= ordinal) {
      throw new InvariantError(`candidate ${String(ordinal)} cannot descend from ${String(earlier)}`)
    }
  }
}

/**
 * Checks what a run measures with.
 *
 * @throws {@link InvariantError} when the first measure is not the run's objective, or a noise floor is not a number of at
 * least 0.
 */
export function checkMeasures({ objective }: Pick<RunIdentity, 'objective'>, measures: readonly Measure[]): void {
  const first = measures[0]
  if (first?.name !== objective.name || first.direction !== objective.direction) {
    throw new InvariantError(`the first measure of the run is ${objective.name}`)
  }
  for (const { name, noise, repeats } of measures) {
    if (finite(noise, `the noise of ${name}`) < 0) throw new InvariantError(`the noise of ${name} is negative`)
    if (!Number.isInteger(repeats) || repeats < 1) throw new InvariantError(`${name} was measured at least once`)
  }
}

/** A reply that was received whole. */
export interface ReceivedReply {
  readonly text: string
  readonly finish: NonNullable<CallEnding['finish']>
}

/**
 * The reply that an ending with status `ok` brings; `undefined` for any other status.
 *
 * @throws {@link InvariantError} when it brings none.
 */
export function replyOf(ending: CallEnding): ReceivedReply | undefined {
  if (ending.status !== 'ok') return undefined
  if (ending.reply === undefined || ending.finish === undefined) {
    throw new InvariantError('a call that ended well has a reply and a reason why it ended')
  }
  return { text: ending.reply, finish: ending.finish }
}

/**
 * What became of the candidate itself, out of all placements of one commit: its best decision over its births.
 *
 * @throws {@link InvariantError} when the first placement is not the candidate's own birth with its own fitness, or
 * a birth of another program is among them.
 */
export function ownDecision(
  ordinal: number,
  evaluation: Evaluation,
  placements: readonly Placement[],
): PlacementDecision {
  const births = placements.filter(({ via }) => via === 'birth')
  if (births[0] === undefined || births[0] !== placements[0] || births.some((birth) => birth.ordinal !== ordinal)) {
    throw new InvariantError(`the first placement of a commit is the birth of its candidate ${String(ordinal)}`)
  }
  if (births.some(({ fitness }) => fitness !== evaluation.fitness)) {
    throw new InvariantError(`candidate ${String(ordinal)} is placed with a fitness that is not its own`)
  }
  return births.find(({ decision }) => decision !== 'rejected')?.decision ?? 'rejected'
}

/**
 * Checks the placements that follow a failure.
 *
 * @throws {@link InvariantError} when one of them is a birth.
 */
export function onlyMigrations(placements: readonly Placement[]): void {
  if (placements.some(({ via }) => via === 'birth')) throw new InvariantError('a failed candidate is not born anywhere')
}

/**
 * The raw value of the run's first objective.
 *
 * @throws {@link InvariantError} when the evaluation has none or it is not finite.
 */
export function rawValue({ objective }: Pick<RunIdentity, 'objective'>, evaluation: Evaluation): number {
  const value = evaluation.objectives[objective.name]
  if (value === undefined) throw new InvariantError(`the evaluation has no objective ${objective.name}`)
  return finite(value, `objective ${objective.name}`)
}

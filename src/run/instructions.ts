import type { CreditedInstruction } from '../core/instruction.ts'
import { rngStream } from '../core/rng.ts'
import { drawInstruction, leavingFor, mostInstructionCharacters, readInstruction } from '../insights/instructions.ts'
import type { PromptInstruction, PromptMeta } from '../prompting/context.ts'
import type { InstructionAnswer, InstructionRequest, InstructionStore } from '../store/instruction-store.ts'
import { askOnce } from './ask-once.ts'
import { knownUpTo } from './instruction-requests.ts'
import { analysisModel } from './learn.ts'
import type { RunParts } from './parts.ts'

/** Latest disappointing children that a question shows. */
const mostOutcomes = 8

type Drawing = Pick<RunParts, 'problem'> & {
  readonly store: Pick<RunParts['store'], 'identity'> & { readonly instructions: Pick<InstructionStore, 'population'> }
}

/**
 * Draws the instruction of a candidate's prompt from those in use; `undefined` where instructions do not evolve.
 *
 * In ordered mode only requests that are older than the lag count, so that their answers had time to come.
 *
 * @param seen - Commits that the candidate's selection took into account.
 */
export function instructionFor(
  { problem, store }: Drawing,
  operator: string,
  ordinal: number,
  seen: number,
): CreditedInstruction | undefined {
  const { meta } = problem.search
  if (meta === undefined) return undefined
  const population = store.instructions.population(operator, knownUpTo(problem, seen), seen, meta.window)
  return drawInstruction(population, rngStream(store.identity.seed, 'instruction', ordinal))
}

/**
 * Asks for a better instruction and adds it to the population, where another one may have to leave for it.
 *
 * An answer that an earlier process paid for is read, not asked for again. Without budget, reply or a usable answer the
 * request ends with a note: it is never a reason to stop the search.
 */
export async function answerRequest(parts: RunParts, request: InstructionRequest, signal: AbortSignal): Promise<void> {
  const { store, clock } = parts
  const answer = await answered(parts, request, signal)
  store.instructions.answer(request.id, answer, clock.now())
}

async function answered(parts: RunParts, request: InstructionRequest, signal: AbortSignal): Promise<InstructionAnswer> {
  const { problem, store } = parts
  const { meta } = problem.search
  const { id, operator, ordinal, commits } = request
  if (meta === undefined) return { ok: false, note: 'instructions do not evolve any more' }
  // What counts is what was known when the request became due, however long its answer took.
  const population = store.instructions.population(operator, commits, commits, meta.window)
  const current = drawInstruction(population, rngStream(store.identity.seed, 'meta', id))
  if (current === undefined) return { ok: false, note: `operator ${operator} has no instruction` }
  const model = analysisModel(problem)
  const prompt = () => parts.buildMeta(request, current, population)
  const question = `instruction/${String(id)}`
  const answer = await askOnce(parts, { ordinal, purpose: 'meta', model, question, prompt, what: 'it' }, signal)
  if (!answer.ok) return { ok: false, note: answer.reason }
  // Answers to other requests may have come meanwhile.
  const now = store.instructions.population(operator, Number.MAX_SAFE_INTEGER, commits, meta.window)
  const read = readInstruction(
    answer.text,
    now.map((one) => one.text),
  )
  return read.ok ? { ...read, parent: current.id, retires: leavingFor(now, meta.population) } : read
}

/** What a question for a better instruction tells. */
export function metaContext(
  store: { readonly instructions: Pick<InstructionStore, 'disappointing'> },
  request: InstructionRequest,
  current: CreditedInstruction,
  population: readonly CreditedInstruction[],
  own: readonly string[],
): PromptMeta {
  const told = ({ text, uses, improved, meanGain }: CreditedInstruction): PromptInstruction => ({
    wordings: text === undefined ? own : [text],
    ...{ uses, improved, meanGain },
  })
  return {
    current: told(current),
    others: population.filter(({ id }) => id !== current.id).map(told),
    outcomes: store.instructions.disappointing(current.id, request.commits, mostOutcomes),
    limit: mostInstructionCharacters,
  }
}

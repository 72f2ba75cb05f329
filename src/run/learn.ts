import type { Transition, TransitionOutcome } from '../insights/extractor.ts'
import { isHarmful, isMixed } from '../insights/library.ts'
import type { DueAnalysis, Learned } from '../store/insight-store.ts'
import type { Unfinished } from '../store/run-store.ts'
import type { RunParts } from './parts.ts'
import { endTrial } from './trial.ts'

/** Children of a parent that an analysis looks back on. */
const siblingsSeen = 400

/** Whether the transition that ends with this outcome is to be analysed; decided in the commit, before it is written. */
export function isWorthLearning(
  parts: RunParts,
  start: Pick<Unfinished, 'ordinal' | 'parent' | 'model'>,
  outcome: TransitionOutcome,
): boolean {
  const { extractor, store } = parts
  const { parent, model } = start
  if (extractor === undefined || parent === undefined) return false
  return extractor.wants(outcome, model !== undefined, {
    number: () => store.memory.siblingNumber(start.ordinal),
    finished: () => store.memory.changes(parent, siblingsSeen),
  })
}

/**
 * Draws the lessons of a finished candidate, if they are due, and retires what its outcome showed to be harmful.
 *
 * An answer that an earlier process paid for is read, not asked for again. Without budget or reply the analysis ends with
 * a note: it is never a reason to stop the search.
 */
export async function learnFrom(parts: RunParts, due: DueAnalysis, signal: AbortSignal): Promise<void> {
  const { extractor, store, clock } = parts
  if (extractor === undefined) return
  const transition = transitionOf(parts, due.ordinal)
  if (transition === undefined) {
    store.memory.learn(due.ordinal, nothing('there is no parent to compare with'), clock.now())
    return
  }
  const answer = extractor.asks ? await answered(parts, due, transition, signal) : undefined
  const learned =
    answer?.note === undefined
      ? extractor.read(transition, answer?.reply, store.memory.insights())
      : nothing(answer.note)
  store.memory.learn(due.ordinal, learned, clock.now())
}

/**
 * Ends the trial whose last member has finished, and retires insights that do more harm than prompts without any. The one
 * that is on trial waits for its verdict.
 */
export function tendLibrary(parts: RunParts): void {
  const { store, clock } = parts
  const onTrial = endTrial(parts)?.insight.id
  const baseline = store.memory.baseline()
  for (const insight of store.memory.insights()) {
    if (insight.status !== 'retired' && insight.id !== onTrial && isHarmful(insight, baseline)) {
      store.memory.setStatus(insight.id, 'retired', clock.now())
    }
  }
}

/** Name of the model that is asked about what was learned. */
export function analysisModel({ llm }: RunParts['problem']): string | undefined {
  return llm.analysis?.name ?? llm.models[0]?.name
}

async function answered(
  parts: RunParts,
  due: DueAnalysis,
  transition: Transition,
  signal: AbortSignal,
): Promise<{ readonly reply: string; readonly note?: undefined } | { readonly note: string }> {
  if (due.reply !== undefined) return { reply: due.reply.text }
  const { problem } = parts
  const model = analysisModel(problem)
  if (model === undefined) return { note: 'there is no model to ask' }
  const prompt = parts.buildAnalysis(transition)
  const question = { ordinal: due.ordinal, attempt: due.attempts + 1, purpose: 'analysis', model, prompt } as const
  const answer = await parts.ask(question, signal)
  if (answer.ok === 'no-budget') return { note: 'the budget had no room for it' }
  return answer.ok ? { reply: answer.text } : { note: answer.failure.message }
}

function transitionOf({ store }: RunParts, ordinal: number): Transition | undefined {
  const lineage = store.memory.trail(ordinal, 2)
  const [before] = lineage
  if (before === undefined || lineage.length < 2) return undefined
  const siblings = store.memory.changes(before.ordinal, siblingsSeen)
  const own = siblings.find((sibling) => sibling.ordinal === ordinal)
  if (own === undefined) return undefined
  const evaluation = own.outcome.ok ? store.evaluation(ordinal) : undefined
  return {
    ordinal,
    operator: own.operator,
    parent: {
      ordinal: before.ordinal,
      source: store.program(before.ordinal).source,
      objectives: before.objectives,
    },
    source: own.hunks.length > 0 ? store.program(ordinal).source : undefined,
    outcome: own.outcome.ok
      ? { ok: true, objectives: own.outcome.objectives, feedback: evaluation?.feedback }
      : own.outcome,
    hunks: own.hunks,
    siblings,
    measures: store.measures(),
    mixed: store.memory.insights().filter((insight) => insight.status !== 'retired' && isMixed(insight)),
  }
}

function nothing(note: string): Learned {
  return { lessons: [], insights: [], refinements: [], dropped: 0, note }
}

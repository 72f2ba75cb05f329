import { rngStream } from '../core/rng.ts'
import { judged } from '../insights/library.ts'
import { isInformed, verdictOf } from '../insights/trial.ts'
import type { KnownInsight } from '../core/insight.ts'
import type { OpenTrial, TrialMember } from '../store/insight-store.ts'
import type { Selected } from '../store/run-store.ts'
import type { RunParts } from './parts.ts'
import type { Programs } from './programs.ts'
import { selectCandidate } from './select-candidate.ts'

/**
 * Decides how candidate `ordinal` will be made: as the next member of the open trial of an insight while it lacks any, or
 * else as the search decides.
 *
 * One in `2k` of the latter, where the trial has `k` pairs, begins the trial of the oldest insight that applies and was
 * not tried in this version: so at most about half of the candidates are members, and every island keeps its turns.
 */
export function selectOrTry(parts: RunParts, programs: Programs, ordinal: number): Omit<Selected, 'seen'> {
  const drawn = () => selectCandidate(parts, programs, ordinal)
  if (!triesInsights(parts)) return drawn()
  const { store, problem } = parts
  const open = endTrial(parts)
  if (open !== undefined) {
    const { selection, insight, pairs, members } = open
    if (members >= 2 * pairs) return drawn()
    const trial = { insight: insight.id, version: insight.version, pairs, informed: isInformed(members) }
    return { ...selection, ordinal, trial }
  }
  const selected = drawn()
  const { parent, operator, model } = selected
  const pairs = problem.memory.verify
  if (model === undefined || parent === undefined) return selected
  if (rngStream(store.identity.seed, 'trial', ordinal).next() * 2 * pairs >= 1) return selected
  const tried = store.memory.tried()
  const untried = store.memory
    .applying(parent, operator)
    .find(({ id, version }) => !tried.some((before) => before.id === id && before.version === version))
  if (untried === undefined) return selected
  return {
    ...selected,
    trial: { insight: untried.id, version: untried.version, pairs, informed: isInformed(0) },
  }
}

/**
 * Ends the open trial when its last member has finished, or when no member can be made any more: its operator or model is
 * gone, or its insight got another condition.
 *
 * @returns the trial that goes on, if any.
 */
export function endTrial(parts: RunParts): OpenTrial | undefined {
  const { store, clock } = parts
  const open = triesInsights(parts) ? store.memory.trial() : undefined
  if (open === undefined) return undefined
  const { id, informed, uninformed, pairs } = open
  if (judged(informed) + judged(uninformed) >= 2 * pairs) {
    store.memory.endTrial(id, verdictOf(informed, uninformed), clock.now())
    return undefined
  }
  if (open.members < 2 * pairs && !canGoOn(parts, open)) {
    store.memory.endTrial(id, 'abandoned', clock.now())
    return undefined
  }
  return open
}

/** The insights that the prompt of a trial's member holds: the one on trial, or none. */
export function insightsOnTrial({ store }: RunParts, { insight, informed }: TrialMember): readonly KnownInsight[] {
  return informed ? store.memory.insights().filter(({ id }) => id === insight) : []
}

/** Not in a run whose order is given beforehand: a trial begins and ends with what has finished. */
function triesInsights({ problem, sampler, schedule }: RunParts): boolean {
  const { verify, insights } = problem.memory
  return verify > 0 && insights > 0 && sampler.shows !== 'nothing' && schedule === undefined
}

function canGoOn({ store, operators, problem, archive }: RunParts, { insight, selection }: OpenTrial): boolean {
  const now = store.memory.insights().find(({ id }) => id === insight.id)
  return (
    now?.version === insight.version &&
    (selection.level ?? 1) === archive.level &&
    operators.some(({ operator }) => operator.name === selection.operator) &&
    problem.llm.models.some(({ name }) => name === selection.model)
  )
}

import { UserError } from '../core/errors.ts'
import { describeFailure } from '../core/failure.ts'
import type { Unfinished } from '../store/run-store.ts'
import { evolveCandidate, untouched } from './evolve-candidate.ts'
import type { Departure } from './evolve-candidate.ts'
import type { RunParts } from './parts.ts'
import { cachedPrograms } from './programs.ts'

/** What the first program has when it was only just selected. */
export const firstDeparture: Departure = {
  ...untouched,
  ordinal: 0,
  island: 0,
  operator: 'first',
  model: undefined,
  parent: undefined,
  inspirations: [],
  generation: 0,
  seen: 0,
}

/**
 * Places the first program on every island, as ordinal 0, or finishes doing so after a crash.
 *
 * @throws {@link UserError} when it fails: a run needs a first program that works.
 */
export async function placeFirstProgram(parts: RunParts, leftOver?: Unfinished): Promise<void> {
  const { store, clock, problem } = parts
  const start = leftOver ?? { ...firstDeparture, stageRuns: parts.outcomes?.(0) ?? [] }
  const child = start.child ?? { source: problem.program.source, traits: {} }
  if (leftOver === undefined) {
    store.select(start, clock.now())
    parts.lineage.add(0, undefined)
  }
  if (start.child === undefined) store.patch(0, { ...child, change: { summary: 'the first program' } })
  const signal = new AbortController().signal
  const commit = (await evolveCandidate(parts, cachedPrograms(store), { ...start, child }, signal))?.()
  if (commit?.ok === false) {
    if (commit.fault !== undefined) throw commit.fault
    throw new UserError(`the first program fails: ${describeFailure(commit.failure)}`, { file: problem.program.file })
  }
}

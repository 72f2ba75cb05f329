import type { LineageView } from './lineage.ts'
import type { ParentSampler } from './sampler.ts'

/** Candidates in a row without a gain after which a climb is given up. */
const patience = 250

/**
 * Hill climbing with restarts: the parent is the best program of the present climb. A climb that brought no gain in 250
 * candidates is given up; the next one begins at the first child of the first program that is scored, good or bad.
 *
 * Pure: the climbs are a fold of the lineage in order of ordinals. How far it was folded is kept per lineage, up to the
 * oldest candidate that has not ended, so a draw reads only what came after it.
 *
 * @see Selman, Levesque and Mitchell 1992, "A new method for solving hard satisfiability problems" (restarts).
 */
export const restart: ParentSampler = {
  name: 'restart',
  draws: 'programs',
  shows: 'attempts',
  binds: true,
  sample: ({ lineage }) => {
    const parent = climbing(lineage)
    return { ordinal: parent, fitness: lineage.fitnessOf(parent) ?? lineage.first.fitness }
  },
}

/** A climb after the candidates below `next`. */
interface Climb {
  readonly next: number
  /** The best program; the first program at the start of a climb. */
  readonly best: number
  /** What a gain must exceed. */
  readonly reached: number
  /** Candidates in a row without a gain. */
  readonly idle: number
}

/** Climbs over candidates that have all ended, so that no later score can change them. */
const settled = new WeakMap<LineageView, Climb>()

/** The best program of the present climb; the first program at the start of one. */
function climbing(lineage: LineageView): number {
  let climb = settled.get(lineage) ?? { next: 1, best: 0, reached: lineage.first.fitness, idle: 0 }
  let allEnded = true
  while (climb.next < lineage.size) {
    allEnded &&= lineage.hasEnded(climb.next)
    climb = after(climb, lineage.fitnessOf(climb.next))
    if (allEnded) settled.set(lineage, climb)
  }
  return climb.best
}

function after({ next, best, reached, idle }: Climb, fitness: number | undefined): Climb {
  if (fitness !== undefined && fitness > reached) return { next: next + 1, best: next, reached: fitness, idle: 0 }
  if (idle + 1 >= patience) return { next: next + 1, best: 0, reached: -Infinity, idle: 0 }
  return { next: next + 1, best, reached, idle: idle + 1 }
}

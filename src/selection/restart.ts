import { lineageFold } from './lineage-fold.ts'
import type { ParentSampler } from './sampler.ts'

/** Candidates in a row without a gain after which a climb is given up. */
const patience = 250

/**
 * Hill climbing with restarts: the parent is the best program of the present climb. A climb that brought no gain in 250
 * candidates is given up; the next one begins at the first child of the first program that is scored, good or bad.
 *
 * Pure: the climbs are a {@link lineageFold}.
 *
 * @see Selman, Levesque and Mitchell 1992, "A new method for solving hard satisfiability problems" (restarts).
 */
export const restart: ParentSampler = {
  name: 'restart',
  draws: 'programs',
  shows: 'attempts',
  binds: true,
  sample: ({ lineage }) => {
    const parent = climbOf(lineage).best
    return { ordinal: parent, fitness: lineage.fitnessOf(parent) ?? lineage.first.fitness }
  },
}

/** A climb after some candidates. */
interface Climb {
  /** The best program; the first program at the start of a climb. */
  readonly best: number
  /** What a gain must exceed. */
  readonly reached: number
  /** Candidates in a row without a gain. */
  readonly idle: number
}

const climbOf = lineageFold<Climb>(
  ({ first }) => ({ best: 0, reached: first.fitness, idle: 0 }),
  ({ best, reached, idle }, ordinal, fitness) => {
    if (fitness !== undefined && fitness > reached) return { best: ordinal, reached: fitness, idle: 0 }
    if (idle + 1 >= patience) return { best: 0, reached: -Infinity, idle: 0 }
    return { best, reached, idle: idle + 1 }
  },
)

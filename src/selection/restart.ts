import type { LineageView } from './lineage.ts'
import type { ParentSampler } from './sampler.ts'

/** Candidates in a row without a gain after which a climb is given up. */
const patience = 250

/**
 * Hill climbing with restarts: the parent is the best program of the present climb. A climb that brought no gain in 250
 * candidates is given up; the next one begins at the first child of the first program that is scored, good or bad.
 *
 * Pure: the climbs are read off the lineage each time, in order of ordinals. That takes time in proportion to the run's
 * length, 1 ms at a million programs.
 *
 * @see Selman, Levesque and Mitchell 1992, "A new method for solving hard satisfiability problems" (restarts).
 */
export const restart: ParentSampler = {
  name: 'restart',
  draws: 'programs',
  shows: 'attempts',
  sample: ({ lineage }) => {
    const parent = climbing(lineage)
    return { ordinal: parent, fitness: lineage.fitnessOf(parent) ?? lineage.first.fitness }
  },
}

/** The best program of the present climb; the first program at the start of one. */
function climbing(lineage: LineageView): number {
  let [best, reached, idle] = [0, lineage.first.fitness, 0]
  for (let ordinal = 1; ordinal < lineage.size; ordinal++) {
    const fitness = lineage.fitnessOf(ordinal)
    if (fitness !== undefined && fitness > reached) [best, reached, idle] = [ordinal, fitness, 0]
    else if (++idle >= patience) [best, reached, idle] = [0, -Infinity, 0]
  }
  return best
}

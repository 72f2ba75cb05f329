import type { Elite } from '../core/placement.ts'
import { lineageFold } from './lineage-fold.ts'
import type { LineageView } from './lineage.ts'

/** The run is on a plateau when the last quarter of its candidates, at least 100, brought less than this share of all gain. */
const [leastWindow, windowShare, leastGain] = [100, 0.25, 0.01]

/**
 * Whether the latest candidates brought next to nothing.
 *
 * How much that is is measured by what the run has gained altogether over its first program, so the scale of the fitness does
 * not matter. Pure: a {@link lineageFold}.
 */
export function isOnPlateau(lineage: LineageView): boolean {
  const since = lineage.size - Math.max(leastWindow, Math.ceil(windowShare * lineage.size))
  if (since < 1) return false
  const steps = stepsOf(lineage)
  const { first } = lineage
  const now = steps.at(-1) ?? first
  const before = steps.findLast(({ ordinal }) => ordinal < since) ?? first
  return now.fitness - before.fitness <= leastGain * (now.fitness - first.fitness)
}

/** Each program that was better than all before it, the first program first. */
const stepsOf = lineageFold<readonly Elite[]>(
  ({ first }) => [first],
  (steps, ordinal, fitness) =>
    fitness !== undefined && fitness > (steps.at(-1)?.fitness ?? -Infinity) ? [...steps, { ordinal, fitness }] : steps,
)

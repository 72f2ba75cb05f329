import type { Elite } from '../core/placement.ts'
import { lineageFold } from './lineage-fold.ts'
import type { LineageView } from './lineage.ts'
import { rank } from './rank.ts'
import type { ParentSampler } from './sampler.ts'

/** Share of draws that go to the island's best while the run gets better, and on a plateau. */
const [greedWhileRising, greedOnPlateau] = [0.5, 0.1]

/** The run is on a plateau when the last quarter of its candidates, at least 100, brought less than this share of all gain. */
const [leastWindow, windowShare, leastGain] = [100, 0.25, 0.01]

/**
 * Draws as the run goes: while it gets better, half of the draws go to the island's best and the others by {@link rank}; on
 * a plateau one in ten goes to the best and the others to every owner alike.
 *
 * Climbing is worth most while it works; where it has stopped, the way on leads through programs that are worse today.
 * How much is a gain is measured by what the run has gained altogether, so the scale of the fitness does not matter.
 *
 * Pure: whether the run is on a plateau is a {@link lineageFold}.
 *
 * @see Sutton and Barto 2018, "Reinforcement Learning", section 2.4 (epsilon-greedy).
 */
export const adaptive: ParentSampler = {
  name: 'adaptive',
  draws: 'owners',
  shows: 'archive',
  sample: (view, rng) => {
    const { owners, lineage } = view
    const plateau = isOnPlateau(lineage)
    if (rng.next() < (plateau ? greedOnPlateau : greedWhileRising)) return owners[0] as Elite
    return plateau ? rng.pick(owners) : rank.sample(view, rng)
  },
}

/** Whether the latest candidates brought next to nothing, by what the run has gained altogether. */
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

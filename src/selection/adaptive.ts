import type { Elite } from '../core/placement.ts'
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
 * Pure: whether the run is on a plateau is a fold of the lineage in order of ordinals, kept per lineage up to the oldest
 * candidate that has not ended.
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

/** The candidates below `next`: each that was better than all before it, the first program first. */
interface Rise {
  readonly next: number
  readonly steps: readonly Elite[]
}

/** Rises over candidates that have all ended, so that no later score can change them. */
const settled = new WeakMap<LineageView, Rise>()

/** Whether the latest candidates brought next to nothing, by what the run has gained altogether. */
export function isOnPlateau(lineage: LineageView): boolean {
  const steps = riseOf(lineage)
  const since = lineage.size - Math.max(leastWindow, Math.ceil(windowShare * lineage.size))
  if (since < 1) return false
  const now = steps.at(-1)?.fitness ?? lineage.first.fitness
  const before = steps.findLast(({ ordinal }) => ordinal < since)?.fitness ?? lineage.first.fitness
  return now - before <= leastGain * (now - lineage.first.fitness)
}

function riseOf(lineage: LineageView): readonly Elite[] {
  const known = settled.get(lineage) ?? { next: 1, steps: [lineage.first] }
  const steps = [...known.steps]
  let allEnded = true
  for (let ordinal = known.next; ordinal < lineage.size; ordinal++) {
    const ended = lineage.hasEnded(ordinal)
    if (allEnded && !ended) {
      settled.set(lineage, { next: ordinal, steps: [...steps] })
      allEnded = false
    }
    const fitness = lineage.fitnessOf(ordinal)
    if (fitness !== undefined && fitness > (steps.at(-1)?.fitness ?? -Infinity)) steps.push({ ordinal, fitness })
  }
  if (allEnded) settled.set(lineage, { next: lineage.size, steps })
  return steps
}

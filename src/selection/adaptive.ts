import type { Elite } from '../core/placement.ts'
import { geometricIndex } from './geometric.ts'
import { keptPerOwners } from './memo.ts'
import { isOnPlateau } from './plateau.ts'
import { rank } from './rank.ts'
import type { ParentSampler } from './sampler.ts'

/** Share of draws that go to the island's best while the run gets better, and on a plateau. */
const [greedWhileRising, greedOnPlateau] = [0.5, 0.1]

/** Share of the owners over which the chance of an older one falls by a factor e. */
const shareOfNewest = 0.05

/**
 * Draws as the run goes: while it gets better, half of the draws go to the island's best and the others by {@link rank}; on
 * a plateau one in ten goes to the best and the others to the owners that came last, whatever they score.
 *
 * Climbing is worth most while it works; where it has stopped, the way on leads through programs that are worse today. An
 * owner that came last has found a new cell or bettered one, so its children are the next step of the same way: it is
 * followed in depth, while `uniform` would spread the draws over all cells ever found.
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
    if (!plateau) return rank.sample(view, rng)
    return newestFirst(view)[geometricIndex(rng, owners.length, shareOfNewest)] as Elite
  },
}

const newestFirst = keptPerOwners(({ owners }): readonly Elite[] =>
  owners.toSorted((one, other) => other.ordinal - one.ordinal),
)

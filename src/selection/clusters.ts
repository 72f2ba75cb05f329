import type { Elite } from '../core/placement.ts'
import { caseScores } from './case-scores.ts'
import { keptPerOwners } from './memo.ts'
import type { ParentSampler, SamplingView } from './sampler.ts'

/** Temperature at the start of each period, for fitness normalised to the range of the island. */
const hottest = 0.1
/** Candidates after which the temperature starts anew. */
const period = 30_000

interface Cluster {
  /** From 0 for the worst to 1 for the best cluster of the island. */
  readonly standing: number
  readonly members: readonly Elite[]
  /** Chance of each member, relative to the others of its cluster. */
  readonly weights: readonly number[]
}

/**
 * Draws a cluster of owners with the same score on every case, then a short one of its members.
 *
 * Cluster `c` has a weight of `exp(s_c / T)`: `s_c` is the best fitness in it, normalised to 0 to 1 over the island's
 * clusters, and `T = 0.1 (1 - (n mod 30000) / 30000)` cools with the number `n` of candidates made. Within it, member `j` has a
 * weight of `exp(-(l_j - min l) / (max l))` by the length `l` of its source. Without case scores equal fitness makes a cluster.
 *
 * @see Romera-Paredes et al. 2024, "Mathematical discoveries from program search with large language models", Methods.
 */
export const clusters: ParentSampler = {
  name: 'clusters',
  draws: 'owners',
  shows: 'archive',
  sample: (view, rng) => {
    const found = clustersOf(view)
    // Never quite cold, so that the last candidate of a period divides by something.
    const temperature = hottest * (1 - (view.lineage.size % period) / period) || hottest / period
    const drawn = found[rng.weighted(found.map(({ standing }) => Math.exp((standing - 1) / temperature)))]
    return drawn?.members[rng.weighted(drawn.weights)] ?? (view.owners[0] as Elite)
  },
}

const clustersOf = keptPerOwners((view: SamplingView): readonly Cluster[] => {
  const groups = new Map<string, Elite[]>()
  for (const elite of view.owners) {
    const key = signatureOf(view, elite)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [elite])
    else group.push(elite)
  }
  const best = view.owners[0]?.fitness ?? 0
  // Owners come best first, so the first of a group is its best.
  const lowest = [...groups.values()].reduce((low, [first]) => Math.min(low, first?.fitness ?? low), best)
  return [...groups.values()].map((members) => {
    const top = members[0]?.fitness ?? best
    const lengths = members.map(({ ordinal }) => view.factsOf(ordinal).length)
    const shortest = lengths.reduce((low, length) => Math.min(low, length))
    const longest = lengths.reduce((high, length) => Math.max(high, length))
    return {
      standing: best > lowest ? (top - lowest) / (best - lowest) : 1,
      members,
      weights: lengths.map((length) => Math.exp(-(length - shortest) / Math.max(1, longest))),
    }
  })
})

function signatureOf(view: SamplingView, { ordinal, fitness }: Elite): string {
  const { names, signature } = caseScores(view.factsOf(ordinal))
  return names.length === 0 ? String(fitness) : signature
}

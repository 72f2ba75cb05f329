import { keptPerOwners } from './memo.ts'
import type { ParentSampler, SamplingView } from './sampler.ts'

/** How steeply the chance rises around the median. */
const steepness = 10

/**
 * Draws parents that are good and not yet worked on much: owner `i` with a weight of
 * `1 / (1 + exp(-10 (f_i - median) / MAD)) / (1 + children_i)`.
 *
 * The scale is the median absolute deviation of the owners' fitness; where more than half of them are equal it is their
 * mean absolute deviation, and where all are equal only the children count. Children on their way count too.
 *
 * @see Lange et al. 2025, ShinkaEvolve, arXiv:2509.19349, section on parent sampling.
 */
export const sigmoid: ParentSampler = {
  name: 'sigmoid',
  draws: 'owners',
  shows: 'archive',
  sample: (view, rng) => {
    const chances = chancesOf(view)
    const { owners, lineage } = view
    const weights = owners.map(({ ordinal }, index) => (chances[index] ?? 0) / (1 + lineage.childrenOf(ordinal)))
    return owners[rng.weighted(weights)] as (typeof owners)[number]
  },
}

const chancesOf = keptPerOwners(({ owners }: SamplingView): readonly number[] => {
  const values = owners.map(({ fitness }) => fitness)
  const middle = median(values)
  const deviations = values.map((value) => Math.abs(value - middle))
  const mean = deviations.reduce((sum, deviation) => sum + deviation, 0) / deviations.length
  const scale = median(deviations) || mean || 1
  return values.map((value) => 1 / (1 + Math.exp((-steepness * (value - middle)) / scale)))
})

/** The middle value; of an even number the mean of the two in the middle. */
function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const half = sorted.length >> 1
  const upper = sorted[half] ?? 0
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] ?? 0) + upper) / 2
}

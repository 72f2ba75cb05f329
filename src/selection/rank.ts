import type { ParentSampler } from './sampler.ts'

/**
 * Draws parents by rank: each next-best owner is a fixed factor less likely than the one before.
 *
 * The factor is chosen so that the better half of a full list gets about nine tenths of the draws on long lists, while
 * on a list of one or two owners everybody is drawn.
 */
export const rank: ParentSampler = {
  name: 'rank',
  draws: 'owners',
  shows: 'archive',
  sample: ({ owners }, rng) => {
    const scale = Math.max(1, owners.length * rankScale)
    return owners[rng.weighted(owners.map((_, position) => Math.exp(-position / scale)))] as (typeof owners)[number]
  },
}

/** Share of the list over which the chance falls by a factor e. */
const rankScale = 0.2

import type { ParentSampler } from './sampler.ts'

/**
 * Draws parents by rank: each next-best owner is a fixed factor less likely than the one before.
 *
 * The factor is chosen so that the better half of a full list gets about nine tenths of the draws on long lists, while
 * on a list of one or two owners everybody is drawn. One draw takes the same time on a list of any length.
 */
export const rank: ParentSampler = {
  name: 'rank',
  draws: 'owners',
  shows: 'archive',
  sample: ({ owners }, rng) => {
    const scale = Math.max(1, owners.length * rankScale)
    // The weights exp(-i / scale) sum up to a geometric series, whose inverse tells the index of a draw.
    const everything = -Math.expm1(-owners.length / scale)
    const index = Math.floor(-scale * Math.log1p(-rng.next() * everything))
    return owners[Math.min(index, owners.length - 1)] as (typeof owners)[number]
  },
}

/** Share of the list over which the chance falls by a factor e. */
const rankScale = 0.2

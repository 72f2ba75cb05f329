import type { Elite } from '../core/placement.ts'
import { geometricIndex } from './geometric.ts'
import type { ParentSampler } from './sampler.ts'

/** Share of the list over which the chance falls by a factor e: the better half of a long list gets nine tenths of the draws. */
const share = 0.2

/**
 * Draws parents by rank: each next-best owner is a fixed factor less likely than the one before. On a list of one or two
 * owners everybody is drawn.
 */
export const rank: ParentSampler = {
  name: 'rank',
  draws: 'owners',
  shows: 'archive',
  sample: ({ owners }, rng) => owners[geometricIndex(rng, owners.length, share)] as Elite,
}

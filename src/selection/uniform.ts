import type { ParentSampler } from './sampler.ts'

/** Draws every owner of the island with the same chance. @see Mouret and Clune 2015, arXiv:1504.04909. */
export const uniform: ParentSampler = {
  name: 'uniform',
  draws: 'owners',
  shows: 'archive',
  sample: ({ owners }, rng) => rng.pick(owners),
}

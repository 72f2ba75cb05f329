import type { ParentSampler } from './sampler.ts'

/** Weight of an owner whose children come to nothing: it keeps a small chance. */
const least = 0.05

/**
 * Draws parents whose children the archive kept: owner `i` with a weight of `max(0.05, 1 + c_i)`, where its curiosity `c_i`
 * is 1 for each child that was kept and minus a half for each that was not, failures included. A new owner weighs 1.
 *
 * @see Cully and Demiris 2018, "Quality and Diversity Optimization: A Unifying Modular Framework", arXiv:1708.09251.
 */
export const curiosity: ParentSampler = {
  name: 'curiosity',
  draws: 'owners',
  shows: 'archive',
  sample: ({ owners, lineage }, rng) => {
    const weights = owners.map(({ ordinal }) => Math.max(least, 1 + lineage.curiosityOf(ordinal)))
    return owners[rng.weighted(weights)] as (typeof owners)[number]
  },
}

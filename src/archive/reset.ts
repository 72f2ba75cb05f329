import type { Placement } from '../core/placement.ts'
import type { Rng } from '../core/rng.ts'
import type { Archive } from './archive.ts'

/**
 * The resets that are due once `committed` candidates are done: each island of the weaker half, by its best owner, is
 * emptied and founded anew by the best program of a surviving island drawn at random. Of equally good islands the later
 * one is weaker. With an odd number the middle island survives; an empty archive has no weaker half.
 *
 * Pure: applies nothing.
 *
 * @param interval - Candidates committed between two resets; 0 turns them off.
 * @see Romera-Paredes et al. 2024, "Mathematical discoveries from program search with large language models", Methods.
 */
export function dueResets(archive: Archive, interval: number, committed: number, rng: Rng): readonly Placement[] {
  if (interval === 0 || committed === 0 || committed % interval !== 0) return []
  const standing = Array.from({ length: archive.islandCount }, (_, island) => ({
    island,
    best: archive.owners(island)[0],
  })).sort(
    (a, b) =>
      (b.best?.fitness ?? Number.NEGATIVE_INFINITY) - (a.best?.fitness ?? Number.NEGATIVE_INFINITY) ||
      a.island - b.island,
  )
  const half = Math.floor(standing.length / 2)
  const survivors = standing.slice(0, standing.length - half).filter(({ best }) => best !== undefined)
  if (survivors.length === 0) return []
  return standing.slice(standing.length - half).flatMap(({ island }) => {
    const { island: from, best } = rng.pick(survivors)
    return best === undefined ? [] : [archive.proposeFounder(from, best.ordinal, island)]
  })
}

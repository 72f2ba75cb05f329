import type { RunParts } from './parts.ts'

/**
 * Whether a structurally different approach is due: the parent is exhausted, since it has many finished children and none
 * is better, or its island is on a plateau, since many candidates were made there after its best program.
 *
 * Islands take turns, so the candidates of one are its share of all. Depends on the archive and the lineage alone.
 */
export function isStuck(
  {
    archive,
    lineage,
    problem,
  }: Pick<RunParts, 'archive' | 'lineage'> & {
    readonly problem: { readonly search: Pick<RunParts['problem']['search'], 'pivot'> }
  },
  island: number,
  parent: number,
  ordinal: number,
): boolean {
  const { exhausted, plateau } = problem.search.pivot
  if (lineage.barrenOf(parent) >= exhausted) return true
  const [best] = archive.owners(island)
  return best !== undefined && ordinal - best.ordinal >= plateau * archive.islandCount
}

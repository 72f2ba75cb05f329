import { Archive } from '../archive/archive.ts'
import type { CellSpace } from '../archive/cell-space.ts'
import { grid } from '../archive/cell.ts'
import { centroidSpace, spreadCentroids } from '../archive/centroids.ts'
import type { Problem } from '../config/problem.ts'
import { rngFromText } from '../core/rng.ts'
import type { RunStore } from '../store/run-store.ts'

/** Rebuilds the archive by folding the placements in the order they were decided. */
export function rebuildArchive(
  problem: Pick<Problem, 'archive' | 'objectives'>,
  store: Pick<RunStore, 'placements'>,
): Archive {
  const archive = emptyArchive(problem)
  for (const placement of store.placements()) archive.apply(placement)
  return archive
}

/** The archive of a problem before anything is placed. */
export function emptyArchive(problem: Pick<Problem, 'archive' | 'objectives'>): Archive {
  const { islands, elitesPerCell } = problem.archive
  const by = problem.objectives.length > 1 && elitesPerCell > 1 ? 'front' : 'fitness'
  return new Archive(cellSpace(problem), islands, { capacity: elitesPerCell, by })
}

/**
 * The cells of a problem's islands. Centroids depend on the number of axes and cells alone, not on the run's seed, so
 * that cells of different runs can be compared.
 */
export function cellSpace({ archive }: Pick<Problem, 'archive'>): CellSpace {
  const { kind, axes, cells } = archive
  if (kind === 'grid' || cells === undefined) return grid(axes)
  const rng = rngFromText(`centroids/${String(axes.length)}/${String(cells)}`)
  return centroidSpace(axes, spreadCentroids(axes.length, cells, rng))
}

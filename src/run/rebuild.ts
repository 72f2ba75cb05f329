import { Archive } from '../archive/archive.ts'
import type { Problem } from '../config/problem.ts'
import type { RunStore } from '../store/run-store.ts'

/** Rebuilds the archive by folding the placements in the order they were decided. */
export function rebuildArchive(problem: Problem, store: Pick<RunStore, 'placements'>): Archive {
  const archive = new Archive(problem.archive.axes, problem.archive.islands)
  for (const placement of store.placements()) archive.apply(placement)
  return archive
}

import type { Elite, Placement } from '../core/placement.ts'
import type { Archive } from './archive.ts'

/** When a run that stands still gets another island. */
export interface SpawnPlan {
  /** Scored candidates without a new best before an island is founded; 0 turns it off. */
  readonly patience: number
  /** Islands at most, those of the start included. */
  readonly limit: number
  /** What the new island starts from: the first program, or the best so far. */
  readonly from: 'first' | 'best'
}

/**
 * The founding of one more island when the search stands still: nothing new for `patience` scored candidates and the
 * limit not reached.
 *
 * Pure: applies nothing.
 *
 * @see Lange et al. 2025, ShinkaEvolve, arXiv:2509.19349, which also adds islands when the search stagnates.
 */
export function dueSpawn(archive: Archive, plan: SpawnPlan): readonly Placement[] {
  if (plan.patience === 0 || archive.stagnation.since < plan.patience || archive.islandCount >= plan.limit) return []
  const island = archive.islandCount
  const founder = plan.from === 'best' ? standing(archive) : undefined
  if (founder !== undefined) return [archive.proposeFounder(founder.from, founder.elite.ordinal, island)]
  const { first } = archive.stagnation
  if (first === undefined) return []
  return [{ ...first, island, via: 'founding', decision: 'new-cell', displaced: undefined, clamped: [] }]
}

/** The best program that still owns a cell, and the first island where it does. */
function standing(archive: Archive): { readonly from: number; readonly elite: Elite } | undefined {
  let found: { readonly from: number; readonly elite: Elite } | undefined
  for (let from = 0; from < archive.islandCount; from++) {
    const elite = archive.owners(from)[0]
    if (elite !== undefined && (found === undefined || elite.fitness > found.elite.fitness)) found = { from, elite }
  }
  return found
}

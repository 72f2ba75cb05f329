import type { Placement } from '../core/placement.ts'
import type { Archive } from './archive.ts'
import type { MigrationTopology } from './topology.ts'

/** When islands exchange elites and how many. */
export interface MigrationPlan {
  readonly topology: MigrationTopology
  /** Candidates committed between two migrations; 0 turns migration off. */
  readonly interval: number
  /** Elites sent by each island to each target, best first. */
  readonly count: number
  /** Share of its owners that each island sends, at least one of them; where given, `count` has no say. */
  readonly rate?: number | undefined
}

/**
 * The migrations that are due once `committed` candidates are done: those that a target would keep.
 *
 * All senders are read before anything moves, so the order of islands does not matter; of two migrants for one cell
 * the better one goes. A program that is already in the cell is never sent there again.
 *
 * Pure: applies nothing.
 */
export function dueMigrations(archive: Archive, plan: MigrationPlan, committed: number): readonly Placement[] {
  if (plan.interval === 0 || committed === 0 || committed % plan.interval !== 0) return []
  const kept = new Map<string, Placement>()
  for (let from = 0; from < archive.islandCount; from++) {
    const targets = plan.topology.targets(from, archive.islandCount)
    if (targets.length === 0) continue
    const owners = archive.owners(from)
    for (const { ordinal } of owners.slice(0, migrants(plan, owners.length))) {
      for (const to of targets) {
        const placement = archive.proposeMigrant(from, ordinal, to)
        const target = `${String(to)}/${placement.cell}`
        const rival = kept.get(target)
        if (placement.decision === 'rejected' || (rival !== undefined && rival.fitness >= placement.fitness)) continue
        kept.set(target, placement)
      }
    }
  }
  return [...kept.values()]
}

function migrants({ count, rate }: MigrationPlan, owners: number): number {
  return rate === undefined ? count : Math.max(1, Math.round(rate * owners))
}

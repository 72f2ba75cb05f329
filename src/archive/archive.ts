import type { Axis } from '../core/descriptor.ts'
import { InvariantError } from '../core/errors.ts'
import type { Elite, Placement, PlacementVia } from '../core/placement.ts'
import { cellOf } from './cell.ts'

/** One island: who owns which cell. */
interface Island {
  readonly cells: Map<string, Elite>
  /** Owners, best first; dropped whenever a cell changes. */
  sorted: readonly Elite[] | undefined
}

/** A program on its way into the archive. */
export interface Arrival {
  readonly ordinal: number
  readonly fitness: number
  /** Behaviour values by descriptor name; every axis has one. */
  readonly descriptors: Readonly<Record<string, number>>
}

/**
 * The MAP-Elites archive: one fixed grid per island, one owner per cell.
 *
 * It changes by {@link Archive.apply} alone, so folding a run's placements from the store rebuilds it exactly.
 *
 * @see Mouret and Clune 2015, arXiv:1504.04909.
 */
export class Archive {
  readonly axes: readonly Axis[]
  readonly #islands: readonly Island[]
  #best: Elite | undefined

  constructor(axes: readonly Axis[], islands: number) {
    this.axes = axes
    this.#islands = Array.from({ length: islands }, () => ({ cells: new Map<string, Elite>(), sorted: undefined }))
  }

  get islandCount(): number {
    return this.#islands.length
  }

  /** The best program ever placed; of equals the first. `undefined` while the archive is empty. */
  get best(): Elite | undefined {
    return this.#best
  }

  /** What would become of an arrival. Changes nothing. An equal of the owner is rejected: ties keep the first. */
  propose(island: number, arrival: Arrival, via: PlacementVia): Placement {
    const { cell, clamped } = cellOf(this.axes, arrival.descriptors)
    return this.#decide({ ordinal: arrival.ordinal, island, cell, fitness: arrival.fitness, via, clamped })
  }

  /** What would become of an owner that is copied from one island to the same cell of another. */
  proposeMigrant(cell: string, elite: Elite, to: number): Placement {
    return this.#decide({ ...elite, island: to, cell, via: 'migration', clamped: [] })
  }

  /** Carries out a decision that {@link Archive.propose} made on this very state, or one read back from the store. */
  apply(placement: Placement): void {
    if (placement.decision === 'rejected') return
    const island = this.#island(placement.island)
    const elite: Elite = { ordinal: placement.ordinal, fitness: placement.fitness }
    island.cells.set(placement.cell, elite)
    island.sorted = undefined
    if (this.#best === undefined || elite.fitness > this.#best.fitness) this.#best = elite
  }

  /** Owners of one island, best first; equals in order of creation. */
  owners(island: number): readonly Elite[] {
    const found = this.#island(island)
    found.sorted ??= [...found.cells.values()].sort((a, b) => b.fitness - a.fitness || a.ordinal - b.ordinal)
    return found.sorted
  }

  /** Cells and owners of one island, best owner first. */
  occupied(island: number): readonly (readonly [cell: string, owner: Elite])[] {
    return [...this.#island(island).cells].sort(([, a], [, b]) => b.fitness - a.fitness || a.ordinal - b.ordinal)
  }

  #decide(arriving: Omit<Placement, 'decision' | 'displaced'>): Placement {
    const owner = this.#island(arriving.island).cells.get(arriving.cell)
    if (owner === undefined) return { ...arriving, decision: 'new-cell', displaced: undefined }
    return arriving.fitness > owner.fitness
      ? { ...arriving, decision: 'improved', displaced: owner.ordinal }
      : { ...arriving, decision: 'rejected', displaced: undefined }
  }

  #island(index: number): Island {
    const island = this.#islands[index]
    if (island === undefined) throw new InvariantError(`there is no island ${String(index)}`)
    return island
  }
}

import { InvariantError } from '../core/errors.ts'
import type { Elite, Placement, PlacementVia } from '../core/placement.ts'
import type { CellSpace } from './cell-space.ts'
import { dominance, mostCrowded } from './front.ts'
import { squaredDistance } from './nearest-point.ts'
import { Stagnation } from './stagnation.ts'
import { isNewBest } from './new-best.ts'

/** A program in a cell. `vector` is empty where cells keep the best by fitness alone. */
interface Member extends Elite {
  readonly vector: readonly number[]
}

/** One island: who is in which cell. */
interface Island {
  /** Members in order of arrival; never an empty list. */
  readonly cells: Map<string, readonly Member[]>
  /** The cell of each member. */
  readonly homes: Map<number, string>
  /** All members, best first, equals in order of creation. */
  readonly owners: Elite[]
  version: number
}

/** How many programs a cell holds and what they compete by. */
export interface CellRules {
  /** Members of one cell at most, 1 or more. */
  readonly capacity: number
  /**
   * `fitness`: a full cell keeps the best. `front`: a cell keeps programs of which none dominates another; of one too
   * many the most crowded leaves.
   */
  readonly by: 'fitness' | 'front'
}

/** A program on its way into the archive. */
export interface Arrival {
  readonly ordinal: number
  readonly fitness: number
  /** Behaviour values by descriptor name; every axis has one. */
  readonly descriptors: Readonly<Record<string, number>>
  /** Oriented objectives, higher is better; needed where cells hold fronts. */
  readonly vector?: readonly number[]
  /** Level of the curriculum on which it was scored, from 1. Default: 1. */
  readonly level?: number | undefined
}

/** Where a program would go. */
type Target = Pick<Placement, 'ordinal' | 'island' | 'cell' | 'fitness' | 'via' | 'clamped' | 'vector' | 'level'>

/**
 * The MAP-Elites archive: one space of cells per island.
 *
 * It changes by {@link Archive.apply} alone, so folding a run's placements from the store rebuilds it exactly.
 *
 * @see Mouret and Clune 2015, arXiv:1504.04909; for fronts in cells Pierrot et al. 2022, arXiv:2202.03057.
 */
export class Archive {
  readonly space: CellSpace
  readonly rules: CellRules
  readonly stagnation: Stagnation
  readonly #islands: Island[]
  readonly #centres = new Map<string, readonly number[]>()
  #best: Elite | undefined
  #newBest: Elite | undefined
  #level = 1

  constructor(space: CellSpace, islands: number, rules: CellRules = oneByFitness) {
    this.space = space
    this.rules = rules
    this.stagnation = new Stagnation(islands)
    this.#islands = Array.from({ length: islands }, emptyIsland)
  }

  get islandCount(): number {
    return this.#islands.length
  }

  /** Level of the curriculum whose programs it holds: fitness of different levels is never compared. */
  get level(): number {
    return this.#level
  }

  /** The best program ever placed on this level; of equals the first. `undefined` while the archive is empty. */
  get best(): Elite | undefined {
    return this.#best
  }

  /** The last program that was a new best by {@link isNewBest}; {@link Archive.best} may be better by less than that. */
  get newBest(): Elite | undefined {
    return this.#newBest
  }

  /** What would become of an arrival. Changes nothing. An equal of a full cell's worst is rejected: ties keep the first. */
  propose(island: number, arrival: Arrival, via: PlacementVia): Placement {
    const { ordinal, fitness, vector, level = 1 } = arrival
    const { cell, clamped } = this.space.cellOf(arrival.descriptors)
    const where = { ordinal, island, cell, fitness, via, clamped, ...(vector === undefined ? {} : { vector }) }
    const target = { ...where, ...levelled(level) }
    // The first of a level finds the archive empty.
    return level > this.#level ? { ...target, decision: 'new-cell', displaced: undefined } : this.#decide(target)
  }

  /**
   * What would become of a member that is copied from one island to the same cell of another. Where it is a member
   * already it is rejected.
   *
   * @throws {@link InvariantError} when it is no member of the island it comes from.
   */
  proposeMigrant(from: number, ordinal: number, to: number): Placement {
    return this.#decide({ ...this.#copied(from, ordinal), island: to, via: 'migration' })
  }

  /**
   * The founding of an island by a member of another one: the island is emptied, or created when it is the next one.
   *
   * @throws {@link InvariantError} when it is no member of the island it comes from.
   */
  proposeFounder(from: number, ordinal: number, island: number): Placement {
    const founder = { ...this.#copied(from, ordinal), island, via: 'founding' } as const
    return { ...founder, decision: 'new-cell', displaced: undefined }
  }

  /**
   * Carries out a decision that was made on this very state, or one read back from the store.
   *
   * @throws {@link InvariantError} when it names an island that is neither there nor the next one to be founded.
   */
  apply(placement: Placement): void {
    if ((placement.level ?? 1) > this.#level) this.#rise(placement.level ?? 1)
    this.stagnation.apply(placement)
    if (placement.decision === 'rejected') return
    const { ordinal, fitness, cell, displaced, alsoDisplaced = [] } = placement
    if (placement.via === 'founding') this.#vacate(placement.island)
    const island = this.#island(placement.island)
    const leaving = displaced === undefined ? alsoDisplaced : [displaced, ...alsoDisplaced]
    const members = island.cells.get(cell) ?? []
    for (const member of members) {
      if (!leaving.includes(member.ordinal)) continue
      island.owners.splice(placeOf(island.owners, member), 1)
      island.homes.delete(member.ordinal)
    }
    const elite: Elite = { ordinal, fitness }
    const member: Member = { ...elite, vector: placement.vector ?? [] }
    island.cells.set(cell, [...members.filter((one) => !leaving.includes(one.ordinal)), member])
    island.homes.set(ordinal, cell)
    island.owners.splice(placeOf(island.owners, elite), 0, elite)
    island.version++
    if (this.#best === undefined || fitness > this.#best.fitness) this.#best = elite
    if (isNewBest(fitness, this.#newBest?.fitness)) this.#newBest = elite
  }

  /** Owners of one island, best first; equals in order of creation. The list changes with the archive. */
  owners(island: number): readonly Elite[] {
    return this.#island(island).owners
  }

  /** Changes whenever the owners of an island do. */
  version(island: number): number {
    return this.#island(island).version
  }

  /** The cell that a program owns or shares on an island; `undefined` when it is not there. */
  cellOn(island: number, ordinal: number): string | undefined {
    return this.#island(island).homes.get(ordinal)
  }

  /**
   * Square of the distance between the middles of the cells of two members of an island, on axes that go from 0 to 1.
   *
   * @returns infinity when one of them is no member.
   */
  distance(island: number, one: number, other: number): number {
    const [from, to] = [this.cellOn(island, one), this.cellOn(island, other)]
    if (from === undefined || to === undefined) return Number.POSITIVE_INFINITY
    return squaredDistance(this.#centre(from), this.#centre(to))
  }

  /** Cells and their members on one island, best member first; a cell with several members appears several times. */
  occupied(island: number): readonly (readonly [cell: string, owner: Elite])[] {
    const { owners, homes } = this.#island(island)
    return owners.map((owner) => [homes.get(owner.ordinal) ?? '', owner] as const)
  }

  /** Cells of one island that have a member. */
  filled(island: number): number {
    return this.#island(island).cells.size
  }

  /** Middles of cells that were asked for; a question about one cell is asked again and again. */
  #centre(cell: string): readonly number[] {
    const known = this.#centres.get(cell) ?? this.space.centre(cell)
    this.#centres.set(cell, known)
    return known
  }

  #decide(target: Target): Placement {
    const members = this.#island(target.island).cells.get(target.cell)
    if (members === undefined) return { ...target, decision: 'new-cell', displaced: undefined }
    if (members.some(({ ordinal }) => ordinal === target.ordinal)) return rejected(target)
    const { capacity, by } = this.rules
    return by === 'front' ? onFront(target, members, capacity) : byFitness(target, members, capacity)
  }

  #copied(from: number, ordinal: number) {
    const { cells, homes } = this.#island(from)
    const cell = homes.get(ordinal)
    const member = cell === undefined ? undefined : cells.get(cell)?.find((one) => one.ordinal === ordinal)
    if (cell === undefined || member === undefined) {
      throw new InvariantError(`program ${String(ordinal)} is no member of island ${String(from)}`)
    }
    const { fitness, vector } = member
    const front = vector.length === 0 ? {} : { vector }
    return { ordinal, fitness, cell, clamped: [], ...front, ...levelled(this.#level) }
  }

  /** Begins a level of the curriculum with empty islands. */
  #rise(level: number): void {
    this.#level = level
    for (let island = 0; island < this.#islands.length; island++) {
      this.#vacate(island)
      this.#island(island).version++
    }
    this.#best = undefined
    this.#newBest = undefined
    this.stagnation.restart()
  }

  #vacate(index: number): void {
    if (index > this.#islands.length) this.#island(index)
    const version = this.#islands[index]?.version ?? 0
    this.#islands[index] = { ...emptyIsland(), version }
  }

  #island(index: number): Island {
    const island = this.#islands[index]
    if (island === undefined) throw new InvariantError(`there is no island ${String(index)}`)
    return island
  }
}

const oneByFitness: CellRules = { capacity: 1, by: 'fitness' }

/** The first level is not written down. */
function levelled(level: number): Pick<Placement, 'level'> {
  return level === 1 ? {} : { level }
}

function emptyIsland(): Island {
  return { cells: new Map(), homes: new Map(), owners: [], version: 0 }
}

function byFitness(target: Target, members: readonly Member[], capacity: number): Placement {
  if (members.length < capacity) return { ...target, decision: 'improved', displaced: undefined }
  // The last of equals is the latest arrival: ties keep the first.
  const worst = members.reduce((low, member) => (member.fitness <= low.fitness ? member : low))
  return target.fitness > worst.fitness
    ? { ...target, decision: 'improved', displaced: worst.ordinal }
    : rejected(target)
}

function onFront(target: Target, members: readonly Member[], capacity: number): Placement {
  const { vector } = target
  if (vector === undefined) throw new InvariantError('an arrival at a front has a vector of objectives')
  const standings = members.map((member) => ({ member, stands: dominance(vector, member.vector) }))
  if (standings.some(({ stands }) => stands === 'dominated' || stands === 'equal')) return rejected(target)
  const beaten = standings.flatMap(({ member, stands }) => (stands === 'dominates' ? [member] : []))
  if (beaten.length === 0 && members.length >= capacity) {
    const leaving = mostCrowded<Member>([...members, { ordinal: target.ordinal, fitness: target.fitness, vector }])
    return leaving === undefined || leaving.ordinal === target.ordinal
      ? rejected(target)
      : { ...target, decision: 'improved', displaced: leaving.ordinal }
  }
  const [first, ...others] = beaten.sort((a, b) => b.fitness - a.fitness || a.ordinal - b.ordinal)
  const also = others.map(({ ordinal }) => ordinal)
  return {
    ...target,
    decision: 'improved',
    displaced: first?.ordinal,
    ...(also.length === 0 ? {} : { alsoDisplaced: also }),
  }
}

function rejected(target: Target): Placement {
  return { ...target, decision: 'rejected', displaced: undefined }
}

/** Where an elite stands, or would stand, among owners that are sorted best first, equals in order of creation. */
function placeOf(owners: readonly Elite[], elite: Elite): number {
  let low = 0
  let high = owners.length
  while (low < high) {
    const middle = (low + high) >>> 1
    const other = owners[middle] as Elite
    if (other.fitness > elite.fitness || (other.fitness === elite.fitness && other.ordinal < elite.ordinal)) {
      low = middle + 1
    } else high = middle
  }
  return low
}

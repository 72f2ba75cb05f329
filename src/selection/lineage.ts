import { InvariantError } from '../core/errors.ts'
import type { Elite } from '../core/placement.ts'

/** What samplers may ask about the programs of a run, in the numbering of their creation. A question changes nothing. */
export interface LineageView {
  /** Ordinals known so far are 0 to `size - 1`; candidates that are still on their way are among them. */
  readonly size: number
  /** The first program. */
  readonly first: Elite
  /** The scored program that was created last, whether the archive kept it or not. */
  readonly latest: Elite
  /** The best scored program; of equals the one created first. */
  readonly best: Elite
  /** The program it was made from; `undefined` for the first program. */
  parentOf(ordinal: number): number | undefined
  /** Fitness, or `undefined` for a candidate that failed or is still on its way. */
  fitnessOf(ordinal: number): number | undefined
  /** Candidates made from this program so far, failures and those on their way included. */
  childrenOf(ordinal: number): number
}

/** One candidate as a store remembers it. `fitness` is `undefined` while it has none. */
export interface LineageEntry {
  readonly ordinal: number
  readonly parent: number | undefined
  readonly fitness: number | undefined
}

/**
 * The parent graph of a run with its scores: 16 bytes per program.
 *
 * It depends on which candidates exist and how they scored, not on the order in which they finished, so that it can be
 * rebuilt from the store in order of ordinals.
 */
export class Lineage implements LineageView {
  #parents = new Int32Array(1024)
  #children = new Int32Array(1024)
  #fitness = new Float64Array(1024)
  #size = 0
  #latest = -1
  #best = -1

  /** Rebuilds the graph of a run, in order of ordinals. */
  static of(entries: Iterable<LineageEntry>): Lineage {
    const lineage = new Lineage()
    for (const { ordinal, parent, fitness } of entries) {
      lineage.add(ordinal, parent)
      if (fitness !== undefined) lineage.score(ordinal, fitness)
    }
    return lineage
  }

  /**
   * Notes a candidate the moment it is selected.
   *
   * @throws {@link InvariantError} when its ordinal is not the next one.
   */
  add(ordinal: number, parent: number | undefined): void {
    if (ordinal !== this.#size) throw new InvariantError(`the next candidate is ${this.#size}, not ${ordinal}`)
    if (ordinal === this.#parents.length) this.#grow()
    this.#parents[ordinal] = parent ?? -1
    this.#fitness[ordinal] = Number.NaN
    if (parent !== undefined) this.#children[parent] = this.childrenOf(parent) + 1
    this.#size++
  }

  /** Notes the fitness of a candidate; a finite number. */
  score(ordinal: number, fitness: number): void {
    this.#fitness[ordinal] = fitness
    if (ordinal > this.#latest) this.#latest = ordinal
    const best = this.fitnessOf(this.#best)
    if (best === undefined || fitness > best || (fitness === best && ordinal < this.#best)) this.#best = ordinal
  }

  get size(): number {
    return this.#size
  }

  get first(): Elite {
    return this.#elite(0)
  }

  get latest(): Elite {
    return this.#elite(this.#latest)
  }

  get best(): Elite {
    return this.#elite(this.#best)
  }

  parentOf(ordinal: number): number | undefined {
    const parent = this.#parents[ordinal]
    return parent === undefined || parent < 0 || ordinal >= this.#size ? undefined : parent
  }

  fitnessOf(ordinal: number): number | undefined {
    const fitness = this.#fitness[ordinal]
    return fitness === undefined || Number.isNaN(fitness) || ordinal >= this.#size ? undefined : fitness
  }

  childrenOf(ordinal: number): number {
    return this.#children[ordinal] ?? 0
  }

  #elite(ordinal: number): Elite {
    const fitness = this.fitnessOf(ordinal)
    if (fitness === undefined) throw new InvariantError('nothing was scored yet')
    return { ordinal, fitness }
  }

  #grow(): void {
    const length = 2 * this.#parents.length
    const copied = <T extends Int32Array | Float64Array>(larger: T, from: T): T => {
      larger.set(from)
      return larger
    }
    this.#parents = copied(new Int32Array(length), this.#parents)
    this.#children = copied(new Int32Array(length), this.#children)
    this.#fitness = copied(new Float64Array(length), this.#fitness)
  }
}

import { InvariantError } from '../core/errors.ts'
import type { Elite } from '../core/placement.ts'
import { copied, Subtrees } from './subtrees.ts'

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
  /** Whether its fitness, or that it has none, is final: it was scored or failed, and is not on its way. */
  hasEnded(ordinal: number): boolean
  /** Candidates made from this program so far, failures and those on their way included. */
  childrenOf(ordinal: number): number
  /** Over the finished children of a program: 1 for each that the archive kept, less a half for each other one. */
  curiosityOf(ordinal: number): number
  /** Finished children of a program, failures included, while none of them is better than it; else 0. */
  barrenOf(ordinal: number): number
  /**
   * Over a program and all that descend from it: how many candidates were made, and the best fitness among them.
   *
   * @throws InvariantError where sums over descendants are not kept.
   */
  subtreeOf(ordinal: number): { readonly size: number; readonly best: number }
}

/** One candidate as a store remembers it. */
export interface LineageEntry {
  readonly ordinal: number
  readonly parent: number | undefined
  /** `undefined` while it has none. */
  readonly fitness: number | undefined
  /** Whether the archive kept it; `undefined` while it is on its way. A failed candidate was not kept. */
  readonly kept?: boolean | undefined
}

/**
 * The parent graph of a run with its scores: 26 bytes per program, 12 more with sums over descendants.
 *
 * It depends on which candidates exist and how they scored, not on the order in which they finished, so that it can be
 * rebuilt from the store in order of ordinals.
 */
export class Lineage implements LineageView {
  #parents = new Int32Array(1024)
  #children = new Int32Array(1024)
  #fitness = new Float64Array(1024)
  /** In halves. */
  #curiosity = new Int32Array(1024)
  /** 1 for a candidate that has ended. */
  #ended = new Uint8Array(1024)
  #endedChildren = new Int32Array(1024)
  /** 1 for a program with a better child. */
  #surpassed = new Uint8Array(1024)
  readonly #subtrees: Subtrees | undefined
  #size = 0
  #latest = -1
  #best = -1

  /** @param subtrees - Whether sums over descendants are kept, which takes time in proportion to a program's depth. */
  constructor(subtrees = false) {
    this.#subtrees = subtrees ? new Subtrees((ordinal) => this.parentOf(ordinal)) : undefined
  }

  /** Rebuilds the graph of a run, in order of ordinals. */
  static of(entries: Iterable<LineageEntry>, subtrees = false): Lineage {
    const lineage = new Lineage(subtrees)
    for (const { ordinal, parent, fitness, kept } of entries) {
      lineage.add(ordinal, parent)
      if (fitness !== undefined) lineage.score(ordinal, fitness)
      if (kept !== undefined) lineage.settle(ordinal, kept)
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
    this.#subtrees?.add(ordinal)
  }

  /** Notes, once, whether the archive kept a candidate that has ended; its fitness, if it has one, comes first. */
  settle(ordinal: number, kept: boolean): void {
    this.#ended[ordinal] = 1
    const parent = this.parentOf(ordinal)
    if (parent === undefined) return
    this.#curiosity[parent] = (this.#curiosity[parent] ?? 0) + (kept ? 2 : -1)
    this.#endedChildren[parent] = (this.#endedChildren[parent] ?? 0) + 1
    const [own, before] = [this.fitnessOf(ordinal), this.fitnessOf(parent)]
    if (own !== undefined && before !== undefined && own > before) this.#surpassed[parent] = 1
  }

  /** Notes the fitness of a candidate; a finite number. */
  score(ordinal: number, fitness: number): void {
    this.#fitness[ordinal] = fitness
    if (ordinal > this.#latest) this.#latest = ordinal
    const best = this.fitnessOf(this.#best)
    if (best === undefined || fitness > best || (fitness === best && ordinal < this.#best)) this.#best = ordinal
    this.#subtrees?.score(ordinal, fitness)
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

  hasEnded(ordinal: number): boolean {
    return this.#ended[ordinal] === 1
  }

  childrenOf(ordinal: number): number {
    return this.#children[ordinal] ?? 0
  }

  curiosityOf(ordinal: number): number {
    return (this.#curiosity[ordinal] ?? 0) / 2
  }

  barrenOf(ordinal: number): number {
    return this.#surpassed[ordinal] === 1 ? 0 : (this.#endedChildren[ordinal] ?? 0)
  }

  subtreeOf(ordinal: number): { readonly size: number; readonly best: number } {
    if (this.#subtrees === undefined) throw new InvariantError('sums over descendants are not kept')
    return this.#subtrees.of(ordinal)
  }

  #elite(ordinal: number): Elite {
    const fitness = this.fitnessOf(ordinal)
    if (fitness === undefined) throw new InvariantError('nothing was scored yet')
    return { ordinal, fitness }
  }

  #grow(): void {
    const length = 2 * this.#parents.length
    this.#parents = copied(new Int32Array(length), this.#parents)
    this.#children = copied(new Int32Array(length), this.#children)
    this.#fitness = copied(new Float64Array(length), this.#fitness)
    this.#curiosity = copied(new Int32Array(length), this.#curiosity)
    this.#ended = copied(new Uint8Array(length), this.#ended)
    this.#endedChildren = copied(new Int32Array(length), this.#endedChildren)
    this.#surpassed = copied(new Uint8Array(length), this.#surpassed)
  }
}

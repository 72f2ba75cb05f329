import type { OperatorUse } from '../store/run-store.ts'

/**
 * Where an operator that learns is at work: it stays with one parent per island until it has made enough children of
 * it. Depends on the selections alone, so that a resumed run goes on with the same parents.
 */
export class LearningParents {
  readonly #most: number
  readonly #current = new Map<number, number>()
  readonly #children = new Map<number, number>()

  /** @param most - Children that an operator makes of one parent. */
  constructor(most: number) {
    this.#most = most
  }

  /** As the candidates of an operator leave it, in order of ordinals. */
  static of(uses: Iterable<OperatorUse>, most: number): LearningParents {
    const parents = new LearningParents(most)
    for (const use of uses) parents.add(use)
    return parents
  }

  /** Notes a candidate of the operator. */
  add({ island, parent }: OperatorUse): void {
    this.#current.set(island, parent)
    this.#children.set(parent, (this.#children.get(parent) ?? 0) + 1)
  }

  /** The parent that the operator is busy with on an island. */
  current(island: number): number | undefined {
    const parent = this.#current.get(island)
    return parent !== undefined && this.isOpen(parent) ? parent : undefined
  }

  /** Whether more children may be made of a parent. */
  isOpen(parent: number): boolean {
    return (this.#children.get(parent) ?? 0) < this.#most
  }
}

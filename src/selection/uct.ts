import type { Elite } from '../core/placement.ts'
import { keptPerOwners } from './memo.ts'
import type { ParentSampler, SamplingView } from './sampler.ts'

/** Weight of exploration. */
const exploration = 1

/** The part of the lineage that leads to owners of an island. */
interface LivingTree {
  readonly roots: readonly number[]
  /** Children through which owners are reached, by program; absent for none. */
  readonly children: ReadonlyMap<number, readonly number[]>
  readonly owners: ReadonlyMap<number, Elite>
}

/**
 * Walks down the lineage from the first program, at each program choosing between making a child of it, when it owns a
 * cell, and going on to one of its children that leads to an owner: whatever has the greatest
 * `q + sqrt(ln N / n)`, of equals making a child, then the older program.
 *
 * `N` is the number of candidates in the subtree of the program, itself included. For a child, `q` is the best fitness of
 * its subtree and `n` its size; for making one here, `q` is the program's own fitness and `n` is 1 and its children so
 * far. `q` counts as the share of the island's owners that are no better, so the scale of the fitness does not matter. Nothing
 * is left to chance: candidates on their way count in `n`, which sends the next one elsewhere.
 *
 * @see Kocsis and Szepesvari 2006 for UCT; Shi, Duan and Li 2025, "Navigating the Alpha Jungle", arXiv:2505.11122, for the
 * best score as value and for a choice of expanding any program on the way.
 */
export const uct: ParentSampler = {
  name: 'uct',
  draws: 'owners',
  shows: 'archive',
  needs: 'subtrees',
  sample: (view) => {
    const { lineage, owners } = view
    const tree = livingTree(view)
    const valueOf = (fitness: number): number => shareNoBetter(owners, fitness)
    let [at, choices] = [undefined as number | undefined, tree.roots]
    for (;;) {
      const here = at === undefined ? undefined : tree.owners.get(at)
      const total = Math.log(at === undefined ? lineage.size : lineage.subtreeOf(at).size)
      let best = Number.NEGATIVE_INFINITY
      let next: number | undefined
      if (here !== undefined) {
        best = valueOf(here.fitness) + exploration * Math.sqrt(total / (1 + lineage.childrenOf(here.ordinal)))
      }
      for (const child of choices) {
        const { size, best: fitness } = lineage.subtreeOf(child)
        const value = valueOf(fitness) + exploration * Math.sqrt(total / size)
        if (value > best) [best, next] = [value, child]
      }
      if (next === undefined) return here ?? (owners[0] as Elite)
      at = next
      choices = tree.children.get(next) ?? []
    }
  },
}

const livingTree = keptPerOwners(({ owners, lineage }: SamplingView): LivingTree => {
  const children = new Map<number, number[]>()
  const roots: number[] = []
  const seen = new Set<number>()
  for (const { ordinal } of owners) {
    for (let at = ordinal; !seen.has(at);) {
      seen.add(at)
      const parent = lineage.parentOf(at)
      if (parent === undefined) {
        roots.push(at)
        break
      }
      const siblings = children.get(parent)
      if (siblings === undefined) children.set(parent, [at])
      else siblings.push(at)
      at = parent
    }
  }
  for (const list of children.values()) list.sort((a, b) => a - b)
  return { roots, children, owners: new Map(owners.map((elite) => [elite.ordinal, elite])) }
})

/** Share of owners, sorted best first, whose fitness is at most the given one. */
function shareNoBetter(owners: readonly Elite[], fitness: number): number {
  let low = 0
  let high = owners.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((owners[middle]?.fitness ?? 0) > fitness) low = middle + 1
    else high = middle
  }
  return (owners.length - low) / owners.length
}

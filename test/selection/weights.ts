import type { Rng } from '../../src/core/rng.ts'
import { Lineage } from '../../src/selection/lineage.ts'
import type { LineageEntry } from '../../src/selection/lineage.ts'
import type { EliteFacts, ParentSampler, SamplingView } from '../../src/selection/sampler.ts'

/** A run of scored programs: `[ordinal] = [parent, fitness, kept]`. Owners are those named. */
export function viewOf(
  programs: readonly (readonly [parent: number | undefined, fitness: number | undefined, kept?: boolean])[],
  owners: readonly number[],
  facts: Readonly<Record<number, Partial<EliteFacts>>> = {},
): SamplingView & { readonly lineage: Lineage } {
  const entries: LineageEntry[] = programs.map(([parent, fitness, kept], ordinal) => ({
    ordinal,
    parent,
    fitness,
    kept,
  }))
  const lineage = Lineage.of(entries, true)
  return {
    lineage,
    owners: owners
      .map((ordinal) => ({ ordinal, fitness: programs[ordinal]?.[1] ?? 0 }))
      .sort((a, b) => b.fitness - a.fitness || a.ordinal - b.ordinal),
    factsOf: (ordinal) => ({ scores: {}, length: 1, ...facts[ordinal] }),
  }
}

/** The weights that a sampler hands to its first weighted draws, each taken at the given index. */
export function weightsOf(sampler: ParentSampler, view: SamplingView, ...taken: readonly number[]): number[][] {
  const drawn: number[][] = []
  const refuse = (): never => {
    throw new Error('only weighted draws are expected')
  }
  const rng: Rng = {
    next: refuse,
    int: refuse,
    normal: refuse,
    pick: refuse,
    weighted: (weights) => {
      drawn.push([...weights])
      return taken[drawn.length - 1] ?? 0
    },
  }
  sampler.sample(view, rng)
  return drawn
}

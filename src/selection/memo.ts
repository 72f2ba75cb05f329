import type { SamplingView } from './sampler.ts'

/**
 * Keeps what is computed from an island's owners until they change, so that a draw costs little between two changes.
 * What is kept depends on the owners alone: with it or without it a draw is the same.
 *
 * @param build - A pure function of the owners and of facts about them that never change.
 */
export function keptPerOwners<Kept>(build: (view: SamplingView) => Kept): (view: SamplingView) => Kept {
  const memory = new WeakMap<object, { readonly version: number; readonly kept: Kept }>()
  return (view) => {
    const { owners, version } = view
    if (version === undefined) return build(view)
    const known = memory.get(owners)
    if (known?.version === version) return known.kept
    const kept = build(view)
    memory.set(owners, { version, kept })
    return kept
  }
}

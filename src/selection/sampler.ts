import type { Elite } from '../core/placement.ts'
import type { Rng } from '../core/rng.ts'

/** What a sampler may look at: the owners of one island's cells, best first, ties by ordinal. Never empty. */
export interface SamplingView {
  readonly owners: readonly Elite[]
}

/** The parent-sampler seam. Pure: draws come from `rng` alone. */
export interface ParentSampler {
  readonly name: string
  /** Draws one owner. */
  sample(view: SamplingView, rng: Rng): Elite
}

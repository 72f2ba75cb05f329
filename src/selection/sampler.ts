import type { Elite } from '../core/placement.ts'
import type { Rng } from '../core/rng.ts'
import type { LineageView } from './lineage.ts'

/** What a sampler may look at when it draws the parent of the next candidate. */
export interface SamplingView {
  /** The owners of the cells of the candidate's island, best first, ties by ordinal. Never empty. */
  readonly owners: readonly Elite[]
  /** All programs of the run; the candidate to come is not among them. */
  readonly lineage: LineageView
}

/** The parent-sampler seam. Pure: draws come from `rng` alone. One file and one line in `builtins.ts` add one. */
export interface ParentSampler {
  readonly name: string
  /** `owners`: every parent owns a cell of the candidate's island. `programs`: any scored program of the run may be one. */
  readonly draws: 'owners' | 'programs'
  /**
   * What a child may be shown beside its parent: `archive` is earlier attempts and inspirations, `attempts` the parent's
   * earlier attempts alone, `nothing` neither. A baseline that saw the archive would be no baseline.
   */
  readonly shows: 'archive' | 'attempts' | 'nothing'
  /** Draws one program. */
  sample(view: SamplingView, rng: Rng): Elite
}

import type { Elite } from '../core/placement.ts'
import type { Rng } from '../core/rng.ts'
import type { LineageView } from './lineage.ts'

/** What a sampler may look at when it draws the parent of the next candidate. */
export interface SamplingView {
  /** The owners of the cells of the candidate's island, best first, ties by ordinal. Never empty. */
  readonly owners: readonly Elite[]
  /** Another number whenever the owners have changed; absent where nobody counts. */
  readonly version?: number
  /** All programs of the run; the candidate to come is not among them. */
  readonly lineage: LineageView
  /** What was measured on an owner. */
  factsOf(ordinal: number): EliteFacts
}

/** What samplers may know about an owner beside its fitness. It never changes. */
export interface EliteFacts {
  /** Score by case, higher is better; empty when the evaluator gives none. */
  readonly scores: Readonly<Record<string, number>>
  /** Characters of the source. */
  readonly length: number
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
  /**
   * What it cannot do without: `subtrees` are sums over descendants in the lineage, kept only where they are asked for;
   * `scores` are several cases with a score each.
   */
  readonly needs?: 'subtrees' | 'scores'
  /** Every child is made from the program that was drawn: no operator that keeps a parent of its own is used. */
  readonly binds?: boolean
  /** Draws one program. */
  sample(view: SamplingView, rng: Rng): Elite
}

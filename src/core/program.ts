import type { Json } from './json.ts'

/** How a program is related to the candidate made from it. */
export type EdgeRole = 'parent' | 'inspiration'

/** Numbers that travel from parent to child beside the source, for example a mutation step size. */
export type Traits = Readonly<Record<string, number>>

/** An immutable source with its lineage. A candidate becomes one when it is placed or scored. */
export interface Program {
  /** Creation number within the run; 0 is the first program. Also its identity. */
  readonly ordinal: number
  /** The whole file, markers included. */
  readonly source: string
  /** Depth in the parent graph; 0 for the first program. */
  readonly generation: number
  readonly island: number
  readonly operator: string
  readonly traits: Traits
  /** Level of the curriculum on which it was scored, from 1; absent for the first. */
  readonly level?: number
}

/** Everything an operator may read when it makes a child. Sources are whole files with their markers. */
export interface VariationRequest {
  readonly parent: { readonly source: string; readonly traits: Traits }
  readonly inspirations: readonly { readonly source: string }[]
  /** Seed text of the operator's own random stream. */
  readonly seed: string
  /** For operators that learn: what became of the parent's earlier children by the same operator, as they were committed. */
  readonly earlier?: readonly EarlierChild[]
  /** Name of the language of all sources; see `core/language`. Default: typescript. */
  readonly language?: string
}

/** A child that was committed before, as an operator that learns sees it. */
export interface EarlierChild {
  /** What the operator noted when it made the child. */
  readonly detail: Json | undefined
  /** `undefined` when the child failed. */
  readonly fitness: number | undefined
}

/** A stretch of lines that a child has in place of its parent's. */
export interface LineChange {
  /** First line of the stretch in the parent, from 1; for a pure insertion the line it stands before. */
  readonly line: number
  /** The parent's lines, each ended by a line feed; empty for a pure insertion. */
  readonly removed: string
  /** The child's lines, each ended by a line feed; empty for a pure deletion. */
  readonly added: string
}

/** The lines that a child adds to its parent. Lines without a letter or digit, such as a lone bracket, do not count. */
export interface AddedLines {
  readonly added: number
  /** Of these, lines that an ancestor had and lost and the parent does not have: byte by byte the same. */
  readonly readded: readonly { readonly line: string; readonly removedBy: number }[]
}

/** Lines that a child brought back. */
export interface Readded {
  readonly line: string
  /** The ancestor that had it last. */
  readonly from: number
  /** The ancestor's child that removed it. */
  readonly by: number
  /** Fitness that removing it had gained, positive is better; `undefined` when one of the two has no score. */
  readonly gain: number | undefined
}

/** What an operator adds to say what it did, for lineage queries. */
export interface Change {
  /** One line, for example `literal 0.7 -> 0.4312`. */
  readonly summary: string
  readonly detail?: Json
}

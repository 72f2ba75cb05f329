import type { Syntax } from '../syntax/parse.ts'

/** What a built-in descriptor reads. */
export interface DescriptorInput {
  /** The genome: the text between the evolve markers, blocks joined by a newline. */
  readonly genome: string
  /** The syntax tree of the whole file; `undefined` for languages that are not parsed. */
  readonly syntax: Syntax | undefined
}

/** The descriptor seam: one finite number that says what a program is like, not how good it is. Pure. */
export interface Descriptor {
  readonly name: string
  /** Unit of the value, for tables and documentation. */
  readonly unit: string
  /** Whether it takes whole numbers only, so that bins between two of them stay empty. */
  readonly whole: boolean
  measure(input: DescriptorInput): number
}

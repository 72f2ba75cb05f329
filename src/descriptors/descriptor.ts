import type { Syntax } from '../syntax/parse.ts'

/** A program's text as descriptors read it. */
export interface ProgramText {
  /** The genome: the text between the evolve markers, blocks joined by a newline. */
  readonly genome: string
  /** The syntax tree of the whole file; `undefined` for languages that are not parsed. */
  readonly syntax: Syntax | undefined
}

/** What a descriptor of the source reads. */
export interface DescriptorInput extends ProgramText {
  /** The first program of the run. */
  readonly first?: ProgramText | undefined
}

/** What a descriptor of the outcome reads. */
export interface OutcomeInput {
  /** Wall time of each case in milliseconds, in the order of the cases; empty where nothing is run. */
  readonly caseMs: readonly number[]
  /** Score of each case, in the order of the evaluator; empty when it gives none. */
  readonly scores: Readonly<Record<string, number>>
  /** Raw objective values by name. */
  readonly objectives: Readonly<Record<string, number>>
}

/** One finite number that says what a program is like, not how good it is. */
interface Behaviour {
  readonly name: string
  /** Unit of the value, for tables and documentation. */
  readonly unit: string
  /** Whether it takes whole numbers only, so that bins between two of them stay empty. */
  readonly whole: boolean
}

/** The descriptor seam: what the source says about a program. Pure: the same source has the same value. */
export interface Descriptor extends Behaviour {
  measure(input: DescriptorInput): number
}

/** The descriptor seam, other half: what running and scoring a program says about it. Pure. */
export interface OutcomeDescriptor extends Behaviour {
  /** Whether the same program has the same value again, on any machine. */
  readonly reproducible: boolean
  /** @returns `undefined` when the problem gives it nothing to measure. */
  measure(outcome: OutcomeInput): number | undefined
}

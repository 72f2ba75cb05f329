import type { Json } from '../../core/json.ts'

/** Descriptor on which a command reads its request: one line of JSON. */
export const REQUEST_FD = 3
/** Descriptor on which a command writes its answer: one line of JSON, after a line {@link READY} if it announces itself. */
export const ANSWER_FD = 4
/** What a command writes before it loads the candidate, when the problem gives it a time to start. */
export const READY = '{"ready":true}'

/** One case as a command reads it. `args` comes first, so that a C program can scan for it. */
export interface CaseRequest {
  readonly args: readonly Json[]
  readonly id: string
  readonly entry: string | undefined
  /** For whatever chance the candidate uses: a whole number below 2^32, the same for the same run and case. */
  readonly seed: number
}

/** What a command answers. Anything else is not an answer. */
export type CaseAnswer =
  | { readonly value: Json }
  | { readonly threw: Described }
  | { readonly syntax: Described }
  | { readonly output: { readonly message: string } }

/** What went wrong in the candidate, in its language's own words. */
export interface Described {
  readonly message: string
  /** File of a program of several files, as a path within the program. */
  readonly file?: string
  readonly line?: number
  readonly stack?: string
}

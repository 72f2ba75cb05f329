import { UserError } from '../../core/errors.ts'
import type { SyntaxNode } from '../../syntax/node.ts'
import { lineOf } from '../../syntax/node.ts'

/** The file that a function is taken from, as the user named it, with its text in Unix line endings. */
export interface SourceFile {
  readonly shown: string
  readonly text: string
  /** `.ts` or `.js`: what the new program's file ends with. */
  readonly extension: '.ts' | '.js'
}

/** One line that says at which place of the user's file something cannot become part of a candidate, and what to do. */
export function refusal({ shown }: SourceFile, at: SyntaxNode, message: string): UserError {
  return new UserError(message, { file: shown, line: lineOf(at) })
}

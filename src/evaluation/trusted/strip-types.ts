import { stripTypeScriptTypes } from 'node:module'
import { messageOf } from '../../core/errors.ts'
import type { CandidateFailure } from '../../core/failure.ts'

/** Plain JavaScript, or which TypeScript construct cannot simply be blanked out. */
export type Stripped =
  | { readonly ok: true; readonly code: string }
  | { readonly ok: false; readonly failure: CandidateFailure & { readonly kind: 'syntax' } }

/** Blanks out the types of a TypeScript module. Every character left keeps its line and column. */
export function stripTypes(source: string): Stripped {
  try {
    return { ok: true, code: stripTypeScriptTypes(source, { mode: 'strip' }) }
  } catch (error) {
    return { ok: false, failure: failureOf(error) }
  }
}

/** The line stands only at the head of the stack, as `:3`. */
const firstLine = /^[^\n]*:(\d+)\n/

function failureOf(error: unknown): CandidateFailure & { readonly kind: 'syntax' } {
  const { code, stack } = error as { readonly code?: unknown; readonly stack?: unknown }
  const told = (messageOf(error).split('\n')[0] ?? '').replace(' in strip-only mode', '')
  const message =
    code === 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX' ? `${told}: types are erased, so write plain JavaScript for it` : told
  const line = typeof stack === 'string' ? firstLine.exec(stack)?.[1] : undefined
  return { kind: 'syntax', message, ...(line === undefined ? {} : { line: Number(line) }) }
}

import { isScript, languageOfFile } from '../core/language.ts'
import { valueAt } from './environment.ts'
import type { Mistake } from './mistakes.ts'

/**
 * Checks what no key can tell alone: whether the backend can run programs of this language, and has all it needs.
 *
 * Keys that are wrong by themselves are somebody else's finding and are passed over.
 */
export function unfitting(expanded: unknown): readonly Mistake[] {
  const textAt = (...place: readonly string[]): string | undefined => {
    const value = valueAt(expanded, place)
    return typeof value === 'string' ? value : undefined
  }
  const file = textAt('program', 'file')
  const language = textAt('program', 'language') ?? (file === undefined ? undefined : languageOfFile(file))
  const backend = textAt('evaluation', 'backend') ?? 'isolate'
  if (language === undefined || backend !== 'isolate') return []
  if (!isScript(language)) {
    const message = 'cannot run this program: an isolate runs JavaScript and TypeScript only'
    return [{ path: ['evaluation', 'backend'], spot: 'value', message }]
  }
  if (valueAt(expanded, ['program', 'entry']) !== undefined) return []
  const message = 'is missing: Name of the exported function that the evaluator calls.'
  return [{ path: ['program', 'entry'], spot: 'key', message }]
}

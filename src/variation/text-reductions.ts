import { languageNamed } from '../core/language.ts'
import { shown } from './edit.ts'
import { blocksOf } from './evolve-block.ts'
import { blankLines, lineAt, withoutComment } from './reduction.ts'
import type { Reduction } from './reduction.ts'
import { shorterNumbers } from './shorter-numbers.ts'
import { textDialect } from './text-dialect.ts'

/**
 * What can be taken away from a program whose language is not known here: comments that fill their lines, lines, digits.
 *
 * @param language - Tells how comments begin.
 */
export function textReductions(source: string, language: string): readonly Reduction[] {
  const outline = textDialect(language).read(source)
  if (outline === undefined) return []
  const { comment } = languageNamed(language)
  const lines = blocksOf(source).flatMap(({ start: from, end: to }) =>
    [...source.slice(from, to).matchAll(/[^\n]*\S[^\n]*(\n|$)/g)].map(({ 0: text, index }): Reduction => {
      const start = from + index
      if (text.trimStart().startsWith(comment)) {
        const begin = start + text.length - text.trimStart().length
        return withoutComment({ start: begin, end: start + text.trimEnd().length }, source)
      }
      const edits = [{ start, end: start + text.length, text: '' }]
      const summary = `dropped ${shown(text.trim())}`
      return { phase: 'statements', kind: 'line', line: lineAt(start, source), edits, summary }
    }),
  )
  return [...lines, ...blankLines(source), ...shorterNumbers(outline, '.0')]
}

import { applyEdits } from './edit.ts'
import type { Edit, TextEdit } from './edit.ts'
import { blocksOf } from './evolve-block.ts'

/**
 * Coarse before fine: what is taken away early takes the finer places within it along. `comments`: comments and repeated
 * blank lines. `statements`: statements, declarations, branches of a statement. `structure`: a statement gives way to its
 * body. `expressions`: an expression gives way to a part of it. `numbers`: a literal loses digits.
 */
export const reductionPhases = ['comments', 'statements', 'structure', 'expressions', 'numbers'] as const

export type ReductionPhase = (typeof reductionPhases)[number]

/** A way to make a program shorter. Whether it still does its job is for others to find out. */
export interface Reduction extends Edit {
  readonly phase: ReductionPhase
}

/** Carries out several reductions at once; of two that touch the same text the first counts. */
export function reduced(source: string, reductions: readonly Reduction[]): { source: string; applied: Reduction[] } {
  const applied: Reduction[] = []
  const edits: TextEdit[] = []
  for (const reduction of reductions) {
    const free = reduction.edits.every(({ start, end }) =>
      edits.every((taken) => end <= taken.start || taken.end <= start),
    )
    if (!free) continue
    applied.push(reduction)
    edits.push(...reduction.edits)
  }
  return { source: applyEdits(source, edits), applied }
}

/** Reductions in the order of the text, outer ones before those within them. */
export function inOrder(reductions: readonly Reduction[]): readonly Reduction[] {
  const startOf = ({ edits }: Reduction): number => Math.min(...edits.map(({ start }) => start))
  const endOf = ({ edits }: Reduction): number => Math.max(...edits.map(({ end }) => end))
  return reductions.toSorted((one, other) => startOf(one) - startOf(other) || endOf(other) - endOf(one))
}

/** Characters of a program that may evolve. */
export function genomeLength(source: string): number {
  return blocksOf(source).reduce((sum, { start, end }) => sum + end - start, 0)
}

/** A stretch that is alone on its lines goes with them; another leaves the rest of its line alone. */
export function wholeLines({ start, end }: Pick<TextEdit, 'start' | 'end'>, source: string): TextEdit {
  const from = source.lastIndexOf('\n', start - 1) + 1
  const feed = source.indexOf('\n', end)
  const to = feed === -1 ? source.length : feed + 1
  const alone = source.slice(from, start).trim() === '' && source.slice(end, to).trim() === ''
  return alone ? { start: from, end: to, text: '' } : { start, end, text: '' }
}

/**
 * The text of a body in the place of the statement around it: without blank edges, its lines moved left to where the
 * statement begins. Text with a multi-line literal stays where it is.
 *
 * @param outer - White space that the statement's line begins with.
 */
export function dedented(body: string, outer: string): string {
  const text = body.replace(/^(?:[^\S\n]*\n)+/, '').trimEnd()
  const inner = /^[^\S\n]*/.exec(text)?.[0] ?? ''
  const bare = text.trimStart()
  if (/`|"""|'''/.test(bare) || !inner.startsWith(outer) || inner === outer) return bare
  const more = inner.slice(outer.length)
  return bare.replaceAll(`\n${outer}${more}`, `\n${outer}`)
}

/** White space that the line of an offset begins with, up to the offset. */
export function indentAt(offset: number, source: string): string {
  const line = source.slice(source.lastIndexOf('\n', offset - 1) + 1, offset)
  return /^\s*/.exec(line)?.[0] ?? ''
}

/** Line of an offset, from 1. */
export function lineAt(offset: number, source: string): number {
  return source.slice(0, offset).split('\n').length
}

/** Comments that go with their lines, or with the white space before them. */
export function withoutComment(comment: Pick<TextEdit, 'start' | 'end'>, source: string): Reduction {
  const lines = wholeLines(comment, source)
  const atEnd = source.slice(comment.end).match(/^[^\S\n]*(?=\r?\n|$)/)?.[0].length
  const before = /[^\S\n]*$/.exec(source.slice(Math.max(0, comment.start - 200), comment.start))?.[0].length ?? 0
  const trailing = atEnd === undefined ? comment : { start: comment.start - before, end: comment.end + atEnd }
  const edit = lines.start < comment.start || lines.end > comment.end ? lines : { ...trailing, text: '' }
  return {
    ...{ phase: 'comments', kind: 'comment', line: lineAt(comment.start, source), edits: [edit] },
    summary: 'dropped a comment',
  }
}

/** Of several blank lines in a row one stays, and none at the edges of an evolve block. */
export function blankLines(source: string): readonly Reduction[] {
  return blocksOf(source).flatMap(({ start: from, end: to }) =>
    [...source.slice(from, to).matchAll(/(?<=^|\n)(?:[^\S\n]*\n)+/g)].flatMap(({ 0: text, index }): Reduction[] => {
      const [start, end] = [from + index, from + index + text.length]
      const kept = start === from || end === to ? '' : '\n'
      if (text === kept) return []
      const edits = [{ start, end, text: kept }]
      return [
        { phase: 'comments', kind: 'blank-lines', line: lineAt(start, source), edits, summary: 'dropped blank lines' },
      ]
    }),
  )
}

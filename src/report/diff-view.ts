import type { DiffLine } from './line-diff.ts'
import { diffLines } from './line-diff.ts'
import { printable, printableLine } from './printable.ts'
import { styleCodes } from './style-codes.ts'

/** How a difference is named and how much around it is shown. */
export interface DiffLayout {
  readonly before: string
  readonly after: string
  /** Unchanged lines shown around each change. Default 3. */
  readonly context?: number | undefined
}

const noNewline = '\\ No newline at end of file'

/**
 * Writes the difference of two texts in the unified format that `patch` and `git apply` read.
 *
 * Exact: lines are compared and written as they are, a carriage return at their end included.
 *
 * @returns Text that ends with a line feed; empty when the texts are equal.
 */
export function unifiedDiff(before: string, after: string, layout: DiffLayout): string {
  if (before === after) return ''
  const lines = diffLines(linesOf(before), linesOf(after))
  const hunks = hunksOf(lines, layout.context ?? 3)
  return [`--- ${printableLine(layout.before)}`, `+++ ${printableLine(layout.after)}`, ...hunks, ''].join('\n')
}

/**
 * Makes a unified difference fit for a terminal: control characters become visible, and colour is put on when asked.
 */
export function paintDiff(diff: string, color: boolean): string {
  const style = styleCodes(color)
  return printable(diff)
    .split('\n')
    .map((line, index) => {
      if (index < 2 && /^(---|\+\+\+) /.test(line)) return style.bold(line)
      if (line.startsWith('+')) return style.green(line)
      if (line.startsWith('-')) return style.red(line)
      return line.startsWith('@@') ? style.cyan(line) : line
    })
    .join('\n')
}

/** The lines of a text; a last line without a line feed carries the mark that says so, and thus differs from one with. */
function linesOf(text: string): string[] {
  if (text === '') return []
  const lines = text.split('\n')
  const last = lines.pop() ?? ''
  return last === '' ? lines : [...lines, `${last}\n${noNewline}`]
}

function hunksOf(lines: readonly DiffLine[], context: number): string[] {
  const hunks: string[] = []
  let [oldLine, newLine, at] = [1, 1, 0]
  for (const [from, to] of stretches(lines, context)) {
    for (; at < from; at++) [oldLine, newLine] = after(lines[at], oldLine, newLine)
    const [oldStart, newStart] = [oldLine, newLine]
    const body: string[] = []
    for (; at < to; at++) {
      const line = lines[at]
      if (line !== undefined) body.push(`${signs[line.kind]}${line.text}`)
      ;[oldLine, newLine] = after(line, oldLine, newLine)
    }
    hunks.push(`@@ -${range(oldStart, oldLine)} +${range(newStart, newLine)} @@`, ...body)
  }
  return hunks
}

const signs = { same: ' ', removed: '-', added: '+' } as const

function after(line: DiffLine | undefined, oldLine: number, newLine: number): [number, number] {
  return [oldLine + (line?.kind === 'added' ? 0 : 1), newLine + (line?.kind === 'removed' ? 0 : 1)]
}

function range(start: number, end: number): string {
  const length = end - start
  // An empty stretch is named by the line before it.
  return length === 1 ? String(start) : `${String(length === 0 ? start - 1 : start)},${String(length)}`
}

/** Index ranges that hold all changes with their context; ranges that touch are one. */
function stretches(lines: readonly DiffLine[], context: number): [number, number][] {
  const found: [number, number][] = []
  for (const [index, line] of lines.entries()) {
    if (line.kind === 'same') continue
    const [from, to] = [Math.max(0, index - context), Math.min(lines.length, index + 1 + context)]
    const last = found.at(-1)
    if (last !== undefined && from <= last[1]) last[1] = to
    else found.push([from, to])
  }
  return found
}

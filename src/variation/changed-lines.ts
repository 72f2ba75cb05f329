import type { LineChange } from '../core/program.ts'
import { genomeHunks } from './line-hunks.ts'

/** More stretches than this are told as one, from the first to the last. */
const mostStretches = 200

/**
 * What stands in a child in place of its parent's lines, stretch by stretch, in order of the parent's lines.
 *
 * Sources are whole files with their markers; a line keeps the carriage return it may end with. Equal sources have no
 * changed lines.
 */
export function changedLines(parent: string, child: string): readonly LineChange[] {
  const [old, fresh] = [parent.split('\n'), child.split('\n')]
  const hunks = genomeHunks(old, fresh)
  const [first, last] = [hunks[0], hunks.at(-1)]
  if (first === undefined || last === undefined) return []
  const told =
    hunks.length > mostStretches ? [{ from: first.from, to: last.to, start: first.start, end: last.end }] : hunks
  return told.map(({ from, to, start, end }) => ({
    line: from + 1,
    removed: ended(old.slice(from, to)),
    added: ended(fresh.slice(start, end)),
  }))
}

/** Each line ended by a line feed: an empty line and no line are not the same. */
function ended(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('')
}

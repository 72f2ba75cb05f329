import type { NearestLines } from '../core/failure.ts'

/** Lines beyond these are not compared: enough to tell places apart, and a hostile reply stays cheap. */
const comparedLines = 12
const comparedCharacters = 160

/**
 * The lines of a file most like the searched ones, to show what the author should have quoted.
 *
 * Lines are compared by the share of character pairs they have in common; the first of equally like places wins.
 *
 * @param allowed - First line index and one past the last, of each stretch to look in.
 * @returns The place with its line number from 1; nothing when no line has anything in common with the search.
 * @see Dice 1945, https://doi.org/10.2307/1932409 (the coefficient).
 */
export function nearestLines(
  lines: readonly string[],
  allowed: readonly (readonly [number, number])[],
  search: readonly string[],
): NearestLines | undefined {
  const wanted = trimBlank(search).slice(0, comparedLines).map(pairsOf)
  let best = { likeness: 0, from: 0, to: 0 }
  for (const [first, end] of allowed) {
    const pairs = lines.slice(first, end).map(pairsOf)
    for (let at = 0; at < pairs.length; at++) {
      const likeness = wanted.reduce((sum, each, index) => sum + alike(each, pairs[at + index]), 0)
      const to = Math.min(first + at + wanted.length, end)
      if (likeness > best.likeness) best = { likeness, from: first + at, to }
    }
  }
  if (best.likeness === 0) return undefined
  const text = lines.slice(best.from, best.to).map((line) => line.trimEnd())
  return { line: best.from + 1, text: text.join('\n') }
}

function trimBlank(search: readonly string[]): readonly string[] {
  const first = search.findIndex((line) => line.trim() !== '')
  return first === -1 ? [] : search.slice(first)
}

interface Pairs {
  readonly total: number
  readonly counts: ReadonlyMap<number, number>
}

function pairsOf(line: string): Pairs {
  const text = line.trim().slice(0, comparedCharacters)
  const counts = new Map<number, number>()
  for (let index = 0; index + 1 < text.length; index++) {
    const pair = text.charCodeAt(index) * 65536 + text.charCodeAt(index + 1)
    counts.set(pair, (counts.get(pair) ?? 0) + 1)
  }
  return { total: Math.max(text.length - 1, 0), counts }
}

function alike(one: Pairs, other: Pairs | undefined): number {
  if (other === undefined || one.total === 0 || other.total === 0) return 0
  let shared = 0
  for (const [pair, count] of one.counts) shared += Math.min(count, other.counts.get(pair) ?? 0)
  return (2 * shared) / (one.total + other.total)
}

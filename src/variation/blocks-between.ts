import type { EditBlock } from './edit-blocks.ts'
import { parseEvolveBlocks } from './evolve-block.ts'
import type { LineIndex } from './find-lines.ts'
import { findLines, indexLines } from './find-lines.ts'
import type { Hunk } from './line-hunks.ts'
import { genomeHunks } from './line-hunks.ts'

/**
 * Computes SEARCH/REPLACE blocks that turn a parent into its child: applying them gives the child back exactly.
 *
 * Each block quotes as many lines around its change as it takes to be found once. Equal files give no block.
 *
 * @param child - A file that differs from the parent inside the evolve blocks only.
 */
export function blocksBetween(parent: string, child: string): readonly EditBlock[] {
  const old = indexLines(parent)
  const fresh = child.split('\n')
  let hunks = genomeHunks(old.lines, fresh)
  const genome = stretches(parent, old)
  for (let index = 0; index < hunks.length;) {
    const hunk = hunks[index] as Hunk
    if (isFoundOnce(hunk, old, fresh, genome)) index++
    else {
      hunks = joined(hunks.with(index, widened(hunk, hunks, old.lines.length)))
      index = Math.max(index - 1, 0)
    }
  }
  return hunks.map(({ from, to, start, end }) => ({
    search: old.lines.slice(from, to),
    replace: fresh.slice(start, end),
  }))
}

/** First line of each evolve block and one past its last; the whole file where there are no markers. */
function stretches(parent: string, old: LineIndex): readonly (readonly [number, number])[] {
  const parsed = parseEvolveBlocks(parent)
  if (!parsed.ok) return [[0, old.lines.length]]
  return parsed.blocks.map(({ start, end }) => [old.offsets.indexOf(start), old.offsets.indexOf(end)] as const)
}

/** A SEARCH part of blank lines alone is taken for an empty one, so it never counts as found. */
function isFoundOnce(
  hunk: Hunk,
  old: LineIndex,
  fresh: readonly string[],
  genome: readonly (readonly [number, number])[],
) {
  const whole = hunk.from === 0 && hunk.to === old.lines.length
  const search = old.lines.slice(hunk.from, hunk.to)
  if (whole) return true
  if (search.every((line) => line.trim() === '')) return false
  const touching = findLines(old, search, 'exact').filter((at) =>
    genome.some(([first, end]) => at <= end && at + search.length >= first),
  )
  return touching.length === 1 && fresh.length > 0
}

/** One more line on either side, except where the neighbouring hunk begins: those two are joined next. */
function widened(hunk: Hunk, hunks: readonly Hunk[], oldLines: number): Hunk {
  const before = hunk.from > 0 && !hunks.some(({ to }) => to === hunk.from && to < hunk.to) ? 1 : 0
  const after = hunk.to < oldLines && !hunks.some(({ from }) => from === hunk.to && from > hunk.from) ? 1 : 0
  return { from: hunk.from - before, to: hunk.to + after, start: hunk.start - before, end: hunk.end + after }
}

/** Makes one hunk of those that touch. */
function joined(hunks: readonly Hunk[]): readonly Hunk[] {
  const apart: Hunk[] = []
  for (const hunk of hunks) {
    const last = apart.at(-1)
    if (last?.to === hunk.from) apart[apart.length - 1] = { ...last, to: hunk.to, end: hunk.end }
    else apart.push(hunk)
  }
  return apart
}

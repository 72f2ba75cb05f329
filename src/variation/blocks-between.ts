import type { EditBlock } from './edit-blocks.ts'
import { parseEvolveBlocks } from './evolve-block.ts'
import type { LineIndex } from './find-lines.ts'
import { findLines, indexLines } from './find-lines.ts'

/** Lines `from` to `to` of the parent (from 0, `to` not included) stand where lines `start` to `end` of the child do. */
export interface Hunk {
  readonly from: number
  readonly to: number
  readonly start: number
  readonly end: number
}

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
  let hunks = lineHunks(old.lines, fresh)
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

/** Beyond this many inserted and deleted lines the rest is one hunk: the search for the shortest edit is quadratic. */
const greatestDistance = 400

/**
 * The changed stretches between two lists of lines, shortest edit first, in order.
 *
 * @see Myers 1986, "An O(ND) difference algorithm and its variations", https://doi.org/10.1007/BF01840446.
 */
export function lineHunks(old: readonly string[], fresh: readonly string[]): readonly Hunk[] {
  let head = 0
  while (head < old.length && head < fresh.length && old[head] === fresh[head]) head++
  let tail = 0
  const least = Math.min(old.length, fresh.length) - head
  while (tail < least && old[old.length - 1 - tail] === fresh[fresh.length - 1 - tail]) tail++
  const one = { from: head, to: old.length - tail, start: head, end: fresh.length - tail }
  if (one.from === one.to && one.start === one.end) return []
  const kept = keptPairs(old.slice(one.from, one.to), fresh.slice(one.start, one.end))
  if (kept === undefined) return [one]
  const hunks: Hunk[] = []
  let [from, start] = [one.from, one.start]
  for (const [x, y] of [...kept, [one.to - head, one.end - head] as const]) {
    if (x + head > from || y + head > start) hunks.push({ from, to: x + head, start, end: y + head })
    from = x + head + 1
    start = y + head + 1
  }
  return hunks
}

/** Index pairs of the lines both lists keep, ascending; nothing when the lists are too far apart. */
function keptPairs(a: readonly string[], b: readonly string[]): readonly (readonly [number, number])[] | undefined {
  const limit = Math.min(a.length + b.length, greatestDistance)
  const middle = limit + 1
  const reach = new Int32Array(2 * limit + 3)
  const trace: Int32Array[] = []
  for (let distance = 0; distance <= limit; distance++) {
    trace.push(reach.slice())
    for (let k = -distance; k <= distance; k += 2) {
      const down = k === -distance || (k !== distance && at(reach, middle + k - 1) < at(reach, middle + k + 1))
      let x = down ? at(reach, middle + k + 1) : at(reach, middle + k - 1) + 1
      while (x < a.length && x - k < b.length && a[x] === b[x - k]) x++
      reach[middle + k] = x
      if (x >= a.length && x - k >= b.length) return walkedBack(trace, a.length, b.length, middle)
    }
  }
  return undefined
}

function walkedBack(trace: readonly Int32Array[], lengthA: number, lengthB: number, middle: number) {
  const pairs: (readonly [number, number])[] = []
  let [x, y] = [lengthA, lengthB]
  for (let distance = trace.length - 1; distance >= 0; distance--) {
    const reach = trace[distance] as Int32Array
    const k = x - y
    const down = k === -distance || (k !== distance && at(reach, middle + k - 1) < at(reach, middle + k + 1))
    const before = middle + (down ? k + 1 : k - 1)
    const [startX, startY] = distance === 0 ? [0, 0] : [at(reach, before), at(reach, before) - (before - middle)]
    while (x > startX && y > startY) pairs.push([--x, --y])
    if (distance === 0) break
    x = startX
    y = startY
  }
  return pairs.reverse()
}

function at(values: Int32Array, index: number): number {
  return values[index] ?? 0
}

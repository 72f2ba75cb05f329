import { isMarkerLine } from './evolve-block.ts'

/** Lines `from` to `to` of the old text (from 0, `to` not included) stand where lines `start` to `end` of the new one do. */
export interface Hunk {
  readonly from: number
  readonly to: number
  readonly start: number
  readonly end: number
}

/**
 * The changed stretches between two texts that hold the same evolve markers, so that no hunk reaches across a marker.
 *
 * Texts whose markers differ are compared as a whole, and so are texts without any.
 */
export function genomeHunks(old: readonly string[], fresh: readonly string[]): readonly Hunk[] {
  const [oldMarks, freshMarks] = [marksOf(old), marksOf(fresh)]
  const same =
    oldMarks.length === freshMarks.length &&
    oldMarks.every((mark, index) => old[mark] === fresh[freshMarks[index] ?? -1])
  if (!same) return lineHunks(old, fresh)
  let [from, start] = [0, 0]
  return [...oldMarks, old.length].flatMap((to, index) => {
    const end = freshMarks[index] ?? fresh.length
    const hunks = lineHunks(old.slice(from, to), fresh.slice(start, end)).map((hunk) => moved(hunk, from, start))
    from = to + 1
    start = end + 1
    return hunks
  })
}

function marksOf(lines: readonly string[]): readonly number[] {
  return lines.flatMap((line, index) => (isMarkerLine(line) ? [index] : []))
}

function moved({ from, to, start, end }: Hunk, old: number, fresh: number): Hunk {
  return { from: from + old, to: to + old, start: start + fresh, end: end + fresh }
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

/** One line of a comparison. */
export interface DiffLine {
  readonly kind: 'same' | 'removed' | 'added'
  readonly text: string
}

/** Differences beyond this many lines are shown as one replacement: the search grows with their square. */
const mostEdits = 3_000

/**
 * The shortest list of removed and added lines that turns one list of lines into another.
 *
 * @returns Lines in order; removed ones stand before the added ones that take their place.
 * @see Myers 1986, "An O(ND) difference algorithm and its variations".
 */
export function diffLines(before: readonly string[], after: readonly string[]): DiffLine[] {
  let start = 0
  while (start < before.length && start < after.length && before[start] === after[start]) start++
  let end = 0
  while (
    end < before.length - start &&
    end < after.length - start &&
    before[before.length - 1 - end] === after[after.length - 1 - end]
  ) {
    end++
  }
  const middle = shortestEdits(before.slice(start, before.length - end), after.slice(start, after.length - end))
  const same = (text: string): DiffLine => ({ kind: 'same', text })
  return [...before.slice(0, start).map(same), ...middle, ...before.slice(before.length - end).map(same)]
}

function shortestEdits(before: readonly string[], after: readonly string[]): DiffLine[] {
  const trace = furthestPaths(before, after)
  const removed = before.map((text): DiffLine => ({ kind: 'removed', text }))
  const added = after.map((text): DiffLine => ({ kind: 'added', text }))
  return trace === undefined ? [...removed, ...added] : removedFirst(walkBack(trace, before, after))
}

/**
 * For each number of edits, the furthest position in `before` that is reached on each diagonal; `undefined` when more
 * than {@link mostEdits} are needed.
 */
function furthestPaths(before: readonly string[], after: readonly string[]): Int32Array[] | undefined {
  const most = Math.min(before.length + after.length, mostEdits)
  const trace: Int32Array[] = []
  let previous = new Int32Array(3)
  for (let edits = 0; edits <= most; edits++) {
    // Diagonal k lies at index k + edits + 1, with one spare field at each end.
    const current = new Int32Array(2 * edits + 3)
    for (let k = -edits; k <= edits; k += 2) {
      let x = edits === 0 ? 0 : stepTo(previous, k, edits).x
      while (x < before.length && x - k < after.length && before[x] === after[x - k]) x++
      current[k + edits + 1] = x
      if (x >= before.length && x - k >= after.length) return [...trace, current]
    }
    trace.push(current)
    previous = current
  }
  return undefined
}

/** Where one more edit leads on diagonal `k`, and from which diagonal. `previous` holds `edits - 1` edits. */
function stepTo(previous: Int32Array, k: number, edits: number): { readonly x: number; readonly from: number } {
  const at = (diagonal: number): number => previous[diagonal + edits] ?? 0
  const down = k === -edits || (k !== edits && at(k - 1) < at(k + 1))
  return down ? { x: at(k + 1), from: k + 1 } : { x: at(k - 1) + 1, from: k - 1 }
}

function walkBack(trace: readonly Int32Array[], before: readonly string[], after: readonly string[]): DiffLine[] {
  const lines: DiffLine[] = []
  let [x, y] = [before.length, after.length]
  const goSame = (until: number): void => {
    for (; x > until; x--, y--) lines.push({ kind: 'same', text: before[x - 1] ?? '' })
  }
  for (let edits = trace.length - 1; edits > 0; edits--) {
    const previous = trace[edits - 1]
    if (previous === undefined) break
    const step = stepTo(previous, x - y, edits)
    goSame(step.x)
    if (step.from > x - y) lines.push({ kind: 'added', text: after[--y] ?? '' })
    else lines.push({ kind: 'removed', text: before[--x] ?? '' })
  }
  goSame(0)
  return lines.reverse()
}

function removedFirst(lines: readonly DiffLine[]): DiffLine[] {
  const sorted: DiffLine[] = []
  let added: DiffLine[] = []
  for (const line of lines) {
    if (line.kind === 'added') {
      added.push(line)
      continue
    }
    if (line.kind === 'same') {
      sorted.push(...added)
      added = []
    }
    sorted.push(line)
  }
  return [...sorted, ...added]
}

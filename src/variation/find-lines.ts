/** How much a SEARCH part may differ from the file where it matches, from nothing to the indentation. */
export type Rung = 'exact' | 'line-endings' | 'trailing-space' | 'indentation'

/** The rungs in the order in which they are tried. */
export const rungs: readonly Rung[] = ['exact', 'line-endings', 'trailing-space', 'indentation']

/** What a line is compared by at a rung: equal keys, equal lines. */
const keyAt: Readonly<Record<Rung, (line: string) => string>> = {
  exact: (line) => line,
  'line-endings': (line) => (line.endsWith('\r') ? line.slice(0, -1) : line),
  'trailing-space': (line) => line.trimEnd(),
  indentation: (line) => line.trim(),
}

/** A file cut into lines, with what is needed to find other lines in it quickly. */
export interface LineIndex {
  readonly lines: readonly string[]
  /** Offset of each line's first character, and one more entry: the file's length plus one. */
  readonly offsets: readonly number[]
  /** Line indices by key, filled per rung when first asked. */
  readonly byKey: Map<Rung, ReadonlyMap<string, readonly number[]>>
}

/** Cuts a file at its line feeds; a carriage return stays at the end of its line. */
export function indexLines(source: string): LineIndex {
  const lines = source.split('\n')
  const offsets = [0]
  for (const line of lines) offsets.push((offsets.at(-1) ?? 0) + line.length + 1)
  return { lines, offsets, byKey: new Map() }
}

/** Where a run of lines may start in a file, at one rung: line indices from 0, ascending. */
export function findLines(file: LineIndex, search: readonly string[], rung: Rung): readonly number[] {
  const key = keyAt[rung]
  const keys = search.map(key)
  const anchor = rarest(keysOf(file, rung), keys)
  if (anchor === undefined) return []
  return anchor.at
    .map((line) => line - anchor.index)
    .filter((start) => start >= 0 && start + keys.length <= file.lines.length)
    .filter((start) => keys.every((each, index) => each === key(file.lines[start + index] ?? '')))
    .filter((start) => rung !== 'indentation' || shiftBetween(file.lines, start, search) !== undefined)
}

function keysOf(file: LineIndex, rung: Rung): ReadonlyMap<string, readonly number[]> {
  const known = file.byKey.get(rung)
  if (known !== undefined) return known
  const made = new Map<string, number[]>()
  for (const [index, line] of file.lines.entries()) {
    const key = keyAt[rung](line)
    const at = made.get(key)
    if (at === undefined) made.set(key, [index])
    else at.push(index)
  }
  file.byKey.set(rung, made)
  return made
}

/** The line of the search that the file holds least often; nothing when one of them is missing. */
function rarest(known: ReadonlyMap<string, readonly number[]>, keys: readonly string[]) {
  let best: { readonly index: number; readonly at: readonly number[] } | undefined
  for (const [index, key] of keys.entries()) {
    const at = known.get(key)
    if (at === undefined) return undefined
    if (best === undefined || at.length < best.at.length) best = { index, at }
  }
  return best
}

/** How indentation differs: take `remove` off the front of each line and put `add` there. */
export interface Shift {
  readonly remove: string
  readonly add: string
}

/** The one shift that turns the indentation of every searched line into that of the file; nothing when they differ. */
export function shiftBetween(lines: readonly string[], start: number, search: readonly string[]): Shift | undefined {
  let shift: Shift | undefined
  for (const [index, line] of search.entries()) {
    if (line.trim() === '') continue
    const wanted = indentOf(lines[start + index] ?? '')
    shift ??= leastShift(indentOf(line), wanted)
    if (shifted(indentOf(line), shift) !== wanted) return undefined
  }
  return shift ?? { remove: '', add: '' }
}

function leastShift(from: string, to: string): Shift {
  if (to.endsWith(from)) return { remove: '', add: to.slice(0, to.length - from.length) }
  if (from.endsWith(to)) return { remove: from.slice(0, from.length - to.length), add: '' }
  return { remove: from, add: to }
}

/** A line with its indentation shifted; a line indented less than `remove` loses what it has; a blank one stays. */
export function shifted(line: string, shift: Shift): string {
  if (line.startsWith(shift.remove)) return shift.add + line.slice(shift.remove.length)
  return shift.add + line.trimStart()
}

function indentOf(line: string): string {
  return line.slice(0, line.length - line.trimStart().length)
}

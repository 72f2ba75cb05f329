import type { CandidateFailure } from '../core/failure.ts'
import type { VariationRequest } from '../core/program.ts'
import type { EditBlock } from './edit-blocks.ts'
import { readEditBlocks } from './edit-blocks.ts'
import type { EvolveBlock } from './evolve-block.ts'
import { leaveTheBlocks, parseEvolveBlocks } from './evolve-block.ts'
import type { LineIndex, Rung, Shift } from './find-lines.ts'
import { findLines, indexLines, rungs, shiftBetween, shifted } from './find-lines.ts'
import { nearestLines } from './nearest-lines.ts'
import type { Variation } from './operator.ts'
import { answerOf } from './reply.ts'

/** One edit with its place: the characters `start` to `end` of the parent become `text`. */
interface PlacedEdit {
  readonly start: number
  readonly end: number
  readonly text: string
  /** First changed line of the parent, from 1. */
  readonly line: number
  readonly rung: Rung | 'part-of-line'
  readonly removed: number
  readonly added: number
}

type Placed =
  { readonly ok: true; readonly edit: PlacedEdit } | { readonly ok: false; readonly failure: CandidateFailure }

/** The parent, prepared once for all blocks of a reply. */
interface Target {
  readonly source: string
  readonly file: LineIndex
  readonly blocks: readonly EvolveBlock[]
}

/**
 * Applies the SEARCH/REPLACE blocks of a reply to the parent: all of them or none.
 *
 * Every SEARCH part is looked for in the parent as it is (not as earlier blocks left it): first exactly, then without
 * regard to line endings, trailing space and indentation, last as part of one line. It must be found once within the
 * evolve blocks; lines it shares with its REPLACE part at either end are context and may lie outside. The replacement
 * takes on the line endings and the indentation of the place. Pure and total: any text may come as a reply.
 */
export function applySearchReplace(reply: string, { parent }: VariationRequest): Variation {
  const read = readEditBlocks(answerOf(reply))
  if (!read.ok) return failed({ kind: 'no-edit-found', message: read.message })
  const parsed = parseEvolveBlocks(parent.source)
  if (!parsed.ok) {
    return failed({ kind: 'outside-evolve-block', message: `the parent's markers are wrong: ${parsed.message}` })
  }
  const target = { source: parent.source, file: indexLines(parent.source), blocks: parsed.blocks }
  const edits: PlacedEdit[] = []
  for (const [index, block] of withoutRepeats(read.blocks).entries()) {
    const placed = place(block, target, `edit ${index + 1}`)
    if (!placed.ok) return placed
    edits.push(placed.edit)
  }
  edits.sort((one, other) => one.start - other.start || one.end - other.end)
  const overlap = edits.find((edit, index) => edit.start < (edits[index - 1]?.end ?? 0))
  if (overlap !== undefined) return failed(overlapping(overlap.line))
  return childOf(target.source, edits, parent.traits)
}

function failed(failure: CandidateFailure): { readonly ok: false; readonly failure: CandidateFailure } {
  return { ok: false, failure }
}

/** Models sometimes state one edit twice; and an edit that changes nothing needs no place. */
function withoutRepeats(blocks: readonly EditBlock[]): readonly EditBlock[] {
  const seen = new Map<string, EditBlock>()
  for (const block of blocks) {
    const search = block.search.join('\n')
    const replace = block.replace.join('\n')
    if (search !== replace) seen.set(`${search.length}:${search}${replace}`, block)
  }
  return [...seen.values()]
}

function overlapping(line: number): CandidateFailure {
  return {
    kind: 'search-missed',
    message: `two edits change line ${line}: merge them into one block; every SEARCH quotes the program as it was given`,
  }
}

function childOf(
  source: string,
  edits: readonly PlacedEdit[],
  traits: VariationRequest['parent']['traits'],
): Variation {
  let child = ''
  let from = 0
  for (const edit of edits) {
    child += source.slice(from, edit.start) + edit.text
    from = edit.end
  }
  child += source.slice(from)
  if (child === source) return failed({ kind: 'unchanged', message: 'the edits leave the program as it was' })
  const outside = leaveTheBlocks(source, child)
  if (outside !== undefined) return failed(outside)
  const summary = summaryOf(edits)
  const detail = { edits: edits.map(({ line, rung, removed, added }) => ({ line, rung, removed, added })) }
  return { ok: true, source: child, traits, change: { summary, detail } }
}

function summaryOf(edits: readonly PlacedEdit[]): string {
  const shown = edits.slice(0, 3).map(({ line, removed, added }) => `line ${line} (-${removed} +${added})`)
  const more = edits.length > shown.length ? `, and ${edits.length - shown.length} more` : ''
  return `${edits.length === 1 ? 'edit' : `${edits.length} edits`} at ${shown.join(', ')}${more}`
}

function place(block: EditBlock, target: Target, name: string): Placed {
  if (block.search.every((line) => line.trim() === '')) return placeInEmptyBlock(block, target, name)
  let outside = 0
  for (const rung of rungs) {
    const found = findLines(target.file, block.search, rung).map((at) => editAt(block, target, at, rung))
    const inside = found.filter((edit) => liesInside(edit, target.blocks))
    const [only] = inside
    if (inside.length > 1) return failed(ambiguous(name, inside.length))
    if (only !== undefined) return { ok: true, edit: only }
    outside += found.length
  }
  if (outside > 0) return failed(outsideFailure(name))
  return placeInLine(block, target, name)
}

/** Turns a match into an edit of the lines that really differ: what both parts share at either end is left alone. */
function editAt({ search, replace }: EditBlock, { file }: Target, at: number, rung: Rung): PlacedEdit {
  const head = sharedHead(search, replace)
  const tail = sharedTail(search, replace, head)
  const first = at + head
  const end = at + search.length - tail
  const shift = rung === 'indentation' ? shiftBetween(file.lines, at, search) : undefined
  const ending = (file.lines[at] ?? '').endsWith('\r') ? '\r' : ''
  const lines = replace
    .slice(head, replace.length - tail)
    .map((line) => (rung === 'exact' ? line : fitted(line, ending, shift)))
  return {
    start: file.offsets[first] ?? 0,
    end: file.offsets[end] ?? 0,
    text: lines.map((line) => `${line}\n`).join(''),
    line: first + 1,
    rung,
    removed: end - first,
    added: lines.length,
  }
}

function fitted(line: string, ending: string, shift: Shift | undefined): string {
  const bare = line.endsWith('\r') ? line.slice(0, -1) : line
  return (shift === undefined || bare.trim() === '' ? bare : shifted(bare, shift)) + ending
}

function sharedHead(one: readonly string[], other: readonly string[]): number {
  const least = Math.min(one.length, other.length)
  let shared = 0
  while (shared < least && one[shared] === other[shared]) shared++
  return shared
}

function sharedTail(one: readonly string[], other: readonly string[], head: number): number {
  const least = Math.min(one.length, other.length) - head
  let shared = 0
  while (shared < least && one[one.length - 1 - shared] === other[other.length - 1 - shared]) shared++
  return shared
}

function liesInside(edit: PlacedEdit, blocks: readonly EvolveBlock[]): boolean {
  return blocks.some(({ start, end }) => start <= edit.start && edit.end <= end)
}

/** An empty SEARCH part can only mean an empty program: there is nothing to quote in it. */
function placeInEmptyBlock(block: EditBlock, { source, blocks, file }: Target, name: string): Placed {
  const [only] = blocks
  if (blocks.length > 1 || only === undefined || source.slice(only.start, only.end).trim() !== '') {
    return failed({ kind: 'search-missed', message: `${name}: its SEARCH part is empty; quote the lines to replace` })
  }
  const line = file.offsets.indexOf(only.start)
  const ending = (file.lines[line - 1] ?? '').endsWith('\r') ? '\r' : ''
  const text = block.replace.map((each) => `${fitted(each, ending, undefined)}\n`).join('')
  return {
    ok: true,
    edit: { ...only, text, line: line + 1, rung: 'exact', removed: 0, added: block.replace.length },
  }
}

/** The last rung: one line quoted in part, with no word or number cut in two, replaced by at most one line. */
function placeInLine(block: EditBlock, target: Target, name: string): Placed {
  const search = soleLine(block.search)
  const replace = block.replace.every((line) => line.trim() === '') ? '' : soleLine(block.replace)
  if (search === undefined || replace === undefined) return failed(missed(block, target, name))
  const { source, blocks } = target
  const found = blocks.flatMap(({ start, end }) =>
    wholeWordsAt(source.slice(start, end), search).map((at) => start + at),
  )
  const [only] = found
  if (found.length > 1) return failed(ambiguous(name, found.length))
  if (only === undefined) {
    const elsewhere = wholeWordsAt(source, search).length > 0
    return failed(elsewhere ? outsideFailure(name) : missed(block, target, name))
  }
  const line = source.slice(0, only).split('\n').length
  const edit = { start: only, end: only + search.length, text: replace, line, removed: 1, added: 1 }
  return { ok: true, edit: { ...edit, rung: 'part-of-line' } }
}

function soleLine(lines: readonly string[]): string | undefined {
  const filled = lines.filter((line) => line.trim() !== '')
  return filled.length === 1 ? filled[0]?.trim() : undefined
}

function wholeWordsAt(text: string, search: string): readonly number[] {
  const found: number[] = []
  for (let at = text.indexOf(search); at !== -1; at = text.indexOf(search, at + search.length)) {
    const end = at + search.length
    const cuts = joins(text[at - 1], text[at]) || joins(text[end - 1], text[end])
    if (!cuts) found.push(at)
  }
  return found
}

function joins(one: string | undefined, other: string | undefined): boolean {
  return /[\w$.]/.test(one ?? ' ') && /[\w$.]/.test(other ?? ' ')
}

function ambiguous(name: string, matches: number): CandidateFailure {
  const message = `${name}: its SEARCH part occurs ${matches} times in the evolve blocks; quote more lines around it`
  return { kind: 'search-ambiguous', message, matches }
}

function outsideFailure(name: string): CandidateFailure {
  const message = `${name}: what it changes lies outside the evolve blocks; only text between the markers may change`
  return { kind: 'outside-evolve-block', message }
}

function missed(block: EditBlock, { file, blocks }: Target, name: string): CandidateFailure {
  const allowed = blocks.map(({ start, end }) => [file.offsets.indexOf(start), file.offsets.indexOf(end)] as const)
  const nearest = nearestLines(file.lines, allowed, block.search)
  const message = `${name}: its SEARCH part does not occur in the evolve blocks; quote the lines as they stand there`
  return { kind: 'search-missed', message, ...(nearest === undefined ? {} : { nearest }) }
}

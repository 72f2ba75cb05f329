import type { CandidateFailure } from '../core/failure.ts'
import { fileSpans, placeOfLine } from '../core/program-files.ts'
import type { FileSpan } from '../core/program-files.ts'
import type { Traits, VariationRequest } from '../core/program.ts'
import type { EditBlock } from './edit-blocks.ts'
import type { TextEdit } from './edit.ts'
import { applyEdits } from './edit.ts'
import { readEditBlocks } from './edit-blocks.ts'
import type { EvolveBlock } from './evolve-block.ts'
import { leaveTheBlocks, parseEvolveBlocks } from './evolve-block.ts'
import type { LineIndex, Rung, Shift } from './find-lines.ts'
import { findLines, indexLines, rungs, shiftBetween, shifted } from './find-lines.ts'
import type { Hunk } from './line-hunks.ts'
import { genomeHunks } from './line-hunks.ts'
import { nearestLines } from './nearest-lines.ts'
import type { Variation } from './operator.ts'
import { answerOf } from './reply.ts'

/** One edit with its place: what it changes of the parent's text. */
interface PlacedEdit {
  readonly changes: readonly TextEdit[]
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
  /** Those that an edit may change: of the file it names, or all. */
  readonly blocks: readonly EvolveBlock[]
}

/**
 * Applies the SEARCH/REPLACE blocks of a reply to the parent: all of them or none.
 *
 * In a program of several files a block that names one is looked for there alone, any other in all of them.
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
  const whole = { source: parent.source, file: indexLines(parent.source), blocks: parsed.blocks }
  const spans = fileSpans(parent.source)
  const edits: PlacedEdit[] = []
  for (const [index, block] of withoutRepeats(read.blocks).entries()) {
    const name = `edit ${index + 1}`
    const target = targetOf(block, whole, spans, name)
    if ('kind' in target) return failed(target)
    const placed = place(block, target, name)
    if (!placed.ok) return placed
    edits.push(placed.edit)
  }
  const overlap = overlappingLine(edits)
  if (overlap !== undefined) return failed(overlapping(placeText(parent.source, overlap)))
  return childOf(parent.source, edits, parent.traits)
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
    if (search !== replace) seen.set(`${search.length}:${search}${replace}\0${block.file ?? ''}`, block)
  }
  return [...seen.values()]
}

function overlappingLine(edits: readonly PlacedEdit[]): number | undefined {
  const changes = edits.flatMap((edit) => edit.changes.map((change) => ({ ...change, line: edit.line })))
  changes.sort((one, other) => one.start - other.start || one.end - other.end)
  return changes.find(({ start }, index) => start < (changes[index - 1]?.end ?? 0))?.line
}

function overlapping(place: string): CandidateFailure {
  return {
    kind: 'search-missed',
    message: `two edits change ${place}: merge them into one block; every SEARCH quotes the program as it was given`,
  }
}

function childOf(source: string, edits: readonly PlacedEdit[], traits: Traits): Variation {
  const changes = edits.flatMap((edit) => edit.changes)
  const child = applyEdits(source, changes)
  if (child === source) return failed({ kind: 'unchanged', message: 'the edits leave the program as it was' })
  const outside = leaveTheBlocks(source, child)
  if (outside !== undefined) return failed(outside)
  const summary = summaryOf(source, edits)
  const detail = {
    edits: edits.map(({ line, rung, removed, added }) => ({ ...placeOfLine(source, line), rung, removed, added })),
  }
  return { ok: true, source: child, traits, change: { summary, detail } }
}

function summaryOf(source: string, edits: readonly PlacedEdit[]): string {
  const shown = edits
    .slice(0, 3)
    .map(({ line, removed, added }) => `${placeText(source, line)} (-${removed} +${added})`)
  const more = edits.length > shown.length ? `, and ${edits.length - shown.length} more` : ''
  return `${edits.length === 1 ? 'edit' : `${edits.length} edits`} at ${shown.join(', ')}${more}`
}

/** `line 3`, or `lib/circle.ts line 3` in a program of several files. */
function placeText(source: string, line: number): string {
  const { file, line: own } = placeOfLine(source, line)
  return `${file === undefined ? '' : `${file} `}line ${own}`
}

/** The parent, narrowed to the evolve blocks of the file that an edit names; or why there is no such file. */
function targetOf(
  { file: named }: EditBlock,
  whole: Target,
  spans: readonly FileSpan[],
  name: string,
): Target | CandidateFailure {
  if (named === undefined || spans.length === 0) return whole
  const wanted = named.replace(/^\.\//, '')
  const span =
    spans.find(({ path }) => path === wanted) ?? soleOf(spans.filter(({ path }) => path.endsWith(`/${wanted}`)))
  if (span === undefined) {
    const message = `${name} names the file ${named.slice(0, 80)}; the program's files are ${spans.map(({ path }) => path).join(', ')}`
    return { kind: 'search-missed', message }
  }
  const blocks = whole.blocks.filter(({ start, end }) => span.start <= start && end <= span.end)
  if (blocks.length > 0) return { ...whole, blocks }
  return { kind: 'outside-evolve-block', message: `${name}: nothing in the file ${span.path} may change` }
}

function soleOf<T>(items: readonly T[]): T | undefined {
  return items.length === 1 ? items[0] : undefined
}

function place(block: EditBlock, target: Target, name: string): Placed {
  if (block.search.every((line) => line.trim() === '')) return placeInEmptyBlock(block, target, name)
  const hunks = genomeHunks(block.search, block.replace)
  let outside = 0
  for (const rung of rungs) {
    const found = findLines(target.file, block.search, rung).map((at) => editAt(block, hunks, target, at, rung))
    const inside = found.filter((edit) => liesInside(edit, target.blocks))
    const [only] = inside
    if (inside.length > 1) return failed(ambiguous(name, inside.length))
    if (only !== undefined) return { ok: true, edit: only }
    outside += found.length
  }
  if (outside > 0) return failed(outsideFailure(name))
  return placeInLine(block, target, name)
}

/** Turns a match into an edit of the lines that really differ: what both parts share is context and is left alone. */
function editAt(
  { search, replace }: EditBlock,
  hunks: readonly Hunk[],
  { file }: Target,
  at: number,
  rung: Rung,
): PlacedEdit {
  const shift = rung === 'indentation' ? shiftBetween(file.lines, at, search) : undefined
  const ending = (file.lines[at] ?? '').endsWith('\r') ? '\r' : ''
  const changes = hunks.map(({ from, to, start, end }) => {
    const lines = replace.slice(start, end).map((line) => (rung === 'exact' ? line : fitted(line, ending, shift)))
    const text = lines.map((line) => `${line}\n`).join('')
    return { start: file.offsets[at + from] ?? 0, end: file.offsets[at + to] ?? 0, text }
  })
  const removed = hunks.reduce((sum, { from, to }) => sum + to - from, 0)
  const added = hunks.reduce((sum, { start, end }) => sum + end - start, 0)
  return { changes, line: at + (hunks[0]?.from ?? 0) + 1, rung, removed, added }
}

function fitted(line: string, ending: string, shift: Shift | undefined): string {
  const bare = line.endsWith('\r') ? line.slice(0, -1) : line
  return (shift === undefined || bare.trim() === '' ? bare : shifted(bare, shift)) + ending
}

function liesInside({ changes }: PlacedEdit, blocks: readonly EvolveBlock[]): boolean {
  return changes.every((change) => blocks.some(({ start, end }) => start <= change.start && change.end <= end))
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
    edit: { changes: [{ ...only, text }], line: line + 1, rung: 'exact', removed: 0, added: block.replace.length },
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
  const changes = [{ start: only, end: only + search.length, text: replace }]
  return { ok: true, edit: { changes, line, rung: 'part-of-line', removed: 1, added: 1 } }
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

function missed(block: EditBlock, { source, file, blocks }: Target, name: string): CandidateFailure {
  const allowed = blocks.map(({ start, end }) => [file.offsets.indexOf(start), file.offsets.indexOf(end)] as const)
  const found = nearestLines(file.lines, allowed, block.search)
  const nearest = found === undefined ? undefined : { ...found, ...placeOfLine(source, found.line) }
  const message = `${name}: its SEARCH part does not occur in the evolve blocks; quote the lines as they stand there`
  return { kind: 'search-missed', message, ...(nearest === undefined ? {} : { nearest }) }
}

import { InvariantError } from '../core/errors.ts'
import type { CandidateFailure } from '../core/failure.ts'
import { holdsFileHeader } from '../core/program-files.ts'

/**
 * One stretch of genome. Offsets count UTF-16 code units of the whole file: `start` is the first one after the line of
 * EVOLVE-BLOCK-START, `end` the first one of the line of EVOLVE-BLOCK-END. The text between them is empty or ends with
 * a line end.
 */
export interface EvolveBlock {
  readonly start: number
  readonly end: number
}

/** The blocks of a file in order, at least one; or what is wrong with its markers, at which line, and the remedy. */
export type EvolveBlocks =
  | { readonly ok: true; readonly blocks: readonly EvolveBlock[] }
  | { readonly ok: false; readonly message: string; readonly line: number }

/** A marked line: which marker, the line's number from 1, and where the line and the next line start. */
interface Marker {
  readonly edge: string
  readonly alone: boolean
  readonly line: number
  readonly start: number
  readonly next: number
}

/** Runs of space are bounded: an unbounded one overflows the engine's stack on a line of ten million spaces. */
const markerLine = /(?<![^\n])[^\S\n]{0,1000}(?:\/\/|#|--|;|%)[^\S\n]{0,1000}EVOLVE-BLOCK-(START|END)(?![-\w])/g

/** Tells whether a line, without its line feed, is one that may open or close an evolve block. */
export function isMarkerLine(line: string): boolean {
  return line.includes('EVOLVE-BLOCK-') && line.search(markerLine) === 0
}

/**
 * Finds the evolve blocks of a file.
 *
 * A marker is a comment that starts with `//`, `#`, `--`, `;` or `%`, whatever the language, holds nothing but EVOLVE-BLOCK-START or EVOLVE-BLOCK-END, and
 * stands alone on its line. Line ends may be LF or CRLF.
 *
 * @param comment - How the messages write a comment.
 * @returns The blocks, or the first mistake: nested, unclosed or stray markers, text beside a marker, no marker at all.
 */
export function parseEvolveBlocks(source: string, comment = '//'): EvolveBlocks {
  const blocks: EvolveBlock[] = []
  let open: Marker | undefined
  for (const found of markersOf(source)) {
    const wrong = mistakeAt(found, open, comment)
    if (wrong !== undefined) return { ok: false, message: wrong, line: found.line }
    if (open === undefined) {
      open = found
    } else {
      blocks.push({ start: open.next, end: found.start })
      open = undefined
    }
  }
  if (open !== undefined) {
    const message = `this EVOLVE-BLOCK-START is never closed: add ${comment} EVOLVE-BLOCK-END`
    return { ok: false, line: open.line, message }
  }
  if (blocks.length === 0) {
    const message = `no evolve block: put ${comment} EVOLVE-BLOCK-START and ${comment} EVOLVE-BLOCK-END around the code that may change`
    return { ok: false, line: 1, message }
  }
  return { ok: true, blocks }
}

function* markersOf(source: string): Generator<Marker> {
  let line = 1
  let counted = 0
  for (const { 0: text, 1: edge = '', index: start } of source.matchAll(markerLine)) {
    for (let feed = source.indexOf('\n', counted); feed !== -1 && feed < start; feed = source.indexOf('\n', counted)) {
      line++
      counted = feed + 1
    }
    const feed = source.indexOf('\n', start + text.length)
    const next = feed === -1 ? source.length : feed + 1
    yield { edge, alone: source.slice(start + text.length, next).trim() === '', line, start, next }
  }
}

function mistakeAt(found: Marker, open: Marker | undefined, comment: string): string | undefined {
  if (!found.alone)
    return `EVOLVE-BLOCK-${found.edge} must stand alone in its comment: move the other text to its own line`
  if (found.edge === 'START' && open !== undefined) {
    return `evolve blocks cannot be nested: close the block of line ${open.line} with ${comment} EVOLVE-BLOCK-END before this one`
  }
  if (found.edge === 'END' && open === undefined) {
    return `this EVOLVE-BLOCK-END closes nothing: put ${comment} EVOLVE-BLOCK-START before it or remove it`
  }
  return undefined
}

/**
 * The text that may evolve: the blocks of a file without their last line ends, joined by a newline.
 *
 * @throws {@link InvariantError} when the markers of the file are wrong; files are checked at the door.
 */
export function genomeOf(source: string): string {
  return blocksOf(source)
    .map(({ start, end }) => source.slice(start, end).replace(/\r?\n$/, ''))
    .join('\n')
}

/**
 * The evolve blocks of a file already known to be well marked.
 *
 * @throws {@link InvariantError} when its markers are wrong.
 */
export function blocksOf(source: string): readonly EvolveBlock[] {
  const parsed = parseEvolveBlocks(source)
  if (!parsed.ok) throw new InvariantError(`line ${parsed.line}: ${parsed.message}`)
  return parsed.blocks
}

/** A file with changed genome, or why it may not be made. */
export type Replaced =
  { readonly ok: true; readonly source: string } | { readonly ok: false; readonly failure: CandidateFailure }

/**
 * Puts new text into the evolve blocks of a file and leaves every other character as it is.
 *
 * A text that does not end with a line end gets the one of the file. Texts may not contain marker lines.
 *
 * @param texts - One per block, in order.
 * @throws {@link InvariantError} when the number of texts differs from the number of blocks.
 */
export function replaceBlocks(source: string, texts: readonly string[]): Replaced {
  const parsed = parseEvolveBlocks(source)
  if (!parsed.ok) return { ok: false, failure: outside(`the parent's markers are wrong: ${parsed.message}`) }
  if (texts.length !== parsed.blocks.length) {
    throw new InvariantError(`${parsed.blocks.length} evolve blocks cannot take ${texts.length} texts`)
  }
  let made = ''
  let from = 0
  for (const [index, { start, end }] of parsed.blocks.entries()) {
    made += source.slice(from, start) + endedLikeThe(source, texts[index] ?? '')
    from = end
  }
  made += source.slice(from)
  const failure = leaveTheBlocks(source, made)
  return failure === undefined ? { ok: true, source: made } : { ok: false, failure }
}

function endedLikeThe(source: string, text: string): string {
  return text === '' || text.endsWith('\n') ? text : text + lineEndOf(source)
}

/** The line end a file uses: that of its first line, `\n` when it has none. */
export function lineEndOf(source: string): '\n' | '\r\n' {
  const feed = source.indexOf('\n')
  return feed > 0 && source[feed - 1] === '\r' ? '\r\n' : '\n'
}

/**
 * Tells whether a child leaves the evolve blocks of its parent.
 *
 * The child must have as many blocks as the parent, and every character outside them, marker lines included, must be
 * the parent's. Markers inside new text add a block, nest or stray, so they are refused too.
 *
 * @returns Nothing when the child keeps to the blocks.
 */
export function leaveTheBlocks(parent: string, child: string): CandidateFailure | undefined {
  const before = parseEvolveBlocks(parent)
  if (!before.ok) return outside(`the parent's markers are wrong: ${before.message}`)
  const after = parseEvolveBlocks(child)
  if (!after.ok) return outside(`new text must not contain evolve markers; line ${after.line}: ${after.message}`)
  if (before.blocks.length !== after.blocks.length) {
    return outside(
      `new text must not contain evolve markers: ${before.blocks.length} blocks became ${after.blocks.length}`,
    )
  }
  if (after.blocks.some(({ start, end }) => holdsFileHeader(child.slice(start, end)))) {
    return outside('new text must not contain EVOLVE-FILE lines: a program keeps the files it has')
  }
  const fixed = outsideTexts(child, after.blocks)
  const kept = outsideTexts(parent, before.blocks).every((text, index) => text === fixed[index])
  return kept
    ? undefined
    : outside('text outside the evolve blocks was changed; only text between the markers may change')
}

function outsideTexts(source: string, blocks: readonly EvolveBlock[]): string[] {
  const starts = [0, ...blocks.map(({ end }) => end)]
  const ends = [...blocks.map(({ start }) => start), source.length]
  return starts.map((start, index) => source.slice(start, ends[index]))
}

function outside(message: string): CandidateFailure {
  return { kind: 'outside-evolve-block', message }
}

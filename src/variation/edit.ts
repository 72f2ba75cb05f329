import type { Rng } from '../core/rng.ts'
import type { NumberOutline, Outline } from './outline.ts'

/** Characters `start` to `end` of a source become `text`. */
export interface TextEdit {
  readonly start: number
  readonly end: number
  readonly text: string
}

/** A small change of a program as text edits that do not overlap, so that formatting and types survive. */
export interface Edit {
  /** What sort of change it is, for lineage queries. */
  readonly kind: string
  readonly summary: string
  /** Line in the source it was made on, from 1. */
  readonly line: number
  readonly edits: readonly TextEdit[]
  /** By how much literals moved, by their index in the outline; only where nothing else changed. */
  readonly moves?: ReadonlyMap<number, number>
}

/** What an edit is drawn from. */
export interface Draw<Program extends NumberOutline = Outline> {
  readonly program: Program
  /** Other programs to take pieces from; the program itself is not among them. */
  readonly donors: readonly Program[]
  /** Standard deviation of a literal's relative change. */
  readonly step: number
  /** The moves that made this program out of its parent, by literal; empty when something else did. */
  readonly moves: ReadonlyMap<number, number>
  readonly rng: Rng
}

/** Draws one edit of a sort, or nothing when the program offers no place for it. */
export type EditMaker<Program extends NumberOutline = Outline> = (draw: Draw<Program>) => Edit | undefined

/** Carries out text edits, which may come in any order. */
export function applyEdits(source: string, edits: readonly TextEdit[]): string {
  let made = ''
  let from = 0
  for (const edit of edits.toSorted((one, other) => one.start - other.start)) {
    made += source.slice(from, edit.start) + edit.text
    from = edit.end
  }
  return made + source.slice(from)
}

/** Code on one line and short enough for a summary. */
export function shown(code: string): string {
  const line = code.slice(0, 200).replace(/\s+/g, ' ')
  return line.length > 40 ? `${line.slice(0, 39)}…` : line
}

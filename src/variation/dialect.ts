import type { CandidateFailure } from '../core/failure.ts'
import type { Traits, VariationRequest } from '../core/program.ts'
import { fileAtOffset } from '../core/program-files.ts'
import type { Rng } from '../core/rng.ts'
import { rngFromText } from '../core/rng.ts'
import type { Draw, Edit, EditMaker } from './edit.ts'
import { applyEdits } from './edit.ts'
import { leaveTheBlocks } from './evolve-block.ts'
import type { Variation } from './operator.ts'
import type { NumberOutline } from './outline.ts'

/** How programs of one language are read and what a child of them must keep. */
export interface Dialect<Program extends NumberOutline> {
  /** The editable places of a program; nothing when it cannot be edited. */
  read(source: string): Program | undefined
  /** Why `read` gave nothing. */
  whyUnreadable(source: string): CandidateFailure
  /** Whether a text that keeps to the evolve blocks of its parent is still a program, as far as that can be told. */
  isValid(source: string, parent: Program): boolean
}

/** Sorts of edits with their shares; one without a place in the program is drawn again. */
export type Makers<Program extends NumberOutline> = readonly (readonly [share: number, maker: EditMaker<Program>])[]

const mostDraws = 24
/** Chance of one more edit after each. */
const furtherEdit = 0.15
const firstStep = 0.1
const learningRate = 0.5

/** Makes a child by a few small edits drawn from `makers`. */
export function varyIn<Program extends NumberOutline>(
  dialect: Dialect<Program>,
  makers: Makers<Program>,
  { parent, inspirations, seed }: VariationRequest,
): Variation {
  const program = dialect.read(parent.source)
  if (program === undefined) return { ok: false, failure: dialect.whyUnreadable(parent.source) }
  const rng = rngFromText(seed)
  const step = nextStep(parent.traits['step'], rng)
  const donors = inspirations.flatMap(({ source }) => (source === parent.source ? [] : (dialect.read(source) ?? [])))
  for (let draw = 0; draw < mostDraws; draw++) {
    const made = edited(dialect, makers, { program, donors, step, moves: movesIn(parent.traits), rng })
    if (made === undefined) continue
    const { source, edits } = made
    const summary = edits.map(({ files, summary }) => [...files, summary].join(' ')).join('; ')
    const told = ({ kind, line, files: [file] }: PlacedEdit) => ({ kind, line, ...(file && { file }) })
    const detail = { ...told(edits[0]), edits: edits.map(told), step }
    return { ok: true, source, traits: traitsOf(parent.traits, step, edits), change: { summary, detail } }
  }
  return {
    ok: false,
    failure: { kind: 'unchanged', message: `no edit found in ${mostDraws} draws that leaves valid code` },
  }
}

/**
 * The step of the child: mostly the parent's, changed a little; else one of any size.
 *
 * Inheritance alone dies out, since small steps improve more often than large ones and are then all that is left.
 */
function nextStep(step: number | undefined, rng: Rng): number {
  const from = step !== undefined && step > 0 && Number.isFinite(step) ? step : firstStep
  const next = rng.next() < 0.5 ? from * Math.exp(learningRate * rng.normal()) : 10 ** (-3 + 3 * rng.next())
  return Math.min(Math.max(next, 1e-6), 1)
}

/** Traits named so say by how much the literal of that index was moved when the program was made. */
const moveTrait = /^move:(\d+)$/
const mostMoveTraits = 8

function movesIn(traits: Traits): ReadonlyMap<number, number> {
  const moves = new Map<number, number>()
  for (const [name, by] of Object.entries(traits)) {
    const index = moveTrait.exec(name)?.[1]
    if (index !== undefined && Number.isFinite(by)) moves.set(Number(index), by)
  }
  return moves
}

/** The parent's traits with the new step; its moves give way to those of the child, if literals alone were moved. */
function traitsOf(inherited: Traits, step: number, [first, ...further]: Edited['edits']): Traits {
  const kept = Object.entries(inherited).filter(([name]) => !moveTrait.test(name))
  const moves = further.length === 0 && first.moves !== undefined ? [...first.moves] : []
  const named = moves.map(([index, by]): [string, number] => [`move:${index}`, by])
  return { ...Object.fromEntries(kept), step, ...(moves.length > mostMoveTraits ? {} : Object.fromEntries(named)) }
}

interface Edited {
  readonly source: string
  readonly edits: readonly [PlacedEdit, ...(readonly PlacedEdit[])]
}

/** An edit with the files that it changes; none in a program of one file. */
interface PlacedEdit extends Edit {
  readonly files: readonly string[]
}

/** One edit, sometimes several one after the other; nothing when the first leaves no valid code. */
function edited<Program extends NumberOutline>(
  dialect: Dialect<Program>,
  makers: Makers<Program>,
  draw: Draw<Program>,
): Edited | undefined {
  const once = editedOnce(dialect, makers, draw, draw.program)
  if (once === undefined) return undefined
  let made: Edited = { source: once.source, edits: [once.edit] }
  while (draw.rng.next() < furtherEdit && made.edits.length < 4) {
    const program = dialect.read(made.source)
    const more = program && editedOnce(dialect, makers, { ...draw, program, moves: new Map() }, draw.program)
    if (more !== undefined) made = { source: more.source, edits: [...made.edits, more.edit] }
  }
  return made
}

function editedOnce<Program extends NumberOutline>(
  dialect: Dialect<Program>,
  makers: Makers<Program>,
  draw: Draw<Program>,
  parent: Program,
): { readonly source: string; readonly edit: PlacedEdit } | undefined {
  const edit = makers[draw.rng.weighted(makers.map(([share]) => share))]?.[1](draw)
  if (edit === undefined) return undefined
  const source = applyEdits(draw.program.source, edit.edits)
  if (source === parent.source || leaveTheBlocks(parent.source, source) !== undefined) return undefined
  if (!dialect.isValid(source, parent)) return undefined
  const files = edit.edits.flatMap(({ start }) => fileAtOffset(draw.program.source, start) ?? [])
  return { source, edit: { ...edit, files: [...new Set(files)] } }
}

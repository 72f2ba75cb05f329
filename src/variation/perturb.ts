import type { CandidateFailure } from '../core/failure.ts'
import type { Traits, VariationRequest } from '../core/program.ts'
import type { Rng } from '../core/rng.ts'
import { rngFromText } from '../core/rng.ts'
import { exportedNames, parse } from '../syntax/parse.ts'
import { growsWhatItWalks } from '../syntax/endless.ts'
import { freeNames } from '../syntax/scope.ts'
import { changeArray } from './arrays.ts'
import type { Draw, Edit, EditMaker } from './edit.ts'
import { applyEdits } from './edit.ts'
import { leaveTheBlocks, parseEvolveBlocks } from './evolve-block.ts'
import { blendLiterals, moveLiterals, repeatMoves } from './literals.ts'
import type { DirectOperator, Variation } from './operator.ts'
import { changeOperator } from './operators.ts'
import type { Outline } from './outline.ts'
import { outlineOf } from './outline.ts'
import { spliceExpression, spliceNamed, spliceStatement } from './splice.ts'
import { deleteStatement, duplicateStatement, swapStatements } from './statements.ts'
import { changeBounds, wrapExpression } from './wrap.ts'

/**
 * Edits the syntax tree of the parent without a model: literals, operators, statements, arrays, pieces of inspirations.
 *
 * A child always parses, keeps what its file exports, and uses no name that is neither declared nor used by its parent.
 * The trait `step` is the relative size of literal moves; it is inherited and mutated, so that it adapts by selection.
 *
 * @see Beyer and Schwefel 2002, "Evolution strategies", https://doi.org/10.1023/A:1015059928466 (self-adaptation).
 */
export const perturb: DirectOperator = treeEditor('perturb', [
  [60, moveLiterals],
  [25, repeatMoves],
  [12, blendLiterals],
  [10, changeOperator],
  [9, wrapExpression],
  [5, changeBounds],
  [8, changeArray],
  [7, spliceExpression],
  [3, spliceNamed],
  [2, spliceStatement],
  [3, duplicateStatement],
  [3, deleteStatement],
  [2, swapStatements],
])

/**
 * {@link perturb} with moves of numeric literals alone: an evolution strategy over a program's constants.
 *
 * With the sampler `restart` it is the hill climber that every search has to beat.
 */
export const perturbLiterals: DirectOperator = treeEditor('perturb-literals', [
  [60, moveLiterals],
  [25, repeatMoves],
])

const mostDraws = 24
/** Chance of one more edit after each. */
const furtherEdit = 0.15
const firstStep = 0.1
const learningRate = 0.5

/** Names every JavaScript program may use though nothing declares them. */
const globals: ReadonlySet<string> = new Set(
  [
    'Math',
    'Number',
    'Array',
    'Object',
    'String',
    'Boolean',
    'Map',
    'Set',
    'JSON',
    'Infinity',
    'NaN',
    'undefined',
  ].concat(
    [
      'Float64Array',
      'Float32Array',
      'Int32Array',
      'Uint32Array',
      'Uint8Array',
      'parseInt',
      'parseFloat',
      'isFinite',
      'isNaN',
    ],
    ['Error', 'RangeError', 'TypeError', 'Symbol', 'BigInt', 'arguments'],
  ),
)

/** An operator that draws from sorts of edits with their shares; one without a place in the program is drawn again. */
function treeEditor(name: string, makers: Makers): DirectOperator {
  return { kind: 'direct', name, vary: (request) => vary(makers, request) }
}

type Makers = readonly (readonly [share: number, maker: EditMaker])[]

function vary(makers: Makers, { parent, inspirations, seed }: VariationRequest): Variation {
  const program = outlineOf(parent.source)
  if (program === undefined) return { ok: false, failure: whyUnreadable(parent.source) }
  const rng = rngFromText(seed)
  const step = nextStep(parent.traits['step'], rng)
  const donors = inspirations.flatMap(({ source }) => (source === parent.source ? [] : (outlineOf(source) ?? [])))
  for (let draw = 0; draw < mostDraws; draw++) {
    const made = edited(makers, { program, donors, step, moves: movesIn(parent.traits), rng })
    if (made === undefined) continue
    const { source, edits } = made
    const [first] = edits
    const summary = edits.map((edit) => edit.summary).join('; ')
    const detail = { kind: first.kind, line: first.line, edits: edits.map(({ kind, line }) => ({ kind, line })), step }
    return { ok: true, source, traits: traitsOf(parent.traits, step, edits), change: { summary, detail } }
  }
  return {
    ok: false,
    failure: { kind: 'unchanged', message: `no edit found in ${mostDraws} draws that leaves valid code` },
  }
}

function whyUnreadable(source: string): CandidateFailure {
  const parsed = parse(source)
  if (!parsed.ok) return parsed.failure
  const marked = parseEvolveBlocks(source)
  return marked.ok
    ? { kind: 'syntax', message: 'the code is nested too deeply to be edited' }
    : { kind: 'outside-evolve-block', message: `line ${marked.line}: ${marked.message}` }
}

/**
 * The step of the child: mostly the parent's, changed a little; else one of any size.
 *
 * Inheritance alone dies out, since small steps improve more often than large ones and are then all that is left.
 */
function nextStep(step: number | undefined, rng: Rng): number {
  const from = step !== undefined && step > 0 && Number.isFinite(step) ? step : firstStep
  const next = rng.next() < 0.5 ? from * Math.exp(learningRate * rng.normal()) : 10 ** (-3.5 + 3.2 * rng.next())
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
  readonly edits: readonly [Edit, ...(readonly Edit[])]
}

/** One edit, sometimes several one after the other; nothing when the first leaves no valid code. */
function edited(makers: Makers, draw: Draw): Edited | undefined {
  const once = editedOnce(makers, draw, draw.program)
  if (once === undefined) return undefined
  let made: Edited = { source: once.source, edits: [once.edit] }
  while (draw.rng.next() < furtherEdit && made.edits.length < 4) {
    const program = outlineOf(made.source)
    const more = program && editedOnce(makers, { ...draw, program, moves: new Map() }, draw.program)
    if (more !== undefined) made = { source: more.source, edits: [...made.edits, more.edit] }
  }
  return made
}

function editedOnce(
  makers: Makers,
  draw: Draw,
  parent: Outline,
): { readonly source: string; readonly edit: Edit } | undefined {
  const edit = makers[draw.rng.weighted(makers.map(([share]) => share))]?.[1](draw)
  if (edit === undefined) return undefined
  const source = applyEdits(draw.program.source, edit.edits)
  return isValid(source, parent) ? { source, edit } : undefined
}

function isValid(source: string, parent: Outline): boolean {
  if (source === parent.source || leaveTheBlocks(parent.source, source) !== undefined) return false
  const parsed = parse(source)
  if (!parsed.ok) return false
  const exported = exportedNames(parsed.syntax)
  if (!parent.exported.every((name) => exported.includes(name))) return false
  if (growsWhatItWalks(parsed.syntax.root) && !parent.endless) return false
  return [...freeNames(parsed.syntax.root)].every((name) => parent.free.has(name) || globals.has(name))
}

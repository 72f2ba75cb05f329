import type { VariationRequest } from '../core/program.ts'
import { rngFromText } from '../core/rng.ts'
import type { DirectOperator, Variation } from './operator.ts'
import { reducible } from './reducing.ts'
import { reductionPhases } from './reduction.ts'
import type { Reduction, ReductionPhase } from './reduction.ts'
import { inherited } from './tune.ts'

/** How often each sort of reduction is drawn, where the program offers any. */
const shares: Readonly<Record<ReductionPhase, number>> = {
  comments: 1,
  statements: 4,
  structure: 2,
  expressions: 3,
  numbers: 1,
}

const mostDraws = 24
/** Chance that a child loses several neighbouring things at once. */
const several = 0.3

/**
 * Takes something away: a statement, a branch, a part of an expression, digits of a number, all comments. The child is
 * always shorter than its parent and otherwise like any other: whether it is as good is found out by scoring it.
 *
 * @see Zeller and Hildebrandt 2002, "Simplifying and isolating failure-inducing input", https://doi.org/10.1109/32.988498.
 */
export const simplify: DirectOperator = { kind: 'direct', name: 'simplify', vary }

function vary({ parent, seed, language = 'typescript' }: VariationRequest): Variation {
  const program = reducible(parent.source, language)
  if (!('reductions' in program)) return { ok: false, failure: program }
  const rng = rngFromText(seed)
  const byPhase = reductionPhases
    .map((phase) => ({ phase, all: program.reductions.filter((each) => each.phase === phase) }))
    .filter(({ all }) => all.length > 0)
  for (let draw = 0; draw < mostDraws && byPhase.length > 0; draw++) {
    const drawn = byPhase[rng.weighted(byPhase.map(({ phase }) => shares[phase]))]
    if (drawn === undefined) break
    const { phase, all } = drawn
    const count = phase === 'comments' ? all.length : rng.next() < several ? 2 + rng.int(all.length) : 1
    const from = phase === 'comments' ? 0 : rng.int(all.length)
    const made = program.without(all.slice(from, from + count))
    if (made === undefined) continue
    return { ok: true, source: made.source, traits: inherited(parent.traits), change: changeOf(made.applied) }
  }
  const message = `nothing found in ${String(mostDraws)} draws that can go and leaves valid code`
  return { ok: false, failure: { kind: 'unchanged', message } }
}

function changeOf(applied: readonly Reduction[]) {
  const [first] = applied
  const more = applied.length > 1 ? ` and ${String(applied.length - 1)} more` : ''
  const edits = applied.slice(0, 20).map(({ kind, line }) => ({ kind, line }))
  return { summary: `${first?.summary ?? ''}${more}`, detail: { kind: 'simplify', line: first?.line ?? 1, edits } }
}

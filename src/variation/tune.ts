import { isScript } from '../core/language.ts'
import type { EarlierChild, VariationRequest } from '../core/program.ts'
import { rngFromText } from '../core/rng.ts'
import type { CmaState, Trial } from './cma-es.ts'
import { ask, batchSize, cmaState, tell } from './cma-es.ts'
import type { Dialect } from './dialect.ts'
import { applyEdits } from './edit.ts'
import { leaveTheBlocks } from './evolve-block.ts'
import { literalText, sizeOfZero } from './literals.ts'
import type { DirectOperator, Variation } from './operator.ts'
import type { LiteralSite, NumberOutline } from './outline.ts'
import { pythonDialect } from './python-dialect.ts'
import { scriptDialect } from './script-dialect.ts'
import { textDialect } from './text-dialect.ts'

/** Standard deviation of the first points, relative to the size of a literal. */
const firstStep = 0.1
/** The covariance has the square of this many entries; of more literals a fixed share is drawn. */
const mostLiterals = 100
const mostDraws = 8

/**
 * Tunes the fractional literals of a program: every child is a point drawn by a CMA evolution strategy, which learns from
 * the children of the same parent that were scored before.
 *
 * Whole numbers are left alone: mostly they count something. Coordinates are relative to the literal's size in the
 * parent, so that 0.001 and 1000 are moved alike. The strategy has no state of its own: it is the fold of the earlier
 * children, in batches, in the order in which they were committed.
 *
 * @see Hansen 2016, "The CMA evolution strategy: a tutorial", arXiv:1604.00772.
 */
export const tune: DirectOperator = { kind: 'direct', name: 'tune', learns: true, suits, vary }

function vary(request: VariationRequest): Variation {
  return tuned(dialectOf(request.language), request)
}

/** Whether a program has a fractional number to tune. */
function suits(source: string, language: string | undefined): boolean {
  const program = dialectOf(language).read(source)
  return program !== undefined && tunable(program).length > 0
}

function dialectOf(language = 'typescript'): Dialect<NumberOutline> {
  if (isScript(language)) return scriptDialect
  return language === 'python' ? pythonDialect : textDialect(language)
}

function tuned(dialect: Dialect<NumberOutline>, request: VariationRequest): Variation {
  const { parent, earlier = [], seed } = request
  const program = dialect.read(parent.source)
  if (program === undefined) return { ok: false, failure: dialect.whyUnreadable(parent.source) }
  const sites = tunable(program)
  if (sites.length === 0) return { ok: false, failure: { kind: 'unchanged', message: 'no fractional number to tune' } }
  const { state, trials } = learned(parent.source, sites, earlier)
  const rng = rngFromText(seed)
  for (let draw = 0; draw < mostDraws; draw++) {
    const values = ask(state, rng).map((at, index) => valueAt(sites[index] as LiteralSite, at))
    const edits = sites.map((site, index) => ({
      start: site.start,
      end: site.end,
      text: literalText(site, values[index] ?? site.value, parent.source),
    }))
    const source = applyEdits(parent.source, edits)
    if (source === parent.source || leaveTheBlocks(parent.source, source) !== undefined) continue
    if (!dialect.isValid(source, program)) continue
    const summary = `tuned ${String(sites.length)} literals, trial ${String(trials + 1)}, step ${state.sigma.toPrecision(2)}`
    const detail = { kind: 'tune', line: sites[0]?.line ?? 1, step: state.sigma, batches: state.batches, values }
    return { ok: true, source, traits: inherited(parent.traits), change: { summary, detail } }
  }
  const message = `no other numbers within the step ${state.sigma.toPrecision(2)} that tuning has come down to`
  return { ok: false, failure: { kind: 'unchanged', message } }
}

/** All traits but the moves of literals, which belong to the child of another operator. */
export function inherited(traits: VariationRequest['parent']['traits']): VariationRequest['parent']['traits'] {
  return Object.fromEntries(Object.entries(traits).filter(([name]) => !name.startsWith('move:')))
}

/** Fractional literals that shape a program, in the order of the text. */
function tunable({ literals, source }: NumberOutline): readonly LiteralSite[] {
  const sites = literals.filter(({ integer, role }) => !integer && (role === 'data' || role === 'term'))
  if (sites.length <= mostLiterals) return sites
  const rng = rngFromText(source)
  const left = sites.map((_, index) => index)
  const drawn = Array.from({ length: mostLiterals }, () => left.splice(rng.int(left.length), 1)[0] ?? 0)
  return drawn.toSorted((one, other) => one - other).flatMap((index) => sites[index] ?? [])
}

function valueAt(site: LiteralSite, at: number): number {
  const value = site.value + at * sizeOf(site)
  return Number.isFinite(value) ? value : site.value
}

function coordinateOf(site: LiteralSite, value: number): number {
  return (value - site.value) / sizeOf(site)
}

function sizeOf({ value }: LiteralSite): number {
  return Math.abs(value) || sizeOfZero
}

interface Learned {
  readonly state: CmaState
  /** Earlier children that were points of this strategy. */
  readonly trials: number
}

interface Remembered {
  readonly told: readonly Trial[]
  readonly state: CmaState
}

/** What was learned about the programs tuned last: saves folding their children anew and changes no result. */
const remembered = new Map<string, Remembered>()
const mostRemembered = 16

function learned(source: string, sites: readonly LiteralSite[], earlier: readonly EarlierChild[]): Learned {
  const trials = earlier.flatMap(({ detail, fitness }): Trial[] => {
    const values = valuesIn(detail, sites.length)
    return values === undefined
      ? []
      : [{ at: sites.map((site, index) => coordinateOf(site, values[index] ?? site.value)), fitness }]
  })
  const size = batchSize(sites.length)
  const whole = trials.slice(0, trials.length - (trials.length % size))
  const known = remembered.get(source)
  const usable = known !== undefined && begins(whole, known.told)
  let state = usable ? known.state : cmaState(filled(sites.length), firstStep)
  for (let from = usable ? known.told.length : 0; from < whole.length; from += size) {
    state = tell(state, whole.slice(from, from + size))
  }
  remembered.delete(source)
  remembered.set(source, { told: whole, state })
  const [oldest] = remembered.keys()
  if (remembered.size > mostRemembered && oldest !== undefined) remembered.delete(oldest)
  return { state, trials: trials.length }
}

function begins(trials: readonly Trial[], start: readonly Trial[]): boolean {
  return start.every(({ at, fitness }, index) => {
    const trial = trials[index]
    return (
      trial !== undefined && trial.fitness === fitness && at.every((value, place) => Object.is(value, trial.at[place]))
    )
  })
}

function filled(length: number): readonly number[] {
  return Array.from({ length }, () => 0)
}

/** The literals that an earlier child was made with. */
function valuesIn(detail: EarlierChild['detail'], length: number): readonly number[] | undefined {
  if (typeof detail !== 'object' || detail === null || Array.isArray(detail)) return undefined
  const values = (detail as { readonly values?: unknown }).values
  if (!Array.isArray(values) || values.length !== length) return undefined
  return values.every((value): value is number => typeof value === 'number') ? values : undefined
}

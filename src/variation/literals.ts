import type { Rng } from '../core/rng.ts'
import type { Draw, Edit, TextEdit } from './edit.ts'
import type { LiteralRole, LiteralSite, NumberOutline } from './outline.ts'

/** Counts stay below this: a loop of a million rounds by accident would only burn time. */
const largestCount = 4096
const largestValue = 1e12

/** Values that programs are often built around. */
const niceValues = [0, 1, 2, 0.5, 0.25, 0.75, 0.1, 1 / 3, 2 / 3, Math.SQRT2, Math.SQRT1_2, Math.PI, Math.PI / 6, 0.01]

/** So many literals move at once at most. */
const mostMoved = 100

/**
 * Moves one literal or several at once.
 *
 * How many is a heavy-tailed draw, P(k) proportional to k^-1.5: mostly one, sometimes all.
 *
 * @see Doerr, Le, Makhmara and Nguyen 2017, "Fast genetic algorithms", arXiv:1703.03334.
 */
export function moveLiterals({ program, step, rng }: Draw<NumberOutline>): Edit | undefined {
  const { literals } = program
  if (literals.length === 0) return undefined
  const count = heavyTailed(rng, Math.min(literals.length, mostMoved))
  // Many literals at once each move less, so that the whole jump stays about as long as one step.
  const targets = sample(literals, count, rng).map((index) => {
    const site = literals[index] as LiteralSite
    return [index, moved(site, step / Math.sqrt(count), rng)] as const
  })
  return literalEdit('literal', program, targets)
}

/**
 * Repeats the moves that made the program out of its parent, further, less far or back: what helped once often helps on.
 *
 * @see Hooke and Jeeves 1961, "Direct search", https://doi.org/10.1145/321062.321069 (the pattern move).
 */
export function repeatMoves({ program, moves, rng }: Draw<NumberOutline>): Edit | undefined {
  const factor = rng.pick([2, 1, 1, 0.5, -0.5]) * Math.exp(0.3 * rng.normal())
  const targets = [...moves].flatMap(([index, by]) => {
    const site = program.literals[index]
    if (site === undefined) return []
    const value = site.value + factor * by
    return [[index, bounded(site, site.integer ? Math.round(value) : value)] as const]
  })
  return literalEdit('repeat', program, targets)
}

/**
 * Moves literals along the line to another program that differs in numbers only: towards it, or away from it.
 *
 * @see Storn and Price 1997, "Differential evolution", https://doi.org/10.1023/A:1008202821328.
 */
export function blendLiterals({ program, donors, rng }: Draw<NumberOutline>): Edit | undefined {
  const alike = donors.filter(({ skeleton, source }) => skeleton === program.skeleton && source !== program.source)
  if (alike.length === 0) return undefined
  const other = rng.pick(alike)
  const base = rng.pick(alike)
  const weight = rng.next() < 0.5 ? 1 : 0.4 + 0.4 * rng.normal()
  const share = rng.pick([0.15, 0.5, 1])
  const targets = program.literals.flatMap((site, index) => {
    const target = other.literals[index] ?? site
    // With two donors their difference is added to the parent; with one, the difference to the parent itself.
    const from = base === other ? site : (base.literals[index] ?? site)
    if (target.value === from.value || rng.next() >= share) return []
    const value = bounded(site, site.value + weight * (target.value - from.value))
    const whole = site.integer && target.integer && from.integer
    return [[index, whole ? Math.round(value) : value] as const]
  })
  return literalEdit('blend', program, targets)
}

function literalEdit(
  kind: string,
  program: NumberOutline,
  targets: readonly (readonly [number, number])[],
): Edit | undefined {
  const { source, literals } = program
  const moves = new Map<number, number>()
  const edits: TextEdit[] = []
  for (const [index, value] of targets) {
    const site = literals[index] as LiteralSite
    const text = literalText(site, value, source)
    if (value === site.value || text === source.slice(site.start, site.end)) continue
    moves.set(index, value - site.value)
    edits.push({ start: site.start, end: site.end, text })
  }
  const [first] = edits
  const [index = 0] = moves.keys()
  if (first === undefined) return undefined
  const one = `literal ${source.slice(first.start, first.end)} -> ${first.text}`
  const summary = edits.length === 1 ? one : `${one} and ${edits.length - 1} more`
  return { kind, line: literals[index]?.line ?? 1, edits, summary, moves }
}

/** Draws 1 to `most` with P(k) proportional to k^-1.5. */
export function heavyTailed(rng: Rng, most: number): number {
  return rng.weighted(Array.from({ length: most }, (_, index) => (index + 1) ** -1.5)) + 1
}

/** How willingly a literal is moved: numbers in data shape a program, an index mostly breaks it. */
const readiness: Readonly<Record<LiteralRole, number>> = { data: 4, term: 2, count: 0.5, index: 0.2 }

/** Indices of different literals. */
function sample(sites: readonly LiteralSite[], count: number, rng: Rng): readonly number[] {
  const weights = sites.map(({ role }) => readiness[role])
  return Array.from({ length: count }, () => {
    const index = rng.weighted(weights)
    weights[index] = 0
    return index
  })
}

function moved(site: LiteralSite, step: number, rng: Rng): number {
  const whole = isCount(site) || (site.integer && rng.next() < (site.value === 0 ? 0.3 : 0.8))
  return bounded(site, whole ? movedInteger(site.value, rng) : movedFloat(site, step, rng))
}

function isCount({ role }: LiteralSite): boolean {
  return role === 'count' || role === 'index'
}

function bounded(site: LiteralSite, value: number): number {
  const limit = Math.max(isCount(site) ? largestCount : largestValue, Math.abs(site.value))
  return Math.min(Math.max(value, site.least ?? -limit), limit)
}

function movedInteger(value: number, rng: Rng): number {
  const sign = rng.next() < 0.5 ? -1 : 1
  switch (rng.weighted([8, 2, 1, 1])) {
    case 0:
      return value + sign
    case 1:
      return value + sign * (2 + rng.int(3))
    case 2:
      return Math.round(value * Math.exp(0.5 * rng.normal())) + sign
    default:
      return rng.pick([0, 1, 2, 3, 4, 5, 6, 8, 10, 12, 16])
  }
}

/** Around zero there is no relative size; programs in unit squares and angles in turns make one tenth a fair one. */
export const sizeOfZero = 0.1

function movedFloat({ value }: LiteralSite, step: number, rng: Rng): number {
  const size = Math.abs(value) || sizeOfZero
  switch (rng.weighted([8, 3, 2, 1, 0.7, 0.3])) {
    case 0:
      return value + step * size * rng.normal()
    case 1:
      // A Cauchy draw: mostly like a normal one, now and then far away.
      return value + (step * size * rng.normal()) / Math.max(Math.abs(rng.normal()), 0.01)
    case 2:
      return value + step * Math.max(size, 0.3) * rng.normal()
    case 3:
      return value * Math.exp(0.5 * rng.normal()) || rng.next()
    case 4:
      return rng.pick(niceValues)
    default:
      return -value
  }
}

/** How a literal is written with another value, in parentheses where a minus sign would not be safe. */
export function literalText(site: LiteralSite, value: number, source: string): string {
  const number = Object.is(value, -0) ? 0 : value
  const bare = String(number)
  const text = (!site.integer && !/[.e]/.test(bare) ? `${bare}.0` : bare) + (site.suffix ?? '')
  // `a -1` must not become `a --1`, nor `-2 ** x` appear.
  const safe =
    number >= 0 ||
    source[site.start] === '-' ||
    /[=([,:?]\s*$/.test(source.slice(Math.max(site.start - 8, 0), site.start))
  return safe ? text : `(${text})`
}

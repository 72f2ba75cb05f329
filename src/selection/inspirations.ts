import type { Elite } from '../core/placement.ts'
import type { Rng } from '../core/rng.ts'

/** Where inspirations are looked for: owners by island, each list best first. */
export interface InspirationView {
  readonly home: readonly Elite[]
  readonly others: readonly (readonly Elite[])[]
  /** The program a program was made from; `undefined` for the first one. */
  parentOf(ordinal: number): number | undefined
  /** Square of the distance between the cells of the parent and of an owner of its island. */
  distanceTo(ordinal: number): number
}

/**
 * The ways to choose an inspiration: `islands`: the best of another island, drawn at random; `random`: any owner of the
 * parent's island; `nearest`: the owner in the cell nearest to the parent's, of equally near ones the better; `top`: the
 * best of the parent's island.
 */
export const inspirationWays = ['islands', 'random', 'nearest', 'top'] as const

/** One of {@link inspirationWays}. */
export type InspirationWay = (typeof inspirationWays)[number]

/**
 * Picks up to `count` programs to show beside the parent, in the given ways by turns; where a way finds nobody the next
 * ones are tried.
 *
 * Never the parent, never one program twice, and never two ancestors of the parent: what is left of them is in the parent
 * already.
 *
 * Pure: draws come from `rng` alone.
 */
export function pickInspirations(
  view: InspirationView,
  parent: number,
  count: number,
  ways: readonly InspirationWay[],
  rng: Rng,
): readonly number[] {
  const chosen: number[] = []
  const taken = new Set([parent])
  let ancestors: ReadonlySet<number> | undefined
  for (let turn = 0; chosen.length < count; turn++) {
    const picked = pickOne(view, taken, turned(ways, turn), rng)
    if (picked === undefined) break
    chosen.push(picked)
    taken.add(picked)
    if (chosen.length === count) break
    ancestors ??= ancestorsOf(view, parent)
    // One of the line is enough, so all others of it are taken.
    if (ancestors.has(picked)) for (const ancestor of ancestors) taken.add(ancestor)
  }
  return chosen
}

function turned<T>(items: readonly T[], by: number): readonly T[] {
  const start = by % items.length
  return [...items.slice(start), ...items.slice(0, start)]
}

function pickOne(
  view: InspirationView,
  taken: ReadonlySet<number>,
  ways: readonly InspirationWay[],
  rng: Rng,
): number | undefined {
  for (const way of ways) {
    const pool = poolOf(view, way, taken)
    if (pool.length > 0) return rng.pick(pool).ordinal
  }
  return undefined
}

/** Those that a way may choose from, all equally likely. */
function poolOf(view: InspirationView, way: InspirationWay, taken: ReadonlySet<number>): readonly Elite[] {
  const free = ({ ordinal }: Elite): boolean => !taken.has(ordinal)
  switch (way) {
    case 'islands':
      return view.others.flatMap((owners) => owners.slice(0, 1)).filter(free)
    case 'random':
      return view.home.filter(free)
    case 'top': {
      const best = view.home.find(free)
      return best === undefined ? [] : [best]
    }
    case 'nearest':
      return nearest(view, free)
  }
}

/** The nearest free owner; owners come best first, so of equally near ones the better is found first. */
function nearest(view: InspirationView, free: (elite: Elite) => boolean): readonly Elite[] {
  let found: Elite | undefined
  let least = Number.POSITIVE_INFINITY
  for (const elite of view.home) {
    if (!free(elite)) continue
    const distance = view.distanceTo(elite.ordinal)
    if (distance < least) [found, least] = [elite, distance]
  }
  return found === undefined ? [] : [found]
}

function ancestorsOf(view: Pick<InspirationView, 'parentOf'>, parent: number): ReadonlySet<number> {
  const ancestors = new Set<number>()
  for (let at = view.parentOf(parent); at !== undefined; at = view.parentOf(at)) ancestors.add(at)
  return ancestors
}

import type { Elite } from '../core/placement.ts'
import type { Rng } from '../core/rng.ts'

/** Where inspirations are looked for: owners by island, each list best first. */
export interface InspirationView {
  readonly home: readonly Elite[]
  readonly others: readonly (readonly Elite[])[]
}

/**
 * Picks up to `count` programs to show beside the parent: by turns the best of another island and a random owner of
 * the parent's island. Never the parent, never one program twice.
 *
 * Pure: draws come from `rng` alone.
 */
export function pickInspirations(view: InspirationView, parent: number, count: number, rng: Rng): readonly number[] {
  const chosen: number[] = []
  const free = (elites: readonly Elite[]): readonly Elite[] =>
    elites.filter(({ ordinal }) => ordinal !== parent && !chosen.includes(ordinal))
  for (let turn = 0; turn < count; turn++) {
    const bests = free(view.others.flatMap((owners) => owners.slice(0, 1)))
    const locals = free(view.home)
    const pool = (turn % 2 === 0 && bests.length > 0) || locals.length === 0 ? bests : locals
    if (pool.length === 0) break
    chosen.push(rng.pick(pool).ordinal)
  }
  return chosen
}

import type { LineageView } from './lineage.ts'

/**
 * Makes a fold over the candidates of a run in order of ordinals, the first program left out: what it gives depends on how
 * candidates scored, not on the order in which they ended.
 *
 * How far a lineage was folded is kept, up to the oldest candidate that has not ended, so that no later score can change
 * what is kept, and a question reads only what came after it.
 *
 * @param start - The state before the first candidate.
 * @param after - The state after one more candidate; `fitness` is `undefined` where it has none. Must not change its state.
 */
export function lineageFold<State>(
  start: (lineage: LineageView) => State,
  after: (state: State, ordinal: number, fitness: number | undefined) => State,
): (lineage: LineageView) => State {
  const settled = new WeakMap<LineageView, { readonly next: number; readonly state: State }>()
  return (lineage) => {
    let { next, state } = settled.get(lineage) ?? { next: 1, state: start(lineage) }
    let allEnded = true
    for (; next < lineage.size; next++) {
      allEnded &&= lineage.hasEnded(next)
      state = after(state, next, lineage.fitnessOf(next))
      if (allEnded) settled.set(lineage, { next: next + 1, state })
    }
    return state
  }
}

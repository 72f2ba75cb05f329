/** One candidate on the axis of a budget. */
export interface Step {
  /** Budget used when this candidate and all before it were paid for, in the unit of the axis. */
  readonly at: number
  /** Higher is better; `undefined` for a candidate that failed. */
  readonly fitness: number | undefined
}

/** How far a run had come: the steps at which its best rose, in order. */
export interface Curve {
  readonly rises: readonly { readonly at: number; readonly fitness: number }[]
  /** Budget used by the whole run. */
  readonly spent: number
}

/** Follows the best of a run, in order of the candidates' creation. */
export function curveOf(steps: Iterable<Step>): Curve {
  const rises: { at: number; fitness: number }[] = []
  let best = -Infinity
  let spent = 0
  for (const { at, fitness } of steps) {
    spent = at
    if (fitness === undefined || fitness <= best) continue
    best = fitness
    rises.push({ at, fitness })
  }
  return { rises, spent }
}

/**
 * The best fitness within a budget. A run that ended before keeps what it had reached.
 *
 * @returns `undefined` when nothing was scored by then.
 */
export function bestWithin({ rises }: Curve, budget: number): number | undefined {
  return rises.findLast(({ at }) => at <= budget)?.fitness
}

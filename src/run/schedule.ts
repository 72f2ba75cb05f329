/** In which order candidates are committed, and how many commits each selection takes into account. */
export interface Schedule {
  /** The candidate that is committed as the `n`-th, from 1; `undefined` when it never is. */
  nth(n: number): number | undefined
  /** Commits that must have happened, and no more, when a candidate is selected. */
  seen(ordinal: number): number
}

/**
 * Commits in order of creation; candidate `k` sees the commits up to `k - lag`. So it does not matter which candidate
 * finishes first, as long as no more than `lag` are in flight.
 *
 * @param lag - At least 1.
 */
export function byOrdinal(lag: number): Schedule {
  return { nth: (n) => n, seen: (ordinal) => Math.max(0, ordinal - lag) }
}

/** One candidate in the order of a run that was carried out. */
export interface ScheduleEntry {
  readonly ordinal: number
  /** Commits that its selection took into account. */
  readonly seen: number
  /** Which commit of the run it was, from 1; `undefined` when it was left unfinished. */
  readonly finished: number | undefined
}

/** The schedule that a run had, so that it can be carried out again whatever finishes first this time. */
export function recorded(entries: Iterable<ScheduleEntry>): Schedule {
  const order: number[] = []
  const seen: number[] = []
  for (const entry of entries) {
    seen[entry.ordinal] = entry.seen
    if (entry.finished !== undefined) order[entry.finished] = entry.ordinal
  }
  return { nth: (n) => order[n], seen: (ordinal) => seen[ordinal] ?? 0 }
}

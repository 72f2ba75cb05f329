import type { FailureKind } from '../core/failure.ts'
import type { Measure, ObjectiveValues } from '../core/objective.ts'
import type { ChangedAttempt } from '../store/insight-store.ts'

/** Attempts on one program that changed the same lines. */
export interface Cluster {
  /** Lines of the program, from 1; `undefined` for attempts that never became a program. */
  readonly lines: { readonly first: number; readonly last: number } | undefined
  /** A line that most of them changed, verbatim without indentation; empty where they only added lines. */
  readonly anchor: string
  readonly attempts: number
  /** Better than the program beyond the noise. */
  readonly improved: number
  /** Worse beyond the noise. */
  readonly regressed: number
  /** Oriented gain of the first objective, positive is better; `undefined` when none got a score. */
  readonly gain: { readonly best: number; readonly mean: number; readonly worst: number } | undefined
  readonly failures: Readonly<Partial<Record<FailureKind, number>>>
}

/** Changes that leave no more lines than this between them are changes of the same place. */
const sameplace = 1

/** So many judged attempts without one improvement exhaust a program. */
const exhaustedFrom = 10

/**
 * Groups the attempts on a program by the lines they changed, the largest group first.
 *
 * Two attempts belong together when stretches they changed overlap or touch, directly or through others.
 *
 * @param parent - Objective values of the program.
 * @param measure - The first objective with its noise floor.
 */
export function clusterAttempts(
  attempts: readonly ChangedAttempt[],
  parent: ObjectiveValues,
  measure: Measure,
): readonly Cluster[] {
  const groups: { first: number; last: number; members: ChangedAttempt[] }[] = []
  const nowhere: ChangedAttempt[] = []
  for (const attempt of attempts) {
    const spans = attempt.hunks.map(({ line, removed }) => ({
      first: line,
      last: line + Math.max(1, countLines(removed)) - 1,
    }))
    if (spans.length === 0) {
      nowhere.push(attempt)
      continue
    }
    const touched = groups.filter((group) =>
      spans.some(({ first, last }) => first <= group.last + sameplace && last >= group.first - sameplace),
    )
    const merged = {
      first: Math.min(...spans.map(({ first }) => first), ...touched.map(({ first }) => first)),
      last: Math.max(...spans.map(({ last }) => last), ...touched.map(({ last }) => last)),
      members: [...touched.flatMap(({ members }) => members), attempt],
    }
    for (const group of touched) groups.splice(groups.indexOf(group), 1)
    groups.push(merged)
  }
  const clusters = groups.map(({ first, last, members }) => clusterOf({ first, last }, members, parent, measure))
  if (nowhere.length > 0) clusters.push(clusterOf(undefined, nowhere, parent, measure))
  return clusters.sort((one, other) => other.attempts - one.attempts)
}

/** Tells whether enough was tried on a program without any improvement that something else has to be tried. */
export function isExhausted(clusters: readonly Cluster[]): boolean {
  const judged = clusters.filter(({ lines }) => lines !== undefined)
  const attempts = judged.reduce((sum, cluster) => sum + cluster.attempts, 0)
  return attempts >= exhaustedFrom && judged.every(({ improved }) => improved === 0)
}

/** Gain of the first objective, positive when better; `undefined` when one of the values is not there. */
export function gainOf(
  before: ObjectiveValues,
  after: ObjectiveValues,
  { name, direction }: Measure,
): number | undefined {
  const [from, to] = [before[name], after[name]]
  if (from === undefined || to === undefined) return undefined
  return direction === 'maximize' ? to - from : from - to
}

function clusterOf(
  lines: Cluster['lines'],
  members: readonly ChangedAttempt[],
  parent: ObjectiveValues,
  measure: Measure,
): Cluster {
  const gains: number[] = []
  const failures: Partial<Record<FailureKind, number>> = {}
  for (const { outcome } of members) {
    if (!outcome.ok) failures[outcome.failure.kind] = (failures[outcome.failure.kind] ?? 0) + 1
    else {
      const gain = gainOf(parent, outcome.objectives, measure)
      if (gain !== undefined) gains.push(gain)
    }
  }
  return {
    lines,
    anchor: anchorOf(members),
    attempts: members.length,
    improved: gains.filter((gain) => gain > measure.noise).length,
    regressed: gains.filter((gain) => gain < -measure.noise).length,
    gain:
      gains.length === 0
        ? undefined
        : {
            best: Math.max(...gains),
            mean: gains.reduce((sum, gain) => sum + gain, 0) / gains.length,
            worst: Math.min(...gains),
          },
    failures,
  }
}

/** The changed line that most attempts have in common; of equals the one seen first. */
function anchorOf(members: readonly ChangedAttempt[]): string {
  const counts = new Map<string, number>()
  for (const { hunks } of members) {
    const lines = new Set(hunks.flatMap(({ removed }) => removed.split('\n').map((line) => line.trim())))
    for (const line of lines) if (line.length > 2) counts.set(line, (counts.get(line) ?? 0) + 1)
  }
  let [anchor, most] = ['', 0]
  for (const [line, count] of counts) if (count > most) [anchor, most] = [line, count]
  return anchor
}

function countLines(ended: string): number {
  return ended === '' ? 0 : ended.split('\n').length - 1
}

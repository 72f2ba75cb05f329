import type { FailureKind } from '../core/failure.ts'
import type { InsightPredicate, InsightStatus, Tally } from '../core/insight.ts'
import type { TrialVerdict } from './insight-store.ts'

/** How the outcome of a candidate counts for the insights in its prompt. */
export type InsightLabel = keyof Tally

/** What a label follows from. */
export interface Outcome {
  /** Fitness gained over the parent; `undefined` when it failed. */
  readonly delta: number | undefined
  /** Noise floor of the fitness. */
  readonly noise: number
  readonly failure: FailureKind | undefined
}

/** Failures that say nothing about advice: there was no child that could have been run, or it was not the child's fault. */
const withoutChild: readonly FailureKind[] = [
  'no-edit-found',
  'search-missed',
  'search-ambiguous',
  'outside-evolve-block',
  'unchanged',
  'duplicate',
  'refused',
  'no-reply',
  'evaluator-threw',
]

/** Labels the uses of insights by what came of the candidate: measured, never asked of a model. */
export function labelOf({ delta, noise, failure }: Outcome): InsightLabel {
  if (failure !== undefined) return withoutChild.includes(failure) ? 'irrelevant' : 'hurt'
  if (delta === undefined || Math.abs(delta) <= noise) return 'irrelevant'
  return delta > 0 ? 'helped' : 'hurt'
}

/** Tells whether a predicate holds; what it leaves open holds. SQL answers the same in the store's own query. */
export function holds(
  applies: InsightPredicate,
  parent: { readonly source: string; readonly value: number | undefined },
  operator: string,
): boolean {
  const { contains, lacks, above, below } = applies
  return (
    (contains === undefined || parent.source.includes(contains)) &&
    (lacks === undefined || !parent.source.includes(lacks)) &&
    (above === undefined || (parent.value !== undefined && parent.value > above)) &&
    (below === undefined || (parent.value !== undefined && parent.value < below)) &&
    (applies.operator === undefined || applies.operator === operator)
  )
}

/** The status that the end of a trial gives its insight; `undefined` leaves it as it is. */
export function statusAfter(verdict: TrialVerdict): InsightStatus | undefined {
  if (verdict === 'better') return 'active'
  return verdict === 'worse' ? 'retired' : undefined
}

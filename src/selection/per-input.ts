import type { Elite } from '../core/placement.ts'
import { caseScores } from './case-scores.ts'
import { keptPerOwners } from './memo.ts'
import type { EliteFacts, ParentSampler, SamplingView } from './sampler.ts'

interface Contender {
  readonly elite: Elite
  /** One per case, in one order for all; minus infinity for a case without a score. */
  readonly scores: readonly number[]
  /** Cases on which nobody is better. */
  readonly wins: number
  readonly sum: number
}

/**
 * Draws parents that are the best at something: those on whose score nobody improves on at least one case, without the
 * ones that another such owner equals or beats on every case and beats on one. Each with a weight of the number of cases
 * that it wins, ties included.
 *
 * @see Agrawal et al. 2025, GEPA, arXiv:2507.19457, Algorithm 2.
 */
export const perInput: ParentSampler = {
  name: 'per-input',
  draws: 'owners',
  shows: 'archive',
  needs: 'scores',
  sample: (view, rng) => {
    const front = frontOf(view)
    const drawn = front[rng.weighted(front.map(({ wins }) => wins))]
    return drawn?.elite ?? (view.owners[0] as Elite)
  },
}

const frontOf = keptPerOwners((view: SamplingView): readonly Contender[] => {
  const { owners } = view
  const vectors = alignedScores(owners.map(({ ordinal }) => view.factsOf(ordinal)))
  const bests = (vectors[0] ?? []).map((_, at) =>
    vectors.reduce((top, vector) => Math.max(top, vector[at] ?? top), Number.NEGATIVE_INFINITY),
  )
  const contenders = owners.flatMap((elite, index): Contender[] => {
    const scores = vectors[index] ?? []
    const wins = scores.filter((score, at) => score === bests[at]).length
    return wins === 0 ? [] : [{ elite, scores, wins, sum: scores.reduce((total, score) => total + score, 0) }]
  })
  // Whoever dominates another wins all its cases and more in sum, so it comes first in this order.
  const front: Contender[] = []
  for (const one of contenders.sort((a, b) => b.wins - a.wins || b.sum - a.sum)) {
    if (!front.some((other) => dominates(other.scores, one.scores))) front.push(one)
  }
  return front
})

/** The scores of all owners with the same case at the same place; minus infinity for a case without a score. */
function alignedScores(facts: readonly EliteFacts[]): readonly (readonly number[])[] {
  const scores = facts.map(caseScores)
  if (scores.every(({ key }) => key === scores[0]?.key)) return scores.map(({ values }) => values)
  const cases = [...new Set(scores.flatMap(({ names }) => names))].sort()
  return facts.map((each) => cases.map((name) => each.scores[name] ?? Number.NEGATIVE_INFINITY))
}

function dominates(one: readonly number[], other: readonly number[]): boolean {
  let better = false
  for (const [at, score] of one.entries()) {
    const rival = other[at] ?? 0
    if (score < rival) return false
    if (score > rival) better = true
  }
  return better
}

import type { Elite } from '../core/placement.ts'
import { keptPerOwners } from './memo.ts'
import type { ParentSampler, SamplingView } from './sampler.ts'

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
  const facts = owners.map(({ ordinal }) => view.factsOf(ordinal).scores)
  const cases = [...new Set(facts.flatMap((scores) => Object.keys(scores)))].sort()
  const vectors = facts.map((scores) => cases.map((name) => scores[name] ?? Number.NEGATIVE_INFINITY))
  const bests = cases.map((_, at) =>
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

function dominates(one: readonly number[], other: readonly number[]): boolean {
  let better = false
  for (const [at, score] of one.entries()) {
    const rival = other[at] ?? 0
    if (score < rival) return false
    if (score > rival) better = true
  }
  return better
}

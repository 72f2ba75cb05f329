import { defineEvaluator, invalid, z } from 'evolve-agent'
import { keepApart } from './kissing/keep-apart.ts'
import { squaredLength, wholeVector } from './kissing/vectors.ts'
import type { Vector } from './kissing/vectors.ts'

const dimension = 11

/** No kissing configuration in 11 dimensions has more than 868 vectors (Machado and de Oliveira Filho 2018). */
const most = 5000

/**
 * Finds many whole vectors in 11 dimensions of which no two are closer than the longest is long; the objective is how
 * many.
 *
 * Scaled to one length they are the centres of spheres that touch one in the middle. Everything is computed with whole
 * numbers of any size. Vectors that are zero or too close to an earlier one are left out, and what stays is counted.
 */
export default defineEvaluator({
  output: z.array(wholeVector(dimension)).min(1).max(most),
  cases: () => [{ id: `n${dimension}`, args: [dimension] }],
  score({ cases: [only] }) {
    if (!only.ok) return only.failure
    const vectors = only.value
    const { indices, bound, zeros, crowded } = keepApart(vectors)
    if (indices.length === 0) return invalid('all vectors are zero')
    const kept = indices.map((index) => vectors[index] as Vector)
    const lengths = new Map<bigint, number>()
    for (const square of kept.map(squaredLength)) lengths.set(square, (lengths.get(square) ?? 0) + 1)
    const shells = [...lengths].sort(([one], [other]) => (one < other ? -1 : 1))
    const shown = shells.slice(0, 4).map(([square, count]) => `${count} of squared length ${square}`)
    const [first] = crowded
    const dropped =
      first === undefined
        ? 'All vectors that are not zero stay.'
        : `${crowded.length} of ${vectors.length} vectors are too close to an earlier one, the first is ${first.index}, too close to ${first.by}.`
    const sum = kept.reduce((total, vector) => total + vector.filter((entry) => entry !== 0n).length, 0)
    return {
      objectives: { vectors: kept.length },
      feedback: `${dropped} ${zeros > 0 ? `${zeros} vectors are zero. ` : ''}The longest of all has squared length ${bound}, so no two may be closer than that. ${shells.length} lengths stay: ${shown.join(', ')}${shells.length > 4 ? ', ...' : ''}.`,
      artifacts: { returned: vectors.length, zeros, crowded: crowded.length },
      descriptors: { lengths: shells.length, filled_entries: sum / kept.length },
    }
  },
})

import { defineEvaluator, z } from 'evolve-agent'
import { dimension, greedyCapSet, vectorCount, weightOf } from './cap-set/greedy.ts'

/** Larger priorities than this would only hide what decides. */
const largestPriority = 1e10

/**
 * Cap sets in F3^8: a priority for every vector, from which a greedy choice makes a set without three on a line.
 *
 * The choice is made here and in whole numbers, so whatever a program returns the set is a cap set and its size is exact.
 */
export default defineEvaluator({
  output: z.array(z.number().min(-largestPriority).max(largestPriority)).length(vectorCount),
  cases: () => [{ id: 'n8', args: [dimension] }],
  score({ cases: [only] }) {
    if (!only.ok) return only.failure
    const taken = greedyCapSet(only.value)
    const weights = taken.map(weightOf)
    const levels = new Set(only.value).size
    const counts = Array.from(
      { length: dimension + 1 },
      (_, weight) => weights.filter((each) => each === weight).length,
    )
    return {
      objectives: { size: taken.length },
      feedback:
        `The set has ${taken.length} vectors; by their number of coordinates that are not 0: ` +
        `${counts.map((count, weight) => `${weight}: ${count}`).join(', ')}. ` +
        `The priorities take ${levels} different values; among equals the lexicographic order decides.`,
      artifacts: { vectors: taken.map((vector) => vector.toString(3).padStart(dimension, '0')).join(' ') },
      descriptors: { weight: weights.reduce((sum, weight) => sum + weight, 0) / taken.length, levels },
    }
  },
})

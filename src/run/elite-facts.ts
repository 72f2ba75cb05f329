import type { Objective } from '../core/objective.ts'
import type { EliteFacts } from '../selection/sampler.ts'
import type { RunStore } from '../store/run-store.ts'

/**
 * Reads what samplers ask about owners from the store, the recently asked ones from memory.
 *
 * @param objectives - The first one says which way case scores are better.
 * @param capacity - Entries kept at most; the one unused longest leaves first.
 */
export function cachedFacts(
  store: Pick<RunStore, 'evaluation' | 'program'>,
  objectives: readonly Objective[],
  capacity = 20_000,
): (ordinal: number) => EliteFacts {
  const cache = new Map<number, EliteFacts>()
  const sign = objectives[0]?.direction === 'minimize' ? -1 : 1
  const read = (ordinal: number): EliteFacts => {
    const scores = Object.entries(store.evaluation(ordinal)?.scores ?? {})
    return {
      scores: Object.fromEntries(scores.map(([name, score]) => [name, sign * score])),
      length: store.program(ordinal).source.length,
    }
  }
  return (ordinal) => {
    const facts = cache.get(ordinal) ?? read(ordinal)
    cache.delete(ordinal)
    cache.set(ordinal, facts)
    if (cache.size > capacity) cache.delete(cache.keys().next().value ?? ordinal)
    return facts
  }
}

import { describe, expect, it } from 'vitest'
import { bestOfStarts, spreadOfStarts } from '../../../src/evaluation/timing/starts.ts'
import type { TimedPair } from '../../../src/evaluation/timing/timer.ts'

/** Pairs of one input, by start and round. */
const pairs = (...starts: readonly (readonly (readonly [candidateMs: number, referenceMs: number])[])[]): TimedPair[] =>
  starts.flatMap((rounds, start) =>
    rounds.map(([candidateMs, referenceMs], round) => ({
      ...{ id: 'a', start: start + 1, round: round + 1 },
      ...{ candidateMs, referenceMs },
    })),
  )

describe('the best of several starts', () => {
  it('takes the shortest time of either program for each input, whatever start it is from', () => {
    const best = bestOfStarts(pairs([[3, 2], [7, 1]], [[2, 4], [8, 9]])) // prettier-ignore
    expect(best).toEqual([
      { id: 'a', start: 1, round: 1, candidateMs: 2, referenceMs: 2 },
      { id: 'a', start: 1, round: 2, candidateMs: 7, referenceMs: 1 },
    ])
  })

  it('keeps the inputs of a round apart', () => {
    const two = pairs([[3, 2]], [[2, 4]]).flatMap((pair) => [pair, { ...pair, id: 'b', candidateMs: 9 }])
    expect(bestOfStarts(two).map(({ id, candidateMs }) => [id, candidateMs])).toEqual([['a', 2], ['b', 9]]) // prettier-ignore
  })
})

describe('the spread of starts', () => {
  it('is what the second best start of each program took longer than its best, in the geometric mean', () => {
    const candidateOnly = pairs([[2, 1], [8, 1]], [[3, 1], [12, 1]], [[9, 1], [9, 1]]) // prettier-ignore
    expect(spreadOfStarts(candidateOnly)).toBeCloseTo(0.5, 12)
    const both = pairs([[1, 1]], [[1.03, 1.04]])
    expect(spreadOfStarts(both)).toBeCloseTo(0.05, 12)
  })

  it('is none where two starts agree, or there is only one', () => {
    expect(spreadOfStarts(pairs([[1, 5]], [[9, 5]], [[1, 5]]))).toBe(0)
    expect(spreadOfStarts(pairs([[1, 5]]))).toBe(0)
  })
})

import { expect, test } from 'vitest'
import { reachableBins } from '../../src/archive/reachable.ts'

const axis = (scale: 'linear' | 'log', low: number, high: number, bins: number) =>
  ({ descriptor: 'x', scale, range: [low, high], bins }) as const

test('a descriptor that counts leaves bins between two whole numbers empty', () => {
  expect(reachableBins(axis('linear', 0, 5, 12), true)).toBe(6)
  expect(reachableBins(axis('linear', 0, 40, 10), true)).toBe(10)
  // Edges 1, 1.78, 3.16, 5.62, 10: the bins hold 1; 2 and 3; 4 and 5; 6 to 10.
  expect(reachableBins(axis('log', 1, 10, 4), true)).toBe(4)
  expect(reachableBins(axis('log', 1, 10, 8), true)).toBe(7)
  expect(reachableBins(axis('linear', 0, 5, 12), false)).toBe(12)
})

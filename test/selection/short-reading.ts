import { expect, vi } from 'vitest'
import { Lineage } from '../../src/selection/lineage.ts'

/**
 * Asks about a run of 10,000 programs, each better than the one before, of which one of the last is still on its way: what
 * was folded once is not read again.
 */
export function expectShortReading<Answer>(ask: (lineage: Lineage) => Answer, answer: Answer): void {
  const lineage = Lineage.of([{ ordinal: 0, parent: undefined, fitness: 0, kept: true }])
  for (let ordinal = 1; ordinal < 10_000; ordinal++) {
    lineage.add(ordinal, 0)
    if (ordinal === 9_990) continue
    lineage.score(ordinal, ordinal)
    lineage.settle(ordinal, true)
  }
  expect(ask(lineage)).toBe(answer)
  const asked = vi.spyOn(lineage, 'fitnessOf')
  expect(ask(lineage)).toBe(answer)
  expect(asked.mock.calls.length).toBeLessThan(20)
}

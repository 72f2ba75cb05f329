import { expect, test } from 'vitest'
import { rngStream } from '../../src/core/rng.ts'
import { adaptive } from '../../src/selection/adaptive.ts'
import { Lineage } from '../../src/selection/lineage.ts'
import { isOnPlateau } from '../../src/selection/plateau.ts'

/** A run with these scores, one after the other. */
function run(scores: readonly number[]): Lineage {
  return Lineage.of(
    scores.map((fitness, ordinal) => ({ ordinal, parent: ordinal === 0 ? undefined : 0, fitness, kept: true })),
  )
}

/** Shares of 20,000 draws that go to each of eleven owners, best first; the newest is the best, the oldest the second. */
function shares(lineage: Lineage): readonly number[] {
  const owners = [11, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((ordinal, index) => ({ ordinal, fitness: 20 - index }))
  const counts = owners.map(() => 0)
  const draws = 20_000
  for (let draw = 0; draw < draws; draw++) {
    const { ordinal } = adaptive.sample(
      { owners, lineage, factsOf: () => ({ scores: {}, length: 1 }) },
      rngStream(1, 'parent', draw),
    )
    counts[owners.findIndex((owner) => owner.ordinal === ordinal)]! += 1 / draws
  }
  return counts
}

/** exp(-i / scale) over eleven places, as shares. */
function falling(scale: number): readonly number[] {
  const weights = Array.from({ length: 11 }, (_, index) => Math.exp(-index / scale))
  const total = weights.reduce((sum, weight) => sum + weight)
  return weights.map((weight) => weight / total)
}

test('by hand: half of the draws go to the best, the others by rank while the run rises', () => {
  const rising = run(Array.from({ length: 200 }, (_, index) => index))
  expect(isOnPlateau(rising)).toBe(false)
  for (const [index, share] of shares(rising).entries()) {
    expect(share).toBeCloseTo((index === 0 ? 0.5 : 0) + 0.5 * (falling(2.2)[index] ?? 0), 1.7)
  }
})

test('by hand: on a plateau one in ten goes to the best, the others to the owners that came last, whatever they score', () => {
  const level = run([0, 9, ...Array.from({ length: 200 }, () => 1)])
  expect(isOnPlateau(level)).toBe(true)
  // The owners after the best are older the better they are.
  const byAge = [0, ...[10, 9, 8, 7, 6, 5, 4, 3, 2, 1]]
  for (const [index, share] of shares(level).entries()) {
    expect(share).toBeCloseTo((index === 0 ? 0.1 : 0) + 0.9 * (falling(1)[byAge[index] ?? 0] ?? 0), 1.7)
  }
})

import { expect, test, vi } from 'vitest'
import { rngStream } from '../../src/core/rng.ts'
import { adaptive, isOnPlateau } from '../../src/selection/adaptive.ts'
import { Lineage } from '../../src/selection/lineage.ts'
import fc from '../seeded-properties.ts'

function started(): Lineage {
  return Lineage.of([{ ordinal: 0, parent: undefined, fitness: 0, kept: true }])
}

function child(lineage: Lineage, fitness: number | undefined): void {
  const ordinal = lineage.size
  lineage.add(ordinal, 0)
  if (fitness !== undefined) lineage.score(ordinal, fitness)
  lineage.settle(ordinal, true)
}

/** Shares of 20,000 draws that go to each of eleven owners, best first. */
function shares(lineage: Lineage): readonly number[] {
  const owners = Array.from({ length: 11 }, (_, index) => ({ ordinal: index, fitness: 20 - index }))
  const counts = owners.map(() => 0)
  const draws = 20_000
  for (let draw = 0; draw < draws; draw++) {
    const { ordinal } = adaptive.sample(
      { owners, lineage, factsOf: () => ({ scores: {}, length: 1 }) },
      rngStream(1, 'parent', draw),
    )
    counts[ordinal]! += 1 / draws
  }
  return counts
}

test('by hand: half of the draws to the best and half by rank while the run rises, a tenth and all alike on a plateau', () => {
  const lineage = started()
  for (let index = 1; index <= 200; index++) child(lineage, index)
  expect(isOnPlateau(lineage)).toBe(false)
  const total = Array.from({ length: 11 }, (_, index) => Math.exp(-index / 2.2)).reduce((sum, one) => sum + one)
  const rising = shares(lineage)
  for (const [index, share] of rising.entries()) {
    expect(share).toBeCloseTo((index === 0 ? 0.5 : 0) + (0.5 * Math.exp(-index / 2.2)) / total, 1.7)
  }
  for (let index = 0; index < 200; index++) child(lineage, 150)
  expect(isOnPlateau(lineage)).toBe(true)
  for (const [index, share] of shares(lineage).entries()) {
    expect(share).toBeCloseTo((index === 0 ? 0.1 : 0) + 0.9 / 11, 1.7)
  }
})

test('by hand: the last quarter, at least 100 candidates, must bring more than a hundredth of all gain', () => {
  const lineage = started()
  child(lineage, 99)
  for (let ordinal = 2; ordinal <= 100; ordinal++) child(lineage, undefined)
  // 101 programs: the window begins with the first candidate, whose gain lies in it.
  expect(isOnPlateau(lineage)).toBe(false)
  child(lineage, 98)
  expect(isOnPlateau(lineage)).toBe(true)
  child(lineage, 99.9)
  expect(isOnPlateau(lineage)).toBe(true)
  child(lineage, 100.5)
  expect(isOnPlateau(lineage)).toBe(false)
})

test('a run in which nothing was ever better than the first program is on a plateau after 100 candidates', () => {
  const lineage = started()
  for (let ordinal = 1; ordinal <= 99; ordinal++) child(lineage, -1)
  expect(isOnPlateau(lineage)).toBe(false)
  for (let ordinal = 100; ordinal <= 101; ordinal++) child(lineage, -1)
  expect(isOnPlateau(lineage)).toBe(true)
})

test('law: the same at every moment whatever was asked before, whatever order candidates end in', () => {
  const score = fc.option(fc.integer({ min: -5, max: 200 }), { nil: undefined })
  fc.assert(
    fc.property(
      fc.array(score, { minLength: 150, maxLength: 400 }),
      fc.infiniteStream(fc.nat(15)),
      (scores, chance) => {
        const lineage = started()
        const ended = new Set<number>()
        const underway: number[] = []
        const fresh = (): Lineage =>
          Lineage.of(
            [undefined, ...scores.slice(0, lineage.size - 1)].map((fitness, ordinal) => ({
              ordinal,
              parent: ordinal === 0 ? undefined : 0,
              fitness: ordinal === 0 ? 0 : ended.has(ordinal) ? fitness : undefined,
              kept: ordinal === 0 || ended.has(ordinal) ? true : undefined,
            })),
          )
        for (const ordinal of scores.map((_, index) => index + 1)) {
          lineage.add(ordinal, 0)
          underway.push(ordinal)
          while (underway.length > 8) {
            const [next] = underway.splice((chance.next().value ?? 0) % underway.length, 1)
            if (next === undefined) break
            ended.add(next)
            const fitness = scores[next - 1]
            if (fitness !== undefined) lineage.score(next, fitness)
            lineage.settle(next, true)
          }
          expect(isOnPlateau(lineage)).toBe(isOnPlateau(fresh()))
        }
      },
    ),
    { numRuns: 10 },
  )
})

test('a question reads what came since the oldest candidate on its way, not the whole run', () => {
  const lineage = started()
  for (let ordinal = 1; ordinal < 10_000; ordinal++) {
    lineage.add(ordinal, 0)
    if (ordinal === 9_990) continue
    lineage.score(ordinal, ordinal)
    lineage.settle(ordinal, true)
  }
  expect(isOnPlateau(lineage)).toBe(false)
  const asked = vi.spyOn(lineage, 'fitnessOf')
  expect(isOnPlateau(lineage)).toBe(false)
  expect(asked.mock.calls.length).toBeLessThan(20)
})

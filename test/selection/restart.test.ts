import { expect, test } from 'vitest'
import { rngStream } from '../../src/core/rng.ts'
import { Lineage } from '../../src/selection/lineage.ts'
import { restart } from '../../src/selection/restart.ts'
import fc from '../seeded-properties.ts'
import { expectShortReading } from './short-reading.ts'

const drawn = (lineage: Lineage): number =>
  restart.sample(
    { owners: [lineage.first], lineage, factsOf: () => ({ scores: {}, length: 1 }) },
    rngStream(1, 'parent', 0),
  ).ordinal

/** The rule as it is told, over the whole run each time. */
function told(fitness: readonly (number | undefined)[]): number {
  let [best, reached, idle] = [0, fitness[0]!, 0]
  for (const [ordinal, value] of fitness.entries()) {
    if (ordinal === 0) continue
    if (value !== undefined && value > reached) [best, reached, idle] = [ordinal, value, 0]
    else if (++idle >= 250) [best, reached, idle] = [0, -Infinity, 0]
  }
  return best
}

function started(): Lineage {
  return Lineage.of([{ ordinal: 0, parent: undefined, fitness: 1, kept: true }])
}

test('climbs from the best of a climb, and begins anew at a child of the first after 250 candidates without a gain', () => {
  const lineage = started()
  const child = (fitness: number): void => {
    const ordinal = lineage.size
    lineage.add(ordinal, drawn(lineage))
    lineage.score(ordinal, fitness)
    lineage.settle(ordinal, true)
  }
  child(5)
  expect(drawn(lineage)).toBe(1)
  for (let index = 0; index < 249; index++) child(5)
  expect(drawn(lineage)).toBe(1)
  child(5)
  expect(drawn(lineage)).toBe(0)
  child(0.5)
  expect(drawn(lineage)).toBe(252)
})

test('law: draws the same whatever order candidates end in, asked at every moment', () => {
  const score = fc.option(fc.integer({ min: 0, max: 3 }), { nil: undefined })
  fc.assert(
    fc.property(
      fc.array(score, { minLength: 300, maxLength: 700 }),
      fc.infiniteStream(fc.nat(15)),
      (scores, chance) => {
        const lineage = started()
        const known: (number | undefined)[] = [1]
        const underway: number[] = []
        const end = (): void => {
          const [ordinal] = underway.splice((chance.next().value ?? 0) % underway.length, 1)
          if (ordinal === undefined) return
          known[ordinal] = scores[ordinal - 1]
          if (known[ordinal] !== undefined) lineage.score(ordinal, known[ordinal])
          lineage.settle(ordinal, false)
        }
        for (const ordinal of scores.map((_, index) => index + 1)) {
          const parent = drawn(lineage)
          expect(parent).toBe(told(known))
          lineage.add(ordinal, parent)
          known.push(undefined)
          underway.push(ordinal)
          while (underway.length > 8) end()
        }
        while (underway.length > 0) end()
        expect(drawn(lineage)).toBe(told(known))
      },
    ),
    { numRuns: 10 },
  )
})

test('a draw reads what came since the oldest candidate on its way, not the whole run', () => {
  expectShortReading(drawn, 9_999)
})

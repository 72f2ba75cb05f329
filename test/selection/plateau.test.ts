import { expect, test } from 'vitest'
import { Lineage } from '../../src/selection/lineage.ts'
import { isOnPlateau } from '../../src/selection/plateau.ts'
import fc from '../seeded-properties.ts'
import { expectShortReading } from './short-reading.ts'

function started(): Lineage {
  return Lineage.of([{ ordinal: 0, parent: undefined, fitness: 0, kept: true }])
}

function child(lineage: Lineage, fitness: number | undefined): void {
  const ordinal = lineage.size
  lineage.add(ordinal, 0)
  if (fitness !== undefined) lineage.score(ordinal, fitness)
  lineage.settle(ordinal, true)
}

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
  expectShortReading(isOnPlateau, false)
})

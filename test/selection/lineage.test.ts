import { expect, test } from 'vitest'
import { InvariantError } from '../../src/core/errors.ts'
import { Lineage } from '../../src/selection/lineage.ts'
import type { LineageEntry } from '../../src/selection/lineage.ts'
import fc from '../seeded-properties.ts'

test('knows parents, children and scores, and who is first, latest and best', () => {
  const lineage = Lineage.of([
    { ordinal: 0, parent: undefined, fitness: 1 },
    { ordinal: 1, parent: 0, fitness: 3 },
    { ordinal: 2, parent: 0, fitness: undefined },
    { ordinal: 3, parent: 1, fitness: 3 },
    { ordinal: 4, parent: 1, fitness: 2 },
    { ordinal: 5, parent: 4, fitness: undefined },
  ])
  expect([lineage.first, lineage.latest, lineage.best].map(({ ordinal }) => ordinal)).toEqual([0, 4, 1])
  expect([0, 1, 2, 3, 4, 5].map((ordinal) => lineage.childrenOf(ordinal))).toEqual([2, 2, 0, 0, 1, 0])
  expect([0, 3, 5, 6].map((ordinal) => lineage.parentOf(ordinal))).toEqual([undefined, 1, 4, undefined])
  expect([1, 2, 5, 6].map((ordinal) => lineage.fitnessOf(ordinal))).toEqual([3, undefined, undefined, undefined])
})

test('counts the finished children of a program for as long as none is better than it', () => {
  const lineage = new Lineage()
  for (const [ordinal, parent] of [undefined, 0, 0, 0, 1, 1].entries()) lineage.add(ordinal, parent)
  lineage.score(0, 2)
  lineage.settle(0, true)
  lineage.score(1, 2)
  lineage.settle(1, false)
  lineage.settle(2, false)
  expect([0, 1].map((ordinal) => lineage.barrenOf(ordinal))).toEqual([2, 0])
  lineage.settle(4, false)
  lineage.score(3, 2.5)
  lineage.settle(3, true)
  lineage.score(5, 1)
  lineage.settle(5, true)
  expect([0, 1, 3].map((ordinal) => lineage.barrenOf(ordinal))).toEqual([0, 2, 0])
})

test('refuses a gap, and the latest or best of a run without scores', () => {
  const lineage = new Lineage()
  expect(() => lineage.add(1, 0)).toThrow(InvariantError)
  lineage.add(0, undefined)
  expect(() => lineage.best).toThrow(InvariantError)
})

test('law: in whatever order candidates finish, the rebuilt graph is the same', () => {
  const fitness = fc.option(fc.integer({ min: 0, max: 5 }), { nil: undefined })
  fc.assert(
    fc.property(fc.array(fitness, { minLength: 1, maxLength: 3000 }), fc.infiniteStream(fc.nat()), (scores, chance) => {
      const entries = scores.map((score, ordinal): LineageEntry => {
        const parent = ordinal === 0 ? undefined : (chance.next().value ?? 0) % ordinal
        return { ordinal, parent, fitness: ordinal === 0 ? 1 : score }
      })
      const live = new Lineage()
      for (const { ordinal, parent } of entries) live.add(ordinal, parent)
      const finished = entries.toSorted((one, other) => ((one.ordinal * 7919) % 101) - ((other.ordinal * 7919) % 101))
      for (const { ordinal, fitness: scored } of finished) if (scored !== undefined) live.score(ordinal, scored)
      const rebuilt = Lineage.of(entries)
      for (const which of ['size', 'first', 'latest', 'best'] as const) expect(live[which]).toEqual(rebuilt[which])
      for (const { ordinal } of entries) {
        expect(live.childrenOf(ordinal)).toBe(rebuilt.childrenOf(ordinal))
        expect(live.fitnessOf(ordinal)).toBe(rebuilt.fitnessOf(ordinal))
      }
    }),
    { numRuns: 30 },
  )
})

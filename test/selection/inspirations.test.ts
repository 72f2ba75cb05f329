import { expect, test } from 'vitest'
import { rngStream } from '../../src/core/rng.ts'
import { pickInspirations } from '../../src/selection/inspirations.ts'
import type { InspirationView, InspirationWay } from '../../src/selection/inspirations.ts'
import fc from '../seeded-properties.ts'

/** Nobody descends from anybody. */
const alone = { parentOf: () => undefined, distanceTo: (ordinal: number) => ordinal }

const elite = (ordinal: number) => ({ ordinal, fitness: -ordinal })

test('law: never the parent and never one program twice', () => {
  const owners = fc.uniqueArray(fc.nat(9), { maxLength: 6 }).map((list) => list.map(elite))
  fc.assert(
    fc.property(
      owners,
      fc.array(owners, { maxLength: 3 }),
      fc.nat(9),
      fc.nat(5),
      fc.nat(),
      (home, others, parent, count, seed) => {
        const chosen = pickInspirations(
          { home, others, ...alone },
          parent,
          count,
          ['islands', 'random'],
          rngStream(seed, 'inspirations', 0),
        )
        expect(chosen).not.toContain(parent)
        expect(new Set(chosen).size).toBe(chosen.length)
        const available = new Set(
          [...home, ...others.flatMap((list) => list.slice(0, 1))].map(({ ordinal }) => ordinal),
        )
        available.delete(parent)
        expect(chosen.length).toBe(Math.min(count, available.size))
      },
    ),
  )
})

test('the first inspiration is the best of another island', () => {
  const view = { home: [elite(1), elite(2)], others: [[elite(5), elite(6)], [elite(7)]], ...alone }
  for (let seed = 0; seed < 20; seed++) {
    expect([5, 7]).toContain(pickInspirations(view, 1, 2, ['islands', 'random'], rngStream(seed, 'inspirations', 0))[0])
  }
})

const pick = (ways: readonly InspirationWay[], count: number, more: Partial<InspirationView> = {}) => {
  const view = { home: [1, 2, 3, 4].map(elite), others: [[elite(7)]], ...alone, ...more }
  return pickInspirations(view, 1, count, ways, rngStream(1, 'inspirations', 0))
}

test('the best of the island come in order', () => {
  expect(pick(['top'], 2)).toEqual([2, 3])
})

test('the nearest cells come first, of equally near ones the better', () => {
  const distances = [Infinity, 0, 4, 1, 1]
  expect(pick(['nearest'], 3, { distanceTo: (ordinal) => distances[ordinal] ?? Infinity })).toEqual([3, 4, 2])
})

test('ways take turns, and where one finds nobody the next is tried', () => {
  expect(pick(['top', 'islands'], 4)).toEqual([2, 7, 3, 4])
  expect(pick(['islands'], 3)).toEqual([7])
})

test('of the ancestors of the parent at most one is shown', () => {
  // 3 and 4 are ancestors of 1, 2 is not.
  const parentOf = (ordinal: number) => ({ 1: 3, 3: 4 })[ordinal]
  expect(pick(['top'], 4, { parentOf, home: [1, 3, 4, 2].map(elite) })).toEqual([3, 2])
})

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { rngStream } from '../../src/core/rng.ts'
import { pickInspirations } from '../../src/selection/inspirations.ts'

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
        const chosen = pickInspirations({ home, others }, parent, count, rngStream(seed, 'inspirations', 0))
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
  const view = { home: [elite(1), elite(2)], others: [[elite(5), elite(6)], [elite(7)]] }
  for (let seed = 0; seed < 20; seed++) {
    expect([5, 7]).toContain(pickInspirations(view, 1, 2, rngStream(seed, 'inspirations', 0))[0])
  }
})

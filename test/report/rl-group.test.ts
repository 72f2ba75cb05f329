import { expect, test } from 'vitest'
import { ladder, rewardOf } from '../../src/report/reward-ladder.ts'
import { rlGroup, rlGroupSchema } from '../../src/report/rl-group.ts'
import type { Completion } from '../../src/report/rl-group.ts'
import fc from '../seeded-properties.ts'

const bounds = { low: -2, high: 2 }
const failed = (failure: 'search-missed' | 'unchanged' | 'threw' | 'constraint-violated' | 'no-reply') =>
  ({ ok: false, failure }) as const

test('every failure has its rung, below every score', () => {
  expect(rewardOf(failed('search-missed'), bounds)).toBe(ladder.noEdit)
  expect(rewardOf(failed('unchanged'), bounds)).toBe(ladder.lazy)
  expect(rewardOf(failed('threw'), bounds)).toBe(ladder.executionError)
  expect(rewardOf(failed('constraint-violated'), bounds)).toBe(ladder.invalid)
  expect(rewardOf({ ok: true, fitness: -2 }, bounds)).toBe(0)
  expect(rewardOf({ ok: true, fitness: 1 }, bounds)).toBe(0.75)
  expect(rewardOf({ ok: true, fitness: 2 }, bounds)).toBe(1)
  expect(rewardOf({ ok: true, fitness: 5 }, { low: 5, high: 5 })).toBe(0)
})

test('a call without a reply has no reward and is left out', () => {
  expect(rewardOf(failed('no-reply'), bounds)).toBeUndefined()
  const completion = { ordinal: 3, model: 'm', reply: 'r', outcome: failed('no-reply'), score: undefined }
  expect(rlGroup(0, { system: '', user: 'u' }, [completion], bounds)).toBeUndefined()
})

test('the advantages of a group have mean 0, and a group reads back through its schema', () => {
  const completion: fc.Arbitrary<Completion> = fc.record({
    ordinal: fc.nat(),
    model: fc.string(),
    reply: fc.string(),
    outcome: fc.oneof(
      fc.record({ ok: fc.constant(true as const), fitness: fc.double({ min: -2, max: 2, noNaN: true }) }),
      fc.constantFrom(failed('search-missed'), failed('unchanged'), failed('threw'), failed('constraint-violated')),
    ),
    score: fc.option(fc.double({ noNaN: true, noDefaultInfinity: true }), { nil: undefined }),
  })
  fc.assert(
    fc.property(fc.array(completion, { minLength: 1, maxLength: 20 }), (completions) => {
      const group = rlGroup(1, { system: 's', user: 'u' }, completions, bounds)
      expect(group).toBeDefined()
      const sum = group?.advantages.reduce((total, advantage) => total + advantage, 0) ?? 1
      expect(Math.abs(sum)).toBeLessThan(1e-12)
      expect(rlGroupSchema.parse(JSON.parse(JSON.stringify(group)))).toEqual(JSON.parse(JSON.stringify(group)))
    }),
  )
})

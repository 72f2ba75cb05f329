import { expect, test } from 'vitest'
import { InvariantError } from '../../src/core/errors.ts'
import { fitnessOf, rawOf } from '../../src/core/objective.ts'

test('fitness is higher for better programs in either direction', () => {
  const up = [{ name: 'sum', direction: 'maximize' }] as const
  const down = [{ name: 'cost', direction: 'minimize' }] as const
  expect(fitnessOf(up, { sum: 3 })).toBeGreaterThan(fitnessOf(up, { sum: 2 }))
  expect(fitnessOf(down, { cost: 2 })).toBeGreaterThan(fitnessOf(down, { cost: 3 }))
  expect(rawOf(down, fitnessOf(down, { cost: 2.5 }))).toBe(2.5)
})

test.each([Number.NaN, Number.POSITIVE_INFINITY, undefined])('an objective of %s is never a fitness', (value) => {
  const objectives = [{ name: 'sum', direction: 'maximize' }] as const
  expect(() => fitnessOf(objectives, value === undefined ? {} : { sum: value })).toThrow(InvariantError)
})

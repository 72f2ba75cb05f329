import { expect, it } from 'vitest'
import { nearestName } from '../../src/config/nearest.ts'

it.each([
  ['baseUrl', 'base_url'],
  ['descripton', 'description'],
  ['nmae', 'name'],
  ['OBJECTIVE', 'objectives'],
  ['max-tokens', 'max_tokens'],
])('finds what %s meant', (typed, meant) => {
  expect(nearestName(typed, ['name', 'description', 'objectives', 'base_url', 'max_tokens'])).toBe(meant)
})

it('finds nothing where nothing is near', () => expect(nearestName('population', ['name', 'budget'])).toBeUndefined())

it('keeps the first of two equally near names', () => expect(nearestName('bat', ['cat', 'rat'])).toBe('cat'))

it('answers at once for a key of a million letters', () => {
  expect(nearestName('x'.repeat(1_000_000), ['name'])).toBeUndefined()
})

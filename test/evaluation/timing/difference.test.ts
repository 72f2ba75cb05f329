import { expect, it } from 'vitest'
import type { Json } from '../../../src/core/json.ts'
import { firstDifference } from '../../../src/evaluation/timing/difference.ts'
import fc from '../../seeded-properties.ts'

it('finds none in equal data, whatever the order of keys', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(firstDifference(value as Json, structuredClone(value) as Json, 0)).toBeUndefined()
    }),
  )
  expect(firstDifference({ a: 1, b: [2] }, { b: [2], a: 1 }, 0)).toBeUndefined()
})

it.each([
  [[1, [2, 3]], [1, [2, 4]], '$[1][1] is 3, not 4'],
  [[1, 2], [1, 2, 3], '$ has 2 items, not 3'],
  [{ x: 1 }, { y: 1 }, '$ has the keys x, not y'],
  [{ x: { y: null } }, { x: { y: 0 } }, '$.x.y is null, not 0'],
  ['a', 'b', '$ is "a", not "b"'],
  [[], {}, '$ is [], not {}'],
  ['7', 7, '$ is "7", not 7'],
] as const)('names the first: %j against %j', (given, expected, message) => {
  expect(firstDifference(given, expected, 0)).toBe(message)
})

it('lets numbers differ by the tolerance, relative to the larger one, and no further', () => {
  expect(firstDifference([1e9 + 1], [1e9], 1e-8)).toBeUndefined()
  expect(firstDifference([1e9 + 100], [1e9], 1e-8)).toMatch(/^\$\[0\]/)
  expect(firstDifference([1 + 1e-15], [1], 0)).toMatch(/^\$\[0\]/)
})

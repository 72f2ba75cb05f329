import { expect, test } from 'vitest'
import { cellCount, cellOf } from '../../src/archive/cell.ts'
import type { Axis } from '../../src/core/descriptor.ts'
import { InvariantError } from '../../src/core/errors.ts'

const linear: Axis = { descriptor: 'x', scale: 'linear', range: [0, 10], bins: 5 }
const log: Axis = { descriptor: 'y', scale: 'log', range: [1, 1000], bins: 3 }
const at = (x: number, y = 1) => cellOf([linear, log], { x, y })

test('bins are half open and the last one also holds the upper bound', () => {
  expect(['0', '1', '4', '4']).toEqual([0, 2, 8, 10].map((x) => at(x).cell.split(',')[0]))
})

test('logarithmic bins are equal in the logarithm', () => {
  expect([1, 9.99, 10.01, 100.01, 1000].map((y) => at(0, y).cell.split(',')[1])).toEqual(['0', '0', '1', '2', '2'])
})

test('a value outside the range goes to the edge bin and names its axis', () => {
  expect(at(-5, 2000)).toEqual({ cell: '0,2', clamped: ['x', 'y'] })
  expect(at(5, 5).clamped).toEqual([])
})

test('a missing or non-finite descriptor is a defect, not a bin', () => {
  expect(() => cellOf([linear], {})).toThrow(InvariantError)
  expect(() => cellOf([linear], { x: Number.NaN })).toThrow(InvariantError)
})

test('the grid has the product of its bins as cells', () => {
  expect(cellCount([linear, log])).toBe(15)
})

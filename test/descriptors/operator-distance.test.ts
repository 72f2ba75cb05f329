import { expect, it } from 'vitest'
import { operatorDistance } from '../../src/descriptors/operator-distance.ts'
import { describeDescriptor, descriptorInput } from '../contracts/descriptor.ts'

describeDescriptor(operatorDistance)

const text = (body: string) => descriptorInput(`// EVOLVE-BLOCK-START\n${body}\n// EVOLVE-BLOCK-END\n`)
const distance = (from: string, to: string): number => operatorDistance.measure({ ...text(to), first: text(from) })

it('is half the sum of the differences of relative frequencies', () => {
  // Half + and half *, against three quarters + and one quarter *.
  expect(distance('a + b; a * b', 'a + b + c + d * e')).toBeCloseTo(0.25, 12)
  expect(distance('a + b', 'a - b')).toBe(1)
  expect(distance('a + b', 'c + d + e')).toBe(0)
})

it('sees neither names nor literals nor formatting', () => {
  expect(distance('a[i] = b(1) + 2', 'zz [ k ]  =  q ( 77 ) + 3')).toBe(0)
})

it('is 1 to a program without operators, and 0 between two of them', () => {
  expect(distance('a + b', 'a')).toBe(1)
  expect(distance('a', 'b')).toBe(0)
})

it('is symmetric', () => {
  const [one, other] = ['for (;;) { a += b ? c : d }', 'while (a < b) f(g[h])']
  expect(distance(one, other)).toBeCloseTo(distance(other, one), 12)
})

it('counts runs of operator characters in a language that is not parsed', () => {
  const plain = (genome: string) => ({ genome, syntax: undefined })
  expect(operatorDistance.measure({ ...plain('a ** b\nc + d'), first: plain('a ** b') })).toBeCloseTo(0.5, 12)
})

import { expect, it } from 'vitest'
import { loopNesting } from '../../src/descriptors/loop-nesting.ts'
import { describeDescriptor, descriptorInput } from '../contracts/descriptor.ts'

describeDescriptor(loopNesting)

const inBlock = (body: string): string => `// EVOLVE-BLOCK-START\n${body}\n// EVOLVE-BLOCK-END\n`
const nesting = (body: string): number => loopNesting.measure(descriptorInput(inBlock(body)))

it.each([
  ['let x = 1', 0],
  ['for (;;) {}\nwhile (a) {}', 1],
  ['for (;;) { for (const a of b) { do { } while (c) } }', 3],
  ['for (;;) { if (a) while (b) {} }', 2],
  ['a.map((x) => x + 1).filter(Boolean)', 1],
  ['a.map((x) => b.reduce((sum, y) => sum + y, 0))', 2],
  ['for (const x of y) Array.from({ length: 3 }, (_, i) => i)', 2],
  ['a.map(f)', 0],
  ['run(() => 1)', 0],
  ['a.map((x) => x)[0].then(() => b.map((y) => y))', 1],
])('%s', (body, expected) => {
  expect(nesting(body)).toBe(expected)
})

it('goes by indentation in a language that is not parsed', () => {
  const genome = 'for a in b:\n  while c:\n    d()\n  e()\nfor f in g:\n  h()\n'
  expect(loopNesting.measure({ genome, syntax: undefined })).toBe(2)
})

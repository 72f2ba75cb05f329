import { expect, it } from 'vitest'
import { syntaxDepth } from '../../src/descriptors/syntax-depth.ts'
import { parse } from '../../src/syntax/parse.ts'
import { describeDescriptor } from '../contracts/descriptor.ts'

describeDescriptor(syntaxDepth)

function depth(source: string): number {
  const parsed = parse(source)
  if (!parsed.ok) throw new Error(parsed.failure.message)
  return syntaxDepth.measure({ genome: source, syntax: parsed.syntax })
}

it('counts functions, branches, loops, calls and data on the deepest way', () => {
  expect(depth('')).toBe(0)
  expect(depth('const a = 1 + 2 * 3')).toBe(0)
  expect(depth('f(1)')).toBe(1)
  expect(depth('function f() { for (;;) { if (a) g([1]) } }')).toBe(5)
})

it('does not see formatting, braces, long sums and types', () => {
  expect(depth('if (a) b = 1')).toBe(depth('if (a) {\n  {\n    b = 1\n  }\n}'))
  expect(depth('x = a + b')).toBe(depth('x = a + b + c - d * (e / 2)'))
  expect(depth('const a: Map<string, [number, { b: string[] }]> = c')).toBe(depth('const a = c'))
})

it('takes a ladder of else-ifs for one level', () => {
  expect(depth('if (a) b(); else if (c) d(); else if (e) f(); else g()')).toBe(depth('if (a) b()'))
  expect(depth('if (a) { if (c) d() }')).toBe(3)
})

it('measures a sum of a thousand terms', () => {
  expect(depth(`x = ${Array.from({ length: 1000 }, (_, i) => `a${i}`).join(' + ')}`)).toBe(0)
})

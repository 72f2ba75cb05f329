import { expect, it } from 'vitest'
import { parse } from '../../src/syntax/parse.ts'
import { freeNames } from '../../src/syntax/scope.ts'

function free(source: string): string[] {
  const parsed = parse(source)
  if (!parsed.ok) throw new Error(parsed.failure.message)
  return [...freeNames(parsed.syntax.root)].sort()
}

it('finds the names that are used and not declared', () => {
  expect(free('const a = b + Math.abs(a)')).toEqual(['Math', 'b'])
  expect(free('f(x => x + y)')).toEqual(['f', 'y'])
})

it('knows parameters, patterns, loops, catches, classes and imports', () => {
  expect(free('function f({ a, b: [c = d] }, ...e) { return a + c + e + f + arguments }')).toEqual(['d'])
  expect(free('for (const [i, j] of k) i + j; for (let n = 0; n < 1; n++) n; for (const p in q) p')).toEqual(['k', 'q'])
  expect(free('try { a() } catch ({ b }) { b } finally { b }')).toEqual(['a', 'b'])
  expect(
    free('import a, { b as c } from "x"; import * as d from "y"; class E extends a { f() { return c + d + E } }'),
  ).toEqual([])
  expect(free('const g = function h() { return h }; const i = class J { k = J }')).toEqual([])
})

it('ends a name with its block and hoists var and functions', () => {
  expect(free('{ let a = 1 } a')).toEqual(['a'])
  expect(free('function f() { if (x) { var a = 1 } return a + g() } function g() {}')).toEqual(['x'])
  expect(free('switch (a) { case 1: let b = 1; break; default: b }')).toEqual(['a'])
})

it('takes keys, labels, properties and types for no references', () => {
  expect(free('a: for (;;) { break a }')).toEqual([])
  expect(free('const o = { a: 1, b() {}, [c]: 2, d }; o.e; o[f]')).toEqual(['c', 'd', 'f'])
  expect(free('const a: B<C> = d as E; function f<T>(this: T, x: typeof y): x is string { return a! }')).toEqual(['d'])
})

it('sees the default values in patterns and the names a file exports', () => {
  expect(free('const { a = b, [c]: d } = e; export { a as f, d }')).toEqual(['b', 'c', 'e'])
})

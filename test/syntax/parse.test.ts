import { describe, expect, it } from 'vitest'
import { exportedNames, parse } from '../../src/syntax/parse.ts'

function names(source: string): readonly string[] {
  const parsed = parse(source)
  if (!parsed.ok) throw new Error(parsed.failure.message)
  return exportedNames(parsed.syntax)
}

describe('parse', () => {
  it('reads TypeScript and JavaScript modules', () => {
    expect(parse('export const f = <T,>(x: T): T => x as T satisfies unknown').ok).toBe(true)
    expect(parse('export function* f(a = 1, { b, ...c }) { yield a ?? b ** 2n; await 0 }').ok).toBe(false)
    expect(parse('export async function f() { return await import("x") }').ok).toBe(true)
  })

  it('says in one line what is wrong and where', () => {
    const parsed = parse('let a = 1\nlet b = (\n')
    expect(parsed).toMatchObject({ ok: false, failure: { kind: 'syntax', line: 3 } })
    if (!parsed.ok) expect(parsed.failure.message).toMatch(/^\S[^\n]*$/)
    if (!parsed.ok) expect(parsed.failure.message).not.toMatch(/\(\d+:\d+\)/)
  })

  it('takes code nested too deeply for a mistake of the code', () => {
    for (const bracket of ['(', '[', '{', '!', '`${', 'a=>']) {
      expect(parse(bracket.repeat(200_000))).toMatchObject({ ok: false, failure: { kind: 'syntax' } })
    }
  })
})

describe('exportedNames', () => {
  it('finds declared, listed, renamed, destructured and default exports', () => {
    const source = [
      'export const a = 1, { b, c: [d = 2, ...e] } = x',
      'export function f() {}',
      'export class G {}',
      'const h = 1, i = 2',
      'export { h, i as j }',
      'export { k as "l m" } from "./x.ts"',
      'export * as ns from "./y.ts"',
      'export default 1',
    ].join('\n')
    expect(names(source)).toEqual(['a', 'b', 'd', 'e', 'f', 'G', 'h', 'j', 'l m', 'ns', 'default'])
  })

  it('leaves types out', () => {
    expect(
      names(
        'export type A = 1\nexport interface B {}\nconst c = 1\ntype D = 1\nexport { type D, c }\nexport type { D as E }',
      ),
    ).toEqual(['c'])
  })
})

import { describe, expect, it } from 'vitest'
import { descriptors } from '../../../src/builtins.ts'
import { sourceLength } from '../../../src/descriptors/source-length.ts'
import { syntaxDepth } from '../../../src/descriptors/syntax-depth.ts'
import { parseSource } from '../../../src/evaluation/trusted/parse-source.ts'

const inBlock = (body: string): string => `// EVOLVE-BLOCK-START\n${body}\n// EVOLVE-BLOCK-END\n`

function failureOf(source: string) {
  const outcome = parseSource(source, form, descriptors)
  if (outcome.ok) throw new Error('parsed')
  return outcome.failure
}

const form = { language: 'typescript', entry: 'solve' }

describe('parseSource', () => {
  it('blanks out types and moves nothing', () => {
    const source = inBlock(
      'interface A { b: number }\nexport function solve(n: number): A {\n  return { b: n as number }\n}',
    )
    const outcome = parseSource(source, form, descriptors)
    if (!outcome.ok) throw new Error(outcome.failure.message)
    const { code } = outcome.parsed
    expect(code).toHaveLength(source.length)
    expect(code).not.toContain('interface')
    expect(code.indexOf('return')).toBe(source.indexOf('return'))
    expect(code.split('\n')[2]).toMatch(/^export function solve\(n {8}\) {4}\{$/)
  })

  it('measures the genome with every built-in descriptor', () => {
    const body = 'export const solve = () => [1, 2]'
    const outcome = parseSource(inBlock(body), form, descriptors)
    expect(outcome).toMatchObject({
      ok: true,
      parsed: { descriptors: { 'source-length': body.length, 'syntax-depth': 2 } },
    })
  })

  it('takes plain JavaScript as it is', () => {
    const source = inBlock('export const solve = (a, b) => a < b && b > (a)')
    expect(parseSource(source, form, [])).toEqual({ ok: true, parsed: { code: source, descriptors: {} } })
  })

  it.each([
    ['a syntax error', 'export function solve() {\n  return 1 +\n}', { kind: 'syntax', line: 4 }],
    [
      'an enum',
      'export const solve = 1\nenum A { B }',
      { kind: 'syntax', line: 3, message: expect.stringMatching(/^TypeScript enum is not supported: /) as string },
    ],
    [
      'a parameter property',
      'export const solve = 1\nclass A { constructor(private b: number) {} }',
      { kind: 'syntax', line: 3 },
    ],
    [
      'a missing entry',
      'export const pack = 1, other = 2',
      { kind: 'syntax', message: 'the program must export a function named solve; it exports pack, other' },
    ],
    [
      'no export at all',
      'function solve() {}',
      { kind: 'syntax', message: 'the program must export a function named solve; it exports nothing' },
    ],
  ])("refuses %s as the candidate's own failure", (_, body, failure) => {
    expect(failureOf(inBlock(body))).toMatchObject(failure)
  })

  it('refuses a file without evolve markers', () => {
    expect(failureOf('export const solve = 1')).toMatchObject({
      kind: 'syntax',
      line: 1,
      message: expect.stringContaining('no evolve block') as string,
    })
  })

  it('says every failure on one line', () => {
    for (const body of [
      'export function solve( {',
      'enum A {}\nexport const solve = 1',
      'export {}',
      '('.repeat(50_000),
    ]) {
      expect(failureOf(inBlock(body)).message).toMatch(/^[^\n]{5,200}$/)
    }
  })
})

describe('a source in a language that is not parsed', () => {
  const text = '# EVOLVE-BLOCK-START\ndef f(x):\n    if x:\n        return [x]\n# EVOLVE-BLOCK-END\n'

  it('is handed on as it is and measured by its nesting', () => {
    expect(parseSource(text, { language: 'ruby', entry: undefined }, [sourceLength, syntaxDepth])).toEqual({
      ok: true,
      parsed: { code: text, descriptors: { 'source-length': 38, 'syntax-depth': 2 } },
    })
  })

  it('still needs its markers', () => {
    expect(parseSource('x = 1\n', { language: 'ruby', entry: undefined }, [])).toMatchObject({
      ok: false,
      failure: { kind: 'syntax', message: expect.stringContaining('# EVOLVE-BLOCK-START') as string },
    })
  })
})

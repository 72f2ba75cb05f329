import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { languageOfFile } from '../../src/core/language.ts'
import { normalisedSource } from '../../src/syntax/normalise.ts'
import { parse } from '../../src/syntax/parse.ts'
import { leaveTheBlocks } from '../../src/variation/evolve-block.ts'
import { genomeLength } from '../../src/variation/reduction.ts'
import { reducible } from '../../src/variation/reducing.ts'
import { simplify } from '../../src/variation/simplify.ts'
import { describeOperator } from '../contracts/operator.ts'

describeOperator(simplify)

const block = (body: string, mark = '//'): string => `${mark} EVOLVE-BLOCK-START\n${body}${mark} EVOLVE-BLOCK-END\n`

/** What is left of a body after each single reduction that leaves a program, without the markers. */
function shorter(body: string, language = 'typescript'): readonly string[] {
  const mark = language === 'python' ? '#' : '//'
  const program = reducible(block(body, mark), language)
  if (!('reductions' in program)) throw new Error(program.message)
  return program.reductions.flatMap((each) => {
    const made = program.without([each])
    return made === undefined ? [] : [made.source.split('\n').slice(1, -2).join('\n')]
  })
}

describe('single reductions of a script', () => {
  it('drops statements, but none that others need', () => {
    const body = 'export function f(n) {\n  const a = n + 1\n  let b = 2\n  b += 3\n  return a\n}\n'
    const left = shorter(body)
    expect(left).toContain('export function f(n) {\n  const a = n + 1\n  let b = 2\n  return a\n}')
    expect(left).not.toContain('export function f(n) {\n  const a = n + 1\n  b += 3\n  return a\n}')
    expect(left.some((text) => !text.includes('export function f'))).toBe(false)
  })

  it('puts branches and bodies in the place of their statement, moved to its place', () => {
    const left = shorter(
      'export function f(n) {\n  if (n > 1) {\n    n += 2\n    n *= 3\n  } else n = 4\n  return n\n}\n',
    )
    expect(left).toContain('export function f(n) {\n  n += 2\n  n *= 3\n  return n\n}')
    expect(left).toContain('export function f(n) {\n  n = 4\n  return n\n}')
    expect(left).toContain('export function f(n) {\n  if (n > 1) {\n    n += 2\n    n *= 3\n  }\n  return n\n}')
  })

  it('puts parts in the place of expressions, with brackets only where they are needed', () => {
    const left = shorter('export const f = (a, b) => 2 * (a + b * 3) - Math.max(a, b)\n')
    const value = left.map((text) => text.replace('export const f = (a, b) => ', ''))
    expect(value).toContain('2 * (a + b * 3)')
    expect(value).toContain('Math.max(a, b)')
    expect(value).toContain('a + b * 3 - Math.max(a, b)')
    expect(value).toContain('2 * (b * 3) - Math.max(a, b)')
    expect(value).toContain('2 * (a + b * 3) - a')
  })

  it('folds literals, puts a value in the place of its only use, shortens numbers and assignments', () => {
    expect(shorter('export const f = () => 2 * 3 * 7\n')).toContain('export const f = () => 42')
    const inlined = shorter('export function f(n) {\n  const a = n - 1\n  return 5 - a\n}\n')
    expect(inlined).toContain('export function f(n) {\n  return 5 - (n - 1)\n}')
    const digits = shorter('export const f = () => 0.123456789\n').map((text) => text.slice(23))
    expect(digits).toEqual(expect.arrayContaining(['0.1', '0.12', '0.1235', '0.12345679']))
    expect(shorter('export function f(n) {\n  n = n + 1\n  return n\n}\n')).toContain(
      'export function f(n) {\n  n += 1\n  return n\n}',
    )
  })

  it('drops comments and blank lines without touching what is done', () => {
    const body = '// one\n\n\nexport const f = () => 1 // two\n/* three */\n'
    const program = reducible(block(body), 'typescript')
    if (!('reductions' in program)) throw new Error(program.message)
    const comments = program.reductions.filter(({ phase }) => phase === 'comments')
    expect(program.without(comments)?.source).toBe(block('\nexport const f = () => 1\n'))
  })

  it('keeps types that are named, and brackets without which the code would mean something else', () => {
    const left = shorter('type A = number\ntype B = string\nexport const f = (a: A) => (a + 1) * 2\n')
    expect(left).toContain('type A = number\nexport const f = (a: A) => (a + 1) * 2')
    expect(left.every((text) => text.includes('type A'))).toBe(true)
    expect(left.some((text) => text.endsWith('=> a + 1 * 2'))).toBe(false)
  })
})

describe('single reductions of other languages', () => {
  it('drop Python statements, clauses and functions, and put bodies in the place of their statement', () => {
    const body =
      'def f(n):\n    if n > 1:\n        n += 2\n        n *= 3\n    else:\n        n = 4\n    return n\n\ndef g():\n    return 1\n'
    const left = shorter(body, 'python')
    expect(left).toContain('def f(n):\n    n += 2\n    n *= 3\n    return n\n\ndef g():\n    return 1')
    expect(left).toContain(
      'def f(n):\n    if n > 1:\n        n += 2\n        n *= 3\n    return n\n\ndef g():\n    return 1',
    )
    expect(left).toContain(
      'def f(n):\n    if n > 1:\n        n += 2\n        n *= 3\n    else:\n        pass\n    return n\n\ndef g():\n    return 1',
    )
    expect(left.some((text) => !text.includes('def g'))).toBe(true)
  })

  it('drop lines and digits where the language is not known', () => {
    const left = shorter('float x = 1.23456f;\n// note\nreturn x;\n', 'c')
    expect(left).toContain('// note\nreturn x;')
    expect(left).toContain('float x = 1.23456f;\nreturn x;')
    expect(left).toContain('float x = 1.2f;\n// note\nreturn x;')
  })
})

describe('reductions of the programs that come with evolve', () => {
  const folder = path.resolve(import.meta.dirname, '../../problems')
  const files = readdirSync(folder).filter((file) => /\.(ts|js|py)$/.test(file))

  it.each(files)(
    '%s: each is shorter, keeps to the blocks and parses; comments and brackets change nothing',
    (file) => {
      const source = readFileSync(path.join(folder, file), 'utf8')
      const language = languageOfFile(file) ?? 'text'
      const program = reducible(source, language)
      if (!('reductions' in program)) throw new Error(program.message)
      let made = 0
      for (const reduction of program.reductions) {
        const left = program.without([reduction])
        if (left === undefined) continue
        made++
        expect(genomeLength(left.source)).toBeLessThan(genomeLength(source))
        expect(leaveTheBlocks(source, left.source)).toBeUndefined()
        if (language !== 'python') expect(parse(left.source).ok).toBe(true)
        if (language !== 'python' && /^(comment|blank-lines|brackets)$/.test(reduction.kind)) {
          expect(normalisedSource(left.source, language)).toBe(normalisedSource(source, language))
        }
      }
      expect(made).toBeGreaterThan(0)
    },
  )
})

import { describe, expect, it } from 'vitest'
import { cutFunction } from '../../../src/cli/init-from/cut-function.ts'
import { parameterSpecs } from '../../../src/cli/init-from/parameter-specs.ts'
import { UserError } from '../../../src/core/errors.ts'
import { stripTypes } from '../../../src/evaluation/trusted/strip-types.ts'

const fileOf = (text: string, shown = 'src/f.ts') => ({ shown, text, extension: '.ts' as const })

function refused(text: string, name = 'f'): string {
  try {
    const file = fileOf(text)
    parameterSpecs(file, cutFunction(file, name))
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    return `${error.location?.file}:${error.location?.line}: ${error.message}`
  }
  return 'accepted'
}

/** What the cut function answers, as the module that a candidate would be. */
async function answerOf(text: string, name: string, ...args: readonly unknown[]): Promise<unknown> {
  const { types, code, entry } = cutFunction(fileOf(text), name)
  const stripped = stripTypes(`${types}\n${code}\nexport { ${entry} }`)
  if (!stripped.ok) throw new Error(stripped.failure.message)
  const module = (await import(`data:text/javascript,${encodeURIComponent(stripped.code)}`)) as Record<string, unknown>
  return (module[entry] as (...args: readonly unknown[]) => unknown)(...args)
}

describe('cutting a function out of a module', () => {
  it('takes the helpers, constants and types that it needs, in their order, and nothing else', () => {
    const { code, types } = cutFunction(
      fileOf(`
import { log } from './log.ts'
type Unused = string
/** A point. */
interface Point { x: number }
type Path = Point[]
const unused = 1
/** By how much. */
const factor = 2
function other() { log(unused) }
/** Scales. */
const scale = (p: Point): number => p.x * factor
/** The length. */
export function f(path: Path): number { return path.map(scale).reduce((a, b) => a + b, 0) }
`),
      'f',
    )
    expect(types).toBe('interface Point { x: number }\n\ntype Path = Point[]')
    expect(code).toBe(`/** By how much. */
const factor = 2

/** Scales. */
const scale = (p: Point): number => p.x * factor

/** The length. */
function f(path: Path): number { return path.map(scale).reduce((a, b) => a + b, 0) }`)
  })

  it('takes along the loop that fills a table, and no call that only happens to stand there', async () => {
    const text = `const table: number[] = []
for (let i = 0; i < 9; i++) table[i] = i * i
console.log(f(3))
export function f(n: number): number { return table[n] ?? -1 }`
    expect(await answerOf(text, 'f', 3)).toBe(9)
    expect(cutFunction(fileOf(text), 'f').code).not.toContain('console')
  })

  it.each([
    ['a constant arrow', 'export const f = (n: number) => n + 1', 'f', 'f'],
    ['a function expression', 'const f = function (n: number) { return n + 1 }', 'f', 'f'],
    ['a function that is not exported', 'function f(n: number) { return n + 1 }', 'f', 'f'],
    ['a default export with a name', 'export default function g(n: number) { return n + 1 }', 'default', 'g'],
    ['a default export without one', 'export default function (n: number) { return n + 1 }', 'default', 'entry'],
    ['an arrow as default export', 'export default (n: number) => n + 1', 'default', 'entry'],
    ['a default export of a constant', 'export default g\nconst g = (n: number) => n + 1', 'default', 'g'],
    ['a name that it is exported as', 'function g(n: number) { return n + 1 }\nexport { g as h }', 'h', 'g'],
    [
      'an overloaded one',
      'export function f(n: number): number\nexport function f(n: string): string\nexport function f(n: any) { return n + 1 }',
      'f',
      'f',
    ],
    ['a generic one', 'export function f<T extends number>(n: T): number { return n + 1 }', 'f', 'f'],
    ['one behind satisfies', 'export const f = ((n: number) => n + 1) satisfies (n: number) => number', 'f', 'f'],
  ])('takes %s', async (_, text, name, entry) => {
    const file = fileOf(text, 'src/index.ts')
    expect(cutFunction(file, name).entry).toBe(entry)
    expect(await answerOf(text, name, 4)).toBe(5)
  })

  it('calls a default export after its file, unless something else has that name', () => {
    const anonymous = 'export default (n: number) => n'
    expect(cutFunction(fileOf(anonymous, 'lib/edit-distance.ts'), 'default').entry).toBe('editDistance')
    expect(cutFunction(fileOf(`const fast = 1\n${anonymous}`, 'fast.ts'), 'default').entry).toBe('entry')
  })

  it.each([
    [
      "import fs from 'node:fs'\nexport function f(n: number) { return fs.x + n }",
      /^src\/f\.ts:2: f needs fs from node:fs, and a candidate imports nothing: .*as arguments$/,
    ],
    [
      "import { g } from './g.ts'\nconst h = () => g()\nexport function f(n: number) { return h() }",
      /^src\/f\.ts:2: f needs g from \.\/g\.ts.*: move it into this file$/,
    ],
    [
      "import { g } from 'lodash'\nexport function f(n: number) { return g(n) }",
      /f needs g from lodash.*program\.imports$/,
    ],
    [
      'export function f(n: number) { return process.pid + n }',
      /^src\/f\.ts:1: f needs process, which candidates do not have/,
    ],
    ['export function f(n: number) { return Date.now() + n }', /pass the time as an argument$/],
    ['export function f(n: number) { return Math.random() + n }', /^src\/f\.ts:1: draws from Math\.random/],
    ['export function f(n: number) { return require("fs") }', /f needs require/],
    ['export function f(n: number) { return import("fs") }', /import\(\) and import\.meta are not there/],
    ['export async function f(n: number) { return n }', /^src\/f\.ts:1: f is async/],
    ['export function* f(n: number) { yield n }', /f is a generator/],
    ['export function f(n: number) { return this.x + n }', /f uses this/],
    [
      'let calls = 0\nexport function f(n: number) { return calls + n }',
      /^src\/f\.ts:1: f needs calls, a variable of the module/,
    ],
    [
      'const seen = new Map()\nexport function f(n: number) {\n  seen.set(n, 1)\n  return seen.size }',
      /^src\/f\.ts:3: f changes seen, which lives from call to call/,
    ],
    [
      'const kept: number[] = []\nconst g = (n: number) => { kept[0] = n }\nexport function f(n: number) { g(n); return n }',
      /^src\/f\.ts:2: f changes kept/,
    ],
    ['export function f(n: number) { f.calls += 1; return n }', /f changes f/],
    ['enum E { A }\nexport function f(n: number) { return E.A + n }', /^src\/f\.ts:1: an enum or a namespace/],
    [
      '// EVOLVE-BLOCK-START\nexport function f(n: number) { return n }\n// EVOLVE-BLOCK-END',
      /^src\/f\.ts:1: has evolve markers already/,
    ],
    ['export function f(n: number { return n }', /^src\/f\.ts:1: /],
    ['export class f { m() { return 1 } }', /^src\/f\.ts:1: f is not a function/],
    ['export const f = 3\nexport function g() { return 1 }', /^src\/f\.ts:1: f is not a function/],
  ])('refuses %s', (text, message) => {
    expect(refused(text)).toMatch(message)
  })

  it('names the function that was meant, or all there are', () => {
    expect(refused('export function parseLine(s: string) { return s }', 'parseLien')).toContain(
      'did you mean parseLine?',
    )
    expect(refused('export function parseLine(s: string) { return s }', 'zzz')).toContain('it has parseLine')
    expect(refused('export function a(s: string) { return s }', '')).toContain('say which function: --from src/f.ts#a')
  })

  it('takes a local variable with the name of a constant for what it is', () => {
    const text = 'const out = [1]\nexport function f(n: number) { const out: number[] = []; out.push(n); return out }'
    expect(refused(text)).toBe('accepted')
  })
})

describe('what arguments look like, by their types', () => {
  const specsOf = (text: string, name = 'f') => {
    const file = fileOf(text)
    return parameterSpecs(file, cutFunction(file, name))
  }
  const body = '{ return 1 }'

  it('reads numbers, texts, lists, tuples, objects and unions', () => {
    expect(specsOf(`function f(a: number, b: string, c: boolean) ${body}`)).toEqual(['number', 'string', 'boolean'])
    expect(specsOf(`function f(a: number[], b: readonly string[][], c: ReadonlyArray<boolean>) ${body}`)).toEqual([
      { list: 'number' },
      { list: { list: 'string' } },
      { list: 'boolean' },
    ])
    expect(specsOf(`function f(a: [number, name: string], b: { x: number; y?: string }) ${body}`)).toEqual([
      { tuple: ['number', 'string'] },
      { object: { x: 'number', y: 'string' } },
    ])
    expect(specsOf(`function f(a: 'asc' | 'desc', b: number | null, c?: -1 | 1 | undefined) ${body}`)).toEqual([
      { oneOf: ['asc', 'desc'] },
      { either: ['number', { oneOf: [null] }] },
      { oneOf: [-1, 1] },
    ])
  })

  it('reads types of the file, type parameters, defaults and destructured arguments', () => {
    const types = 'interface P { x: number }\ntype Q = Array<P>\n'
    expect(specsOf(`${types}function f({ x }: P, q: Readonly<Q>) ${body}`)).toEqual([
      { object: { x: 'number' } },
      { list: { object: { x: 'number' } } },
    ])
    expect(specsOf(`function f<T, U extends string>(a: T[], b: U, c = 3, d = '') ${body}`)).toEqual([
      { list: 'int' },
      'string',
      'number',
      'string',
    ])
  })

  it('reads JSDoc where there are no types, and overloads where the implementation takes anything', () => {
    const documented = `/**
 * Does it.
 * @param {number[]} a - Some.
 * @param {Array.<string>} b
 * @param {?boolean} c
 * @param {{ x: number }} [d]
 */
export const f = (a, b, c, d) => a.length`
    expect(specsOf(documented)).toEqual([
      { list: 'number' },
      { list: 'string' },
      { either: ['boolean', { oneOf: [null] }] },
      { object: { x: 'number' } },
    ])
    const overloaded =
      'function f(a: number): number\nfunction f(a: number, b: string): number\nfunction f(a: any, b?: any) { return 1 }'
    expect(specsOf(overloaded)).toEqual(['number', 'string'])
  })

  it.each([
    [
      'function f(a) { return 1 }',
      /^src\/f\.ts:1: cannot tell what to draw for a: it has no type; say it for every argument, for example --args '\[{ list: int }\]'$/,
    ],
    ['function f(a: (x: number) => number) { return 1 }', /it is a function/],
    ['function f(a: unknown) { return 1 }', /its type does not say enough/],
    ["import type { T } from './t.ts'\nfunction f(a: T) { return 1 }", /the type T is not declared in this file/],
    ['function f(...a: number[]) { return 1 }', /any number of arguments/],
    ['type T = { next: T }\nfunction f(a: T) { return 1 }', /the type T holds itself/],
    ['interface A { x: number }\ninterface T extends A {}\nfunction f(a: T) { return 1 }', /extends another one/],
    ['function f(a: Map<string, number>) { return 1 }', /the type Map is not declared/],
  ])('asks for --args where types do not say enough: %s', (text, message) => {
    expect(refused(text)).toMatch(message)
  })
})

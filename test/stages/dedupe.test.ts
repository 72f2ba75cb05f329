import { expect, test } from 'vitest'
import { dedupe } from '../../src/stages/dedupe.ts'
import { normalisedSource } from '../../src/syntax/normalise.ts'
import { joinFiles } from '../../src/core/program-files.ts'
import type { Rejection } from '../../src/core/rejection.ts'
import { memoryDuplicates, memoryDuplicateStore } from '../fakes/memory-duplicates.ts'
import { contextWith, opened, setupWith } from './opened.ts'

const original = 'export function f(n) { const half = n / 2; return { half, n: [half].map((x) => x + 1) } }'

test.each([
  [
    'comments and white space',
    'export function f(n) {\n  // half of it\n  const half = n / 2\n  return { half, n: [half].map((x) => x + 1) }\n}',
    true,
  ],
  ['a number', 'export function f(n) { const half = n / 3; return { half, n: [half].map((x) => x + 1) } }', false],
  [
    'an exported name',
    'export function g(n) { const half = n / 2; return { half, n: [half].map((x) => x + 1) } }',
    false,
  ],
  ['a property', 'export function f(n) { const half = n / 2; return { half, m: [half].map((x) => x + 1) } }', false],
])('a source that differs in %s', (_what, other, same) => {
  expect(normalisedSource(other, 'typescript') === normalisedSource(original, 'typescript')).toBe(same)
})

test('renamed locals are no difference, swapped ones are', () => {
  const plain = normalisedSource('export const f = (a, b) => { const c = a - b; return c }', 'typescript')
  expect(normalisedSource('export const f = (x, y) => { const z = x - y; return z }', 'typescript')).toBe(plain)
  expect(normalisedSource('export const f = (b, a) => { const c = a - b; return c }', 'typescript')).not.toBe(plain)
})

test.each([
  [
    'an imported name',
    "import { min } from 'lib'; export const f = () => min()",
    "import { max } from 'lib'; export const f = () => max()",
    false,
  ],
  [
    'the order of enum members',
    'enum E { A, B } export const f = () => E.A',
    'enum E { B, A } export const f = () => E.A',
    false,
  ],
  [
    'the name behind a shorthand',
    'export const f = () => { const a = 1; return { a } }',
    'export const f = () => { const b = 1; return { a: b } }',
    true,
  ],
  ['names that eval can see', "export const f = (a) => eval('a')", "export const f = (b) => eval('a')", false],
  ['a label', 'export const f = () => { a: for (;;) break a }', 'export const f = () => { b: for (;;) break b }', true],
])('a script that differs in %s', (_what, one, other, same) => {
  expect(normalisedSource(one, 'typescript') === normalisedSource(other, 'typescript')).toBe(same)
})

const python = `def f(n):
    half = n / 2
    return [half + x for x in range(n)], g(k=half), f"{half:.2f}"
`

test.each([
  [
    'comments, blank lines and indentation',
    python.replace('    half =', '    # half of it\n\n    half  =  ').replaceAll('    ', '  '),
    true,
  ],
  ['names of locals', python.replaceAll('half', 'h').replaceAll(/\bx\b/g, 'y'), true],
  ['a number', python.replace('2\n', '3\n'), false],
  ['the text of a format string', python.replace('.2f', '.3f'), false],
  ['the name of a function', python.replace('def f', 'def h'), false],
  ['the name of a keyword argument', python.replace('k=', 'j='), false],
  ['nesting', python.replace('    return', '    if n:\n        return'), false],
])('a Python file that differs in %s', (_what, other, same) => {
  expect(normalisedSource(other, 'python') === normalisedSource(python, 'python')).toBe(same)
})

test.each([
  [
    'parameters that are named where they are called',
    'def g(a, b):\n  return a - b\ndef f():\n  return g(a=1, b=2)\n',
    'def g(b, a):\n  return b - a\ndef f():\n  return g(a=1, b=2)\n',
  ],
  [
    'parameters that a map names',
    'def g(a, b):\n  return a - b\ndef f(m):\n  return g(**m)\n',
    'def g(b, a):\n  return b - a\ndef f(m):\n  return g(**m)\n',
  ],
  [
    'attributes of a class',
    'class A:\n  x = 1\n  y = 2\ndef f():\n  return A.x\n',
    'class A:\n  y = 1\n  x = 2\ndef f():\n  return A.x\n',
  ],
  [
    'imported names',
    'def f(x):\n  from math import sin\n  return sin(x)\n',
    'def f(x):\n  from math import cos\n  return cos(x)\n',
  ],
  ['names that eval can see', "def f(a):\n  return eval('a')\n", "def f(b):\n  return eval('a')\n"],
  ['names that a format string shows', 'def f(a):\n  return f"{a=}"\n', 'def f(b):\n  return f"{b=}"\n'],
  [
    'the text between the values of a format string',
    'def f(a):\n  return f"{a} x {a}"\n',
    'def f(a):\n  return f"{a}  x {a}"\n',
  ],
])('a Python file keeps %s apart', (_what, one, other) => {
  expect(normalisedSource(one, 'python')).not.toBe(normalisedSource(other, 'python'))
})

test('files of a Python program are compared one by one', () => {
  const files = (local: string) =>
    joinFiles([
      { path: 'main.py', text: 'from lib import g\ndef f():\n  return g()\n', whole: false },
      { path: 'lib.py', text: `def g():\n  ${local} = 1\n  return ${local}\n`, whole: true },
    ])
  expect(normalisedSource(files('a'), 'python')).toBe(normalisedSource(files('b'), 'python'))
  expect(normalisedSource(files('a'), 'python')).not.toBe(normalisedSource(files('a').replace('= 1', '= 2'), 'python'))
})

test('another language is compared by its lines', () => {
  expect(normalisedSource('int a;  \n\nint b;\n', 'c')).toBe(normalisedSource('int a;\nint b;', 'c'))
  expect(normalisedSource('int a; // x', 'c')).not.toBe(normalisedSource('int a;', 'c'))
})

/** What a stage asks of its run, over a memory of its own in which everybody saw everybody before. */
function asked(ancestors: readonly number[] = []) {
  const rejections: Rejection[] = []
  const store = memoryDuplicateStore(
    memoryDuplicates(),
    Array.from({ length: 2000 }, (_, ordinal) => ({
      selected: { parent: ordinal === 5 ? ancestors[0] : undefined, seen: ordinal - 1 },
      state: 'placed',
      finished: ordinal,
      evaluation: { fitness: ordinal },
    })),
  )
  const pool = {
    ...setupWith().pool,
    fingerprint: (source: string) => Promise.resolve(normalisedSource(source, 'typescript')),
  }
  return {
    rejections,
    setup: setupWith({ pool }),
    context: contextWith({ ...store, reject: (rejection) => void rejections.push(rejection) }),
  }
}

test('a candidate that is an earlier one in other words is its duplicate, and the reason is written down', async () => {
  const { setup, context, rejections } = asked()
  const stage = opened(dedupe, setup, { by: 'source', audit: 0 })
  const run = (ordinal: number, source: string) => stage.run({ ordinal, source }, {}, context)
  expect(await run(3, 'export const f = (a) => a')).toEqual({ ok: true, output: null })
  expect(await run(5, 'export const f = (b) => b // the same')).toEqual({
    ok: false,
    failure: { kind: 'duplicate', of: 3, check: 'source', message: 'only names, comments or white space differ' },
  })
  expect(await run(3, 'export const f = (a) => a')).toEqual({ ok: true, output: null })
  expect(rejections).toEqual([{ ordinal: 5, stage: 'dedupe', check: 'source', twin: 3, audited: false }])
})

test('by lineage only an ancestor counts', async () => {
  for (const [ancestors, ok] of [
    [[3], false],
    [[4], true],
  ] as const) {
    const { setup, context } = asked(ancestors)
    const stage = opened(dedupe, setup, { by: 'lineage', audit: 0 })
    await stage.run({ ordinal: 3, source: 'export const f = (a) => a' }, {}, context)
    const again = await stage.run({ ordinal: 5, source: 'export const f = (b) => b' }, {}, context)
    expect(again).toMatchObject(ok ? { ok } : { ok, failure: { kind: 'duplicate', of: 3, check: 'lineage' } })
  }
})

test('a candidate that goes back to an ancestor is told who left it, and what that brought', async () => {
  for (const [gain, told] of [
    [0.25, 'gained 0.25'],
    [-0.5, 'lost 0.5'],
    [undefined, 'brought nothing'],
  ] as const) {
    const context = contextWith({ claim: () => 2, departure: () => ({ by: 4, gain }) })
    const stage = opened(dedupe, asked().setup, { by: 'lineage', audit: 0 })
    const outcome = await stage.run({ ordinal: 9, source: 'export const f = 1' }, {}, context)
    expect(outcome).toMatchObject({
      failure: {
        message: `only names, comments or white space differ; program 2 is an ancestor, and program 4, which changed it, ${told}`,
      },
    })
  }
})

test('of the refused a share is let through, the same ones at every stage and in every process', async () => {
  const { setup, context, rejections } = asked()
  const stage = opened(dedupe, setup, { by: 'source', audit: 0.25 })
  await stage.run({ ordinal: 0, source: 'export const f = 1' }, {}, context)
  const passed: number[] = []
  for (let ordinal = 1; ordinal < 1000; ordinal++) {
    const { ok } = await stage.run({ ordinal, source: 'export const f = 1' }, {}, context)
    if (ok === true) passed.push(ordinal)
  }
  expect(passed.length).toBeGreaterThan(200)
  expect(passed.length).toBeLessThan(300)
  expect(rejections.filter(({ audited }) => audited).map(({ ordinal }) => ordinal)).toEqual(passed)
  const other = opened({ ...dedupe, kind: 'dedupe' }, setup, { by: 'lineage', audit: 0.25 })
  const always = contextWith({ claim: () => 0 })
  for (const ordinal of passed) expect(await other.run({ ordinal, source: '' }, {}, always)).toMatchObject({ ok: true })
})

test('behaviour is compared by what was returned, not by how long it took', async () => {
  const { setup, context } = asked()
  const stage = opened(dedupe, setup, { by: 'behaviour', audit: 0 })
  const run = (ordinal: number, value: number, ms: number) =>
    stage.run(
      { ordinal, source: String(ordinal) },
      { results: { console: '', cases: [{ id: 'a', ok: true, value, ms }] } },
      context,
    )
  expect(await run(1, 7, 1)).toMatchObject({ ok: true })
  expect(await run(2, 7, 9)).toMatchObject({ failure: { kind: 'duplicate', of: 1, check: 'behaviour' } })
  expect(await run(3, 8, 1)).toMatchObject({ ok: true })
})

import { expect, test } from 'vitest'
import { dedupe } from '../../src/stages/dedupe.ts'
import { normalisedSource } from '../../src/syntax/normalise.ts'
import { contextWith, opened, setupWith } from './opened.ts'

/** A registry as a run keeps one. */
function claims() {
  const held = new Map<string, number>()
  return (scope: string, fingerprint: string, ordinal: number): number => {
    const key = `${scope}/${fingerprint}`
    const holder = held.get(key) ?? ordinal
    held.set(key, holder)
    return holder
  }
}

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
  expect(normalisedSource(other) === normalisedSource(original)).toBe(same)
})

test('renamed locals are no difference, swapped ones are', () => {
  const plain = normalisedSource('export const f = (a, b) => { const c = a - b; return c }')
  expect(normalisedSource('export const f = (x, y) => { const z = x - y; return z }')).toBe(plain)
  expect(normalisedSource('export const f = (b, a) => { const c = a - b; return c }')).not.toBe(plain)
})

test('a later candidate that is an earlier one in other words is its duplicate, the earlier one never its own', async () => {
  const stage = opened(dedupe, setupWith(), { by: 'source' })
  const context = contextWith({ claim: claims() })
  const run = (ordinal: number, source: string) => stage.run({ ordinal, source }, {}, context)
  expect(await run(3, 'export const f = (a) => a')).toEqual({ ok: true, output: null })
  expect(await run(5, 'export const f = (b) => b // the same')).toMatchObject({ failure: { kind: 'duplicate', of: 3 } })
  expect(await run(3, 'export const f = (a) => a')).toEqual({ ok: true, output: null })
})

test('behaviour is compared by what was returned, not by how long it took', async () => {
  const stage = opened(dedupe, setupWith(), { by: 'behaviour' })
  const context = contextWith({ claim: claims() })
  const run = (ordinal: number, value: number, ms: number) =>
    stage.run(
      { ordinal, source: String(ordinal) },
      { results: { console: '', cases: [{ id: 'a', ok: true, value, ms }] } },
      context,
    )
  expect(await run(1, 7, 1)).toMatchObject({ ok: true })
  expect(await run(2, 7, 9)).toMatchObject({ failure: { kind: 'duplicate', of: 1 } })
  expect(await run(3, 8, 1)).toMatchObject({ ok: true })
  await expect(async () => stage.run({ ordinal: 4, source: '' }, {}, context)).rejects.toThrow(
    /no run is listed before/,
  )
})

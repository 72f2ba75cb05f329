import { expect, test } from 'vitest'
import { clusterAttempts, isExhausted } from '../../src/insights/clusters.ts'
import type { ChangedAttempt } from '../../src/store/insight-store.ts'

const measure = { name: 'x', direction: 'maximize', noise: 0.1, repeats: 3 } as const
let ordinal = 0
const attempt = (
  lines: readonly (readonly [line: number, removed: string])[],
  value: number | undefined,
): ChangedAttempt => ({
  ordinal: ++ordinal,
  operator: 'diff',
  summary: '',
  construct: undefined,
  hunks: lines.map(([line, removed]) => ({ line, removed, added: 'new\n' })),
  outcome:
    value === undefined
      ? { ok: false, failure: { kind: 'threw', message: '' } }
      : { ok: true, objectives: { x: value } },
})

test('attempts that changed the same lines are counted together, the largest group first', () => {
  const clusters = clusterAttempts(
    [
      attempt([[30, 'a far line\n']], 5),
      attempt([[3, '  step = 1\n']], 11),
      attempt([[2, 'head\n  step = 1\n']], 8),
      attempt([[4, '']], undefined),
      attempt([], undefined),
    ],
    { x: 10 },
    measure,
  )
  expect(clusters).toEqual([
    {
      lines: { first: 2, last: 4 },
      anchor: 'step = 1',
      attempts: 3,
      improved: 1,
      regressed: 1,
      gain: { best: 1, mean: -0.5, worst: -2 },
      failures: { threw: 1 },
    },
    {
      lines: { first: 30, last: 30 },
      anchor: 'a far line',
      attempts: 1,
      improved: 0,
      regressed: 1,
      gain: { best: -5, mean: -5, worst: -5 },
      failures: {},
    },
    {
      lines: undefined,
      anchor: '',
      attempts: 1,
      improved: 0,
      regressed: 0,
      gain: undefined,
      failures: { threw: 1 },
    },
  ])
})

test('a change that spans two groups makes them one', () => {
  const clusters = clusterAttempts(
    [
      attempt([[1, 'a\n']], 1),
      attempt([[20, 'b\n']], 1),
      attempt(
        [
          [1, 'a\n'],
          [20, 'b\n'],
        ],
        1,
      ),
    ],
    { x: 1 },
    measure,
  )
  expect(clusters.map(({ lines, attempts }) => [lines, attempts])).toEqual([[{ first: 1, last: 20 }, 3]])
})

test('gains are oriented by the direction, and a difference within the noise is neither better nor worse', () => {
  const [cluster] = clusterAttempts(
    [attempt([[1, 'a\n']], 9), attempt([[1, 'a\n']], 10.05), attempt([[1, 'a\n']], 12)],
    { x: 10 },
    { ...measure, direction: 'minimize' },
  )
  expect(cluster).toMatchObject({ improved: 1, regressed: 1, gain: { best: 1, worst: -2 } })
})

test('a program is exhausted after ten attempts without an improvement; replies that could not be applied do not count', () => {
  const worse = Array.from({ length: 9 }, (_, index) => attempt([[index * 5 + 1, 'a\n']], 1))
  const applied = (attempts: readonly ChangedAttempt[]) => isExhausted(clusterAttempts(attempts, { x: 10 }, measure))
  expect(applied([...worse, attempt([], undefined)])).toBe(false)
  expect(applied([...worse, attempt([[90, 'a\n']], undefined)])).toBe(true)
  expect(applied([...worse, attempt([[90, 'a\n']], 11)])).toBe(false)
})

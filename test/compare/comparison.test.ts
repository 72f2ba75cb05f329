import { expect, test } from 'vitest'
import { compareArms } from '../../src/compare/comparison.ts'
import type { ComparedArm } from '../../src/compare/comparison.ts'
import { bestWithin, curveOf } from '../../src/compare/curve.ts'

const plan = {
  problem: 'p',
  objective: { name: 'length', direction: 'minimize' },
  axis: 'candidates',
  budget: 100,
} as const

/** Runs whose fitness rises from -100 at the start to each final value at half the budget. */
const arm = (name: string, finals: readonly number[]): ComparedArm => ({
  name,
  runs: finals.map((final, index) => ({
    seed: index + 1,
    run: `c/${name}-${String(index + 1)}`,
    ended: 'done',
    curve: curveOf([
      { at: 0, fitness: -100 },
      { at: 50, fitness: -final },
      { at: 100, fitness: -1000 },
      { at: 150, fitness: 0 },
    ]),
  })),
})

test('a curve keeps the steps at which the best rose, and a run keeps what it had reached', () => {
  const curve = curveOf([
    { at: 0, fitness: 1 },
    { at: 1, fitness: undefined },
    { at: 2, fitness: 3 },
    { at: 3, fitness: 3 },
    { at: 4, fitness: 2 },
    { at: 9, fitness: 4 },
    { at: 12, fitness: undefined },
  ])
  expect(curve).toEqual({
    rises: [
      { at: 0, fitness: 1 },
      { at: 2, fitness: 3 },
      { at: 9, fitness: 4 },
    ],
    spent: 12,
  })
  expect([-1, 0, 1.9, 2, 8.9, 1e9].map((budget) => bestWithin(curve, budget))).toEqual([undefined, 1, 1, 3, 3, 4])
})

test('median and range are raw values at the checkpoints, and nothing beyond the budget counts', () => {
  const { arms } = compareArms(plan, [arm('a', [5, 1, 3]), arm('b', [8, 9])])
  expect(arms[0]?.checkpoints).toEqual([
    { at: 10, median: 100, lowest: 100, highest: 100 },
    { at: 25, median: 100, lowest: 100, highest: 100 },
    { at: 50, median: 3, lowest: 1, highest: 5 },
    { at: 100, median: 3, lowest: 1, highest: 5 },
  ])
  expect(arms[1]?.checkpoints.at(-1)).toEqual({ at: 100, median: 8.5, lowest: 8, highest: 9 })
  expect(arms[0]?.runs[0]).toEqual({ seed: 1, run: 'c/a-1', best: 5, spent: 100, ended: 'done' })
  expect(arms[0]?.course[0]).toEqual({ at: 0, median: 100, lowest: 100, highest: 100 })
})

test('every arm is tested against the first, and better means better, also when lower values are', () => {
  const { arms } = compareArms(plan, [arm('a', [5, 1, 3]), arm('worse', [8, 9, 7]), arm('better', [0.1, 0.2, 0.3])])
  expect(arms.map(({ againstFirst }) => againstFirst)).toEqual([
    undefined,
    { u: 0, p: 2 / 20, superiority: 0, exact: true },
    { u: 9, p: 2 / 20, superiority: 1, exact: true },
  ])
})

import { expect, test } from 'vitest'
import { rngStream } from '../../src/core/rng.ts'
import { uct } from '../../src/selection/uct.ts'
import { viewOf } from './weights.ts'

const draw = (view: ReturnType<typeof viewOf>) => uct.sample(view, rngStream(1, 'parent', 0)).ordinal

/** 0 has the children 1 and 2, and 1 has the child 3. */
const programs = [
  [undefined, 1],
  [0, 3],
  [0, 2],
  [1, 5],
] as const

test('by hand: goes where the subtree is good, then elsewhere once a child is on its way there', () => {
  const view = viewOf(programs, [0, 1, 2, 3])
  // At 0, N = 4: here 0.25 + sqrt(ln 4 / 3) = 0.93, child 1 is 1 + sqrt(ln 4 / 2) = 1.83, child 2 is 0.5 + sqrt(ln 4) = 1.68.
  // At 1, N = 2: here 0.75 + sqrt(ln 2 / 2) = 1.34, child 3 is 1 + sqrt(ln 2) = 1.83.
  expect(draw(view)).toBe(3)
  view.lineage.add(4, 3)
  // At 0, N = 5: child 1 is 1 + sqrt(ln 5 / 3) = 1.732, child 2 is 0.5 + sqrt(ln 5) = 1.769.
  expect(draw(view)).toBe(2)
})

test('does not go where nobody owns a cell any more', () => {
  const view = viewOf(programs, [0, 1, 3])
  view.lineage.add(4, 3)
  expect(draw(view)).toBe(3)
})

test('passes through a program that owns nothing to an owner among its descendants', () => {
  expect(draw(viewOf(programs, [3]))).toBe(3)
})

test('in the long run every owner gets its turn', () => {
  const view = viewOf(programs, [0, 1, 2, 3])
  const drawn = new Set<number>()
  for (let ordinal = 4; ordinal < 200; ordinal++) {
    const parent = draw(view)
    drawn.add(parent)
    view.lineage.add(ordinal, parent)
  }
  expect([...drawn].sort()).toEqual([0, 1, 2, 3])
})

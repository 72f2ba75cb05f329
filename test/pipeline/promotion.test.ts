import { expect, test } from 'vitest'
import { isPromoted, quotaOf, RungHistory } from '../../src/pipeline/promotion.ts'
import fc from '../seeded-properties.ts'

/** One candidate after the other, each compared with all before it. */
function inTurn(values: readonly number[], top: number): boolean[] {
  const history = new RungHistory()
  return values.map((fitness, commit) => {
    const standing = history.stand('rung', fitness, { from: 0, to: commit - 1 })
    history.enter('rung', commit, fitness)
    history.file(commit, commit)
    return isPromoted(standing, top)
  })
}

test('asynchronous successive halving by hand: a quarter goes on, the best so far always', () => {
  // floor(of / 4), at least 1, may go on: 1 of 1 to 7, 2 of 8. In brackets who stands before.
  const expected = [
    [5, true], // alone
    [3, false], // (5)
    [4, false], // (5)
    [7, true], // best
    [6, false], // (7), and 1 of 5 may
    [8, true], // best
    [7, false], // (8, 7): the earlier equal stands before
    [7.5, true], // (8), and 2 of 8 may
    [7, false], // (8, 7.5, 7, 7)
  ] as const
  expect(
    inTurn(
      expected.map(([fitness]) => fitness),
      0.25,
    ),
  ).toEqual(expected.map(([, promoted]) => promoted))
})

test('a share of 1 lets everybody go on, and no share is so small that the best cannot', () => {
  expect(inTurn([5, 4, 3, 3], 1)).toEqual([true, true, true, true])
  expect(inTurn([1, 2, 3], 0.001)).toEqual([true, true, true])
  expect([quotaOf(1, 0.25), quotaOf(8, 0.25), quotaOf(11, 0.25)]).toEqual([1, 2, 2])
})

test('only the commits of the range count, and of them the latest of the window', () => {
  const history = new RungHistory()
  for (const [commit, fitness] of [9, 1, 2, 8, 3].entries()) {
    history.enter('a', commit, fitness)
    history.file(commit, commit)
  }
  expect(history.stand('a', 5, { from: 0, to: 4 })).toEqual({ ahead: 2, of: 6 })
  expect(history.stand('a', 5, { from: 0, to: 2 })).toEqual({ ahead: 1, of: 4 })
  expect(history.stand('a', 5, { from: 1, to: 4 })).toEqual({ ahead: 1, of: 5 })
  expect(history.stand('a', 5, { from: 0, to: 4 }, 1)).toEqual({ ahead: 0, of: 2 })
  expect(history.stand('a', 5, { from: 0, to: 4 }, 2)).toEqual({ ahead: 1, of: 3 })
  expect(history.stand('another rung', 5, { from: 0, to: 4 })).toEqual({ ahead: 0, of: 1 })
})

test('a candidate that has no commit yet stands in nobody’s way', () => {
  const history = new RungHistory()
  history.enter('a', 7, 100)
  expect(history.stand('a', 1, { from: 0, to: 1000 })).toEqual({ ahead: 0, of: 1 })
  history.file(7, 3)
  expect(history.stand('a', 1, { from: 0, to: 3 })).toEqual({ ahead: 1, of: 2 })
  expect(history.stand('a', 1, { from: 0, to: 2 })).toEqual({ ahead: 0, of: 1 })
})

test('law: whoever goes on is among the best of its rung when it is decided, and the best always goes on', () => {
  const share = fc.double({ min: 0.01, max: 1, noNaN: true })
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -5, max: 5 }), { minLength: 1 }), share, (values, top) => {
      for (const [index, promoted] of inTurn(values, top).entries()) {
        const before = values.slice(0, index)
        const ahead = before.filter((value) => value >= (values[index] ?? 0)).length
        expect(promoted).toBe(ahead === 0 || ahead < Math.floor(top * (index + 1)))
      }
    }),
  )
})

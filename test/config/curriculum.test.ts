import { describe, expect, test } from 'vitest'
import { goodHead, mistakesOf, problemFolder } from './problem-folder.ts'

const { read, reread } = problemFolder()

const withLevels = (levels: string): string => `${goodHead}curriculum: ${levels}\n`

describe('the curriculum of a problem', () => {
  test('is a list of instances; a map says more about one', () => {
    const { problem, effective } = read(
      withLevels('[20, large, { instance: { n: 3 }, share: 2, patience: 50, target: 7.5, carry: 2 }]'),
    )
    const plain = { share: 1, patience: undefined, target: undefined, carry: 4 }
    expect(problem.curriculum).toEqual([
      { instance: 20, ...plain },
      { instance: 'large', ...plain },
      { instance: { n: 3 }, share: 2, patience: 50, target: 7.5, carry: 2 },
    ])
    expect(reread(effective).problem.curriculum).toEqual(problem.curriculum)
    expect(read(goodHead).problem.curriculum).toEqual([])
  })

  test('tells every mistake with its line', () => {
    expect(
      mistakesOf(() => read(withLevels('[20, { instance: 30, shares: 2, patience: 0 }, [4], { share: 0 }]'))),
    ).toEqual([
      '6:34 curriculum[1].shares: is not a key under curriculum[1]; did you mean share?',
      '6:55 curriculum[1].patience: must be a whole number from 1 up, but this is 0',
      '6:60 curriculum[2]: must be an instance (a number or text) or a map with the keys instance, share, patience, target, carry, but this is a list',
      '6:65 curriculum[3].instance: is missing: What the evaluator is told as `instance`: a number, text, a list or a map.',
      '6:74 curriculum[3].share: must be a number above 0, but this is 0',
    ])
    expect(mistakesOf(() => read(withLevels('[{ instance: 20, carry: 2 }, 30, 20]')))).toEqual([
      '6:37 curriculum[0].carry: has no meaning on the first level, which begins with the first program: remove it',
      '6:46 curriculum[2]: is the instance of curriculum[0] again: give each level its own',
    ])
    expect(mistakesOf(() => read(withLevels('[]')))).toEqual(['6:13 curriculum: must be a list of 1 to 100 entries'])
    expect(mistakesOf(() => read(withLevels('20')))).toEqual([
      '6:13 curriculum: must be a list of 1 to 100 entries, but this is 20',
    ])
  })
})

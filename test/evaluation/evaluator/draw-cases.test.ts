import { describe, expect, it } from 'vitest'
import { UserError } from '../../../src/core/errors.ts'
import { drawCases } from '../../../src/evaluation/evaluator/draw-cases.ts'
import type { CasesRequest } from '../../../src/index.ts'
import { defineEvaluator, invalid, z } from '../../../src/index.ts'

function drawn(cases: (request: CasesRequest) => unknown, seed = 'seed', split: 'search' | 'holdout' = 'search') {
  const evaluator = defineEvaluator({ output: z.number(), cases: cases as never, score: () => invalid('never') })
  return drawCases(evaluator, seed, split, '/home/user/evaluator.ts')
}

describe('drawCases', () => {
  const chance = ({ rng }: CasesRequest) => [{ id: 'only', args: [rng.next(), rng.int(10)] }]

  it('draws the same cases again from the same seed', () => {
    expect(drawn(chance)).toEqual(drawn(chance))
  })

  it('draws other cases from another seed and for the hold-out', () => {
    expect(drawn(chance, 'other')).not.toEqual(drawn(chance))
    expect(drawn(chance, 'seed', 'holdout')).not.toEqual(drawn(chance))
  })

  it.each([
    ['no array', 1, 'cases() must return an array'],
    ['no case', [], 'cases() gave no case'],
    ['a case without id', [{ args: [] }], 'cases()[0].id must be a text'],
    ['an empty case', [null], 'cases()[0].id must be a text'],
    ['a case without arguments', [{ id: 'a', args: 26 }], 'cases()[0].args must be the array'],
    [
      'an id twice',
      [
        { id: 'a', args: [] },
        { id: 'a', args: [] },
      ],
      'gives the id "a" twice',
    ],
    [
      'arguments that are no data',
      [{ id: 'a', args: [[1, new Date(0)]] }],
      'cases()[0].args[0][1]: not a plain object',
    ],
    ['arguments that are not finite', [{ id: 'a', args: [NaN] }], 'cases()[0].args[0]: NaN is not a finite number'],
  ])('refuses %s', (_, given, message) => {
    expect(() => drawn(() => given)).toThrow(UserError)
    expect(() => drawn(() => given)).toThrow(message)
  })

  it('names the place where the evaluator throws', () => {
    const broken = () => {
      throw new Error('no data')
    }
    expect(() => drawn(broken)).toThrow(/^the evaluator threw no data \(draw-cases\.test\.ts:\d+\)$/)
  })
})

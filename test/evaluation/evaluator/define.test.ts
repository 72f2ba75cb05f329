import { describe, expect, expectTypeOf, it } from 'vitest'
import { defineEvaluator, invalid, z } from '../../../src/index.ts'
import { isEvaluator } from '../../../src/evaluation/evaluator/define.ts'

describe('defineEvaluator', () => {
  it('gives score the type of the output', () => {
    defineEvaluator({
      output: z.array(z.tuple([z.number(), z.string()])),
      cases: ({ split }) => [{ id: split, args: [] }],
      score({ cases: [only] }) {
        if (!only.ok) return only.failure
        expectTypeOf(only.value).toEqualTypeOf<[number, string][]>()
        return { objectives: { size: only.value.length } }
      },
    })
  })

  it('marks what it makes', () => {
    const definition = { output: z.number(), cases: () => [], score: () => invalid('never') }
    expect(isEvaluator(defineEvaluator(definition))).toBe(true)
    expect(isEvaluator(definition)).toBe(false)
    expect(isEvaluator(undefined)).toBe(false)
  })
})

describe('invalid', () => {
  it('is the failure of a candidate that broke a rule', () => {
    expect(invalid('too long')).toEqual({ kind: 'constraint-violated', message: 'too long' })
  })
})

import { describe, expect, it } from 'vitest'
import type { Json } from '../../src/core/json.ts'
import { damaged } from '../../src/evaluation/damage.ts'
import { firstFlaw } from '../../src/evaluation/evaluator/plain-data.ts'
import fc from '../seeded-properties.ts'

const namesOf = (value: Json): readonly string[] => damaged(value).map(({ name }) => name)

describe('damaged', () => {
  it('breaks numbers, lists and types of nested data', () => {
    expect(
      namesOf([
        [1, 2],
        [3, 4],
      ]),
    ).toEqual([
      'output[0][0] = NaN',
      'output[0][0] = Infinity',
      'output[0][0] = -Infinity',
      'output[0][0] = 1e+308',
      'output[1][1] = NaN',
      'output[1][1] = Infinity',
      'output[1][1] = -Infinity',
      'output[1][1] = 1e+308',
      'output[0][0] = "1"',
      'output[0][0] = null',
      'output[0][0] = {}',
      'output[0][0] = []',
      'output lost its last item',
      'output has its last item twice',
      'output is empty',
      'output[0] lost its last item',
      'output[0] has its last item twice',
      'output[0] is empty',
      'output = "text"',
      'output = null',
      'output = {}',
      'output = []',
    ])
  })

  it('makes the value that the name says', () => {
    const variants = damaged({ width: 5, items: [[1, 2, 3]] })
    const find = (name: string): unknown => variants.find((each) => each.name === name)?.value
    expect(find('output.width = NaN')).toEqual({ width: Number.NaN, items: [[1, 2, 3]] })
    expect(find('output.items[0] has its last item twice')).toEqual({ width: 5, items: [[1, 2, 3, 3]] })
    expect(find('output.items lost its last item')).toEqual({ width: 5, items: [] })
  })

  it('knows what to do with a bare number and with no number at all', () => {
    expect(namesOf(7)).toContain('output = NaN')
    expect(namesOf('words')).toEqual(['output = null', 'output = {}', 'output = []', 'output = "words"'].slice(0, 3))
    expect(namesOf([])).toContain('output has an item of null')
  })

  it('gives unique names and other values for any data, touches nothing, and knows which are not finite', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const before = JSON.stringify(value)
        const variants = damaged(value as Json)
        expect(new Set(variants.map(({ name }) => name)).size).toBe(variants.length)
        expect(variants.length).toBeGreaterThanOrEqual(3)
        expect(JSON.stringify(value)).toBe(before)
        for (const variant of variants) {
          expect(firstFlaw(variant.value, 'output') !== undefined).toBe(variant.nonFinite)
        }
      }),
    )
  })
})

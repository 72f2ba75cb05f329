import { describe, expect, it } from 'vitest'
import { givenSpecs } from '../../../src/cli/init-from/given-specs.ts'

describe('--args', () => {
  it('is a list in YAML or JSON, with one entry per argument', () => {
    expect(givenSpecs('[{ list: int, length: [1, 9], sorted: true }, number]', 2)).toEqual([
      { list: 'int', length: [1, 9], sorted: true },
      'number',
    ])
    expect(givenSpecs('["int"]', 3)).toEqual(['int'])
    expect(givenSpecs('[int, int, int]', undefined)).toHaveLength(3)
  })

  it.each([
    ['{ list: int }', /--args is a list with one entry for each argument/],
    ['[int, int]', /tells of 2 arguments, and the function takes 1/],
    ['[integer]', /argument 1 with "integer"; it can be number, int/],
    ['[{ int: [9, 0] }]', /argument 1 with {"int":\[9,0\]}/],
    ['[{ list: int, lenght: [0, 1] }]', /argument 1/],
    ['[', /--args cannot be read/],
  ])('refuses %s in one line', (text, message) => {
    expect(() => givenSpecs(text, 1)).toThrow(message)
    expect(() => givenSpecs(text, 1)).toThrow(/^[^\n]+$/)
  })
})

import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { contractText } from '../../../src/evaluation/evaluator/contract-text.ts'
import { shapeText } from '../../../src/evaluation/evaluator/shape-text.ts'

describe('the shape of what a call returns', () => {
  const number = z.number()
  it.each([
    [z.array(z.tuple([number, number, number])).length(26), 'an array of exactly 26 entries, each [a number, a number, a number]'],
    [z.array(number.min(0).max(1)).min(1).max(5), 'an array of 1 to 5 entries, each a number from 0 to 1'],
    [z.array(z.int()), 'an array each a whole number'],
    [z.array(z.any()).min(2), 'an array of at least 2 entries'],
    [z.number().positive(), 'a number above 0'],
    [z.object({ path: z.array(z.int().min(0)).max(9), note: z.string().max(80).optional() }), 'an object { path: an array of at most 9 entries, each a whole number at least 0; note (optional): text of at most 80 characters }'],
    [z.union([z.literal('left'), z.enum(['up', 'down']), z.null(), z.boolean()]), '"left" or "up" or "down" or null or true or false'],
    [z.record(z.string(), number), 'an object whose values are each a number'],
    [z.tuple([number], z.string()), '[a number, and any number of text]'],
    [number.transform((value) => String(value)), 'a number'],
    [number.refine((value) => value !== 3), 'a number'],
    [z.any(), undefined],
    [z.custom<number>(() => true), undefined],
  ])('%# is told in words', (schema, words) => expect(shapeText(schema)).toBe(words)) // prettier-ignore

  it('is cut where it is endless', () => {
    const keys = Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`key${String(index)}`, number]))
    expect(shapeText(z.object(keys))?.length).toBeLessThan(1300)
    interface Tree { readonly branches: readonly Tree[] } // prettier-ignore
    const tree: z.ZodType<Tree> = z.lazy(() => z.object({ branches: z.array(tree) }))
    expect((shapeText(tree) ?? '').length).toBeLessThan(1300)
  })
})

describe('the contract of a problem', () => {
  const contract = { entry: 'pack', cases: [{ id: 'a', args: [26] }], shape: 'a number', driven: false }
  it('says the one call and what it must return', () => {
    expect(contractText(contract)).toBe('It is called once: `pack(26)`.\nEach call must return a number.')
  })

  it('says the first of many calls, and long arguments by what they are', () => {
    const cases = [[1], [2], [3], [4]].map((args, index) => ({ id: String(index), args }))
    expect(contractText({ ...contract, cases, shape: undefined })).toBe(
      'It is called 4 times, each time in a fresh instance of the program: `pack(1)`, `pack(2)`, `pack(3)`, and so on.',
    )
    const long = [
      { id: 'long', args: [Array.from({ length: 500 }, (_, index) => index), { name: 'x'.repeat(200), size: 1 }, 7] },
    ]
    expect(contractText({ ...contract, cases: long })).toContain(
      '`pack(an array of 500 entries, the first 0, an object with name, size, 7)`',
    )
  })

  it('keeps the arguments of an evaluator that plays step by step to itself', () => {
    expect(contractText({ ...contract, driven: true })).not.toMatch(/26|a number/)
  })

  it('says nothing where nothing is called', () => {
    expect(contractText({ entry: undefined, cases: [], shape: undefined, driven: false })).toBe('')
  })
})

import { describe, expect, it } from 'vitest'
import { rngFromText } from '../../../src/core/rng.ts'
import { differenceFrom } from '../../../src/evaluation/evaluator/difference-from.ts'
import { drawArgs, inputSpec } from '../../../src/evaluation/evaluator/draw-args.ts'
import type { InputSpec } from '../../../src/evaluation/evaluator/draw-args.ts'
import fc from '../../seeded-properties.ts'

const bounds = fc
  .tuple(fc.integer({ min: -50, max: 50 }), fc.integer({ min: 0, max: 50 }))
  .map(([low, more]) => [low, low + more] as const)

/** Tells whether a value is what a spec says. */
function fits(value: unknown, spec: InputSpec): boolean {
  if (typeof spec === 'string') return spec === 'int' ? Number.isInteger(value) : typeof value === spec
  if ('int' in spec) return Number.isInteger(value) && Number(value) >= spec.int[0] && Number(value) <= spec.int[1]
  if ('number' in spec) return Number(value) >= spec.number[0] && Number(value) <= spec.number[1]
  if ('string' in spec)
    return typeof value === 'string' && Array.from(value).every((letter) => spec.string.includes(letter))
  if ('list' in spec) return Array.isArray(value) && value.every((item) => fits(item, spec.list))
  if ('tuple' in spec) return Array.isArray(value) && spec.tuple.every((each, index) => fits(value[index], each))
  if ('object' in spec) {
    const fields = typeof value === 'object' && value !== null ? value : {}
    return Object.entries(spec.object).every(([key, each]) => fits((fields as Record<string, unknown>)[key], each))
  }
  return 'oneOf' in spec ? spec.oneOf.includes(value as never) : spec.either.some((each) => fits(value, each))
}

const { spec: someSpec } = fc.letrec<{ spec: InputSpec }>((tie) => ({
  spec: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom<InputSpec>('number', 'int', 'boolean', 'string', { oneOf: [1, 'a', null] }, { string: 'ACGT' }),
    bounds.map((int): InputSpec => ({ int })),
    bounds.map((number): InputSpec => ({ number })),
    tie('spec').map((list): InputSpec => ({ list })),
    fc.array(tie('spec'), { maxLength: 3 }).map((tuple): InputSpec => ({ tuple })),
    fc.dictionary(fc.constantFrom('x', 'y', 'z'), tie('spec')).map((object): InputSpec => ({ object: { ...object } })),
    fc.array(tie('spec'), { minLength: 1, maxLength: 3 }).map((either): InputSpec => ({ either })),
  ),
}))

describe('drawing arguments', () => {
  it('draws what the spec says, the same for the same seed, and what text carries unchanged', () => {
    fc.assert(
      fc.property(fc.array(someSpec, { maxLength: 3 }), fc.string(), (specs, seed) => {
        const args = drawArgs(specs, rngFromText(seed), [0, 9])
        expect(args.every((value, index) => fits(value, specs[index] as InputSpec))).toBe(true)
        expect(drawArgs(specs, rngFromText(seed), [0, 9])).toEqual(args)
        expect(JSON.parse(JSON.stringify(args))).toStrictEqual(args)
        expect(specs.every((spec) => inputSpec.safeParse(spec).success)).toBe(true)
      }),
      { numRuns: 300 },
    )
  })

  it('keeps to lengths, its own before those that are asked for, and sorts where told', () => {
    const [free, own, sorted] = drawArgs(
      [{ list: 'int' }, { list: 'int', length: [3, 3] }, { list: 'int', sorted: true }],
      rngFromText('s'),
      [40, 40],
    ) as number[][]
    expect([free, own, sorted].map((list) => list?.length)).toEqual([40, 3, 40])
    expect(sorted).toEqual(sorted?.toSorted((a, b) => a - b))
  })
})

describe('comparing an answer with that of a reference', () => {
  it('tells the first place that differs, and nothing for the same data', () => {
    expect(differenceFrom([1, { x: 2 }], [1, { x: 2 }], 0)).toBeUndefined()
    expect(differenceFrom([1, { x: 2 }], [1, { x: 3 }], 0)).toBe('$[1].x is 3, not 2')
    expect(differenceFrom(1, 1 + 1e-12, 1e-9)).toBeUndefined()
    expect(differenceFrom(new Float64Array([1, 2]), [1, 2], 0)).toBeUndefined()
    expect(differenceFrom({ list: new Uint8Array([7]) }, { list: [7] }, 0)).toBeUndefined()
  })

  it.each([
    ['a map', new Map([[1, 2]])],
    ['nothing', undefined],
    ['NaN', [Number.NaN]],
    ['a function', () => 1],
    ['an object of a class', new Error('none')],
  ])('compares nothing with %s, which says the same as any other after its way out of a process', (_, expected) => {
    expect(() => differenceFrom(expected, {}, 0)).toThrow(/the reference does not return plain data/)
  })
})

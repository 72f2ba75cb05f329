import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { editDistance } from '../../evaluators/edit-distance-speed/edit-distance.ts'
import edits from '../../evaluators/edit-distance-speed.ts'
import sorting from '../../evaluators/sort-speed.ts'
import type { Evaluator } from '../../src/index.ts'
import type { Json } from '../../src/core/json.ts'
import { rngFromText } from '../../src/core/rng.ts'
import { stripTypes } from '../../src/evaluation/trusted/strip-types.ts'
import fc from '../seeded-properties.ts'

/** The entry of a program of the suite; it is not type-checked here, as it is nowhere else. */
async function entryOf(file: string, entry: string): Promise<unknown> {
  const stripped = stripTypes(readFileSync(new URL(`../../problems/${file}`, import.meta.url), 'utf8'))
  if (!stripped.ok) throw new Error(stripped.failure.message)
  const module = (await import(`data:text/javascript,${encodeURIComponent(stripped.code)}`)) as Record<string, unknown>
  return module[entry]
}

/** Scores what a function makes of the evaluator's own cases, with some answers more behind its own. */
async function verdictOf(evaluator: Evaluator, answer: (...args: never[]) => unknown, more: readonly unknown[] = []) {
  const results = evaluator.cases({ rng: rngFromText('s'), split: 'search' }).map(({ id, args }) => {
    const inputs = structuredClone(args[0]) as readonly (readonly never[])[]
    return {
      id,
      args,
      ok: true as const,
      ms: 1,
      value: [...inputs.map(([, ...input]) => answer(...input)), ...more] as Json,
    }
  })
  return evaluator.score({ cases: [results[0]!, ...results.slice(1)], program: { source: '' } })
}

const right = { objectives: {} }
const wrong = { kind: 'constraint-violated' }

describe('sort-speed', () => {
  const evaluator = sorting as unknown as Evaluator
  const plain = (values: number[]) => Array.from(Float64Array.from(values).sort())

  it('accepts the first program and the reference, and nothing that is sorted otherwise', async () => {
    for (const file of ['sort-speed.ts', 'reference/sort-speed.ts']) {
      const sort = (await entryOf(file, 'sort')) as (values: number[]) => Float64Array
      expect(await verdictOf(evaluator, (values: never) => Array.from(sort(values)))).toEqual(right)
    }
    expect(await verdictOf(evaluator, (values: never) => plain(values).reverse())).toMatchObject(wrong)
    expect(await verdictOf(evaluator, (values: number[]) => values.sort())).toMatchObject(wrong)
    expect(await verdictOf(evaluator, (values: never) => [...new Set(plain(values))])).toMatchObject(wrong)
    expect(await verdictOf(evaluator, (values: never) => plain(values).map(Math.fround))).toMatchObject(wrong)
    expect(await verdictOf(evaluator, (values: never) => plain(values).slice(1))).toMatchObject(wrong)
    expect(await verdictOf(evaluator, () => [])).toMatchObject(wrong)
    expect(await verdictOf(evaluator, plain as () => unknown, [[1]])).toMatchObject({
      message: expect.stringContaining('not one list for each') as string,
    })
  })

  it('the first program sorts any numbers as the built-in does', async () => {
    const sort = (await entryOf('sort-speed.ts', 'sort')) as (values: number[]) => Float64Array
    fc.assert(
      fc.property(fc.array(fc.double({ noNaN: true }), { maxLength: 80 }), (drawn) => {
        // The built-in sorts -0 before 0; which of the two comes first is nobody's business here.
        const values = drawn.map((value) => (Object.is(value, -0) ? 0 : value))
        expect(Array.from(sort([...values]))).toEqual(plain(values))
      }),
    )
  })

  it('times other inputs than it checks, large ones, and none with a negative zero', () => {
    const cases = evaluator.cases({ rng: rngFromText('t'), split: 'timing' })
    expect(cases.map(({ id }) => id)).toEqual(['uniform', 'magnitudes', 'few', 'nearly-sorted'])
    for (const { args } of cases) {
      const values = args[0] as number[]
      expect(values.length).toBeGreaterThanOrEqual(12_000)
      expect(values.some((value) => Object.is(value, -0) || !Number.isFinite(value))).toBe(false)
    }
  })
})

describe('edit-distance-speed', () => {
  const evaluator = edits as unknown as Evaluator

  it('accepts the first program and the reference, and no guess', async () => {
    for (const file of ['edit-distance-speed.ts', 'reference/edit-distance-speed.ts']) {
      const distance = (await entryOf(file, 'distance')) as (a: string, b: string) => number
      expect(await verdictOf(evaluator, (a: never, b: never) => distance(a, b))).toEqual(right)
    }
    expect(await verdictOf(evaluator, () => 0)).toMatchObject(wrong)
    expect(await verdictOf(evaluator, editDistance as () => unknown, [1])).toMatchObject({
      message: expect.stringContaining('not one distance for each') as string,
    })
    expect(await verdictOf(evaluator, (a: string, b: string) => Math.abs(a.length - b.length))).toMatchObject(wrong)
    expect(await verdictOf(evaluator, (a: string, b: string) => (a === b ? 0 : 9))).toMatchObject(wrong)
  })

  it('measures a distance: symmetric, zero for equals only, with the triangle inequality', () => {
    const word = fc.string({ maxLength: 12, unit: fc.constantFrom('a', 'b', 'c') })
    fc.assert(
      fc.property(word, word, word, (a, b, c) => {
        expect(editDistance(a, b)).toBe(editDistance(b, a))
        expect(editDistance(a, b) === 0).toBe(a === b)
        expect(editDistance(a, c)).toBeLessThanOrEqual(editDistance(a, b) + editDistance(b, c))
      }),
    )
    expect(editDistance('kitten', 'sitting')).toBe(3)
    expect(editDistance('intention', 'execution')).toBe(5)
  })

  it('the first program agrees with the definition on any texts', async () => {
    const distance = (await entryOf('edit-distance-speed.ts', 'distance')) as (a: string, b: string) => number
    fc.assert(
      fc.property(fc.string({ maxLength: 40 }), fc.string({ maxLength: 40 }), (a, b) => {
        expect(distance(a, b)).toBe(editDistance(a, b))
      }),
    )
  })
})

import { readdirSync, readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { CaseResult } from '../../src/core/evaluation.ts'
import type { Evaluating } from '../../src/compose/evaluating.ts'
import type { Json } from '../../src/core/json.ts'
import { openSuiteProblem, problemFiles, suiteProblem } from './problem-files.ts'

/** Published solutions of one problem, each with its value recomputed exactly or at 50 digits and more. */
interface Reference {
  /** Name of the problem's YAML file, without its ending. */
  readonly problem: string
  readonly source: string
  readonly constructions: Readonly<
    Record<
      string,
      {
        /** Of the first objective, after repair. */
        readonly value: number
        /** What the entry returns; by case id when there are several cases. */
        readonly output?: Json
        readonly outputs?: Readonly<Record<string, Json>>
      }
    >
  >
}

const folder = new URL('../fixtures/constructions/', import.meta.url)
const references = readdirSync(folder).map(
  (name) => JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as Reference,
)

/** Half a unit of the twelfth significant digit, relative to the smallest number with that many. */
const twelveDigits = 5e-13

it('every published solution belongs to a problem of the suite', () => {
  for (const { problem } of references) expect(problemFiles).toContain(`${problem}.yaml`)
})

describe.each(references)('the published solutions of $problem', ({ problem: name, constructions }) => {
  const problem = suiteProblem(`${name}.yaml`)
  let evaluating: Evaluating

  beforeAll(async () => {
    evaluating = await openSuiteProblem(problem)
  })

  afterAll(() => evaluating.close())

  it.each(Object.entries(constructions))('give %s its strict value', async (_, { value, output, outputs }) => {
    const results = evaluating.cases.map(({ id }): CaseResult => {
      const returned = outputs?.[id] ?? output
      if (returned === undefined) throw new Error(`the construction says nothing about case ${id}`)
      return { id, ok: true, value: returned, ms: 1 }
    })
    const scored = await evaluating.pool.score(results, problem.program.source)
    if (!scored.ok) throw new Error(scored.failure.message)
    const found = scored.scored.objectives[problem.objectives[0]!.name]!
    if (Number.isInteger(value)) expect(found).toBe(value)
    else expect(Math.abs(found / value - 1)).toBeLessThan(twelveDigits)
  })
})

import { describe, expect, it } from 'vitest'
import evaluator from '../../evaluators/symbolic-regression.ts'
import { readFormula } from '../../evaluators/symbolic-regression/formula.ts'
import { holdoutLaws, searchLaws } from '../../evaluators/symbolic-regression/laws.ts'
import { find } from '../../problems/symbolic-regression.ts'
import { rngFromText } from '../../src/core/rng.ts'
import { suiteProblem } from './problem-files.ts'

const seed = 'some seed'
const cases = evaluator.cases({ rng: rngFromText(seed), split: 'search' })
/** The two constants of each case's law, drawn as the evaluator draws them. */
const constants = cases.map(({ args }) => args)

type Rows = [number, number, number][]

async function score(formulaOf: (rows: Rows, index: number) => unknown) {
  const results = cases.map(({ id, args }, index) => {
    const formula = formulaOf(args[0] as unknown as Rows, index) as never
    return { id, args, ok: true as const, ms: 1, value: { formula } }
  })
  return evaluator.score({ cases: [results[0]!, ...results.slice(1)], program: { source: '' } })
}

const accuracy = async (formulaOf: (rows: Rows, index: number) => unknown): Promise<number> => {
  const verdict = await score(formulaOf)
  if (!('objectives' in verdict)) throw new Error(verdict.message)
  return verdict.objectives['accuracy']!
}

/** a and b of a law that is linear in them, from two of its rows. */
function solved(rows: Rows, id: string): [number, number] {
  const law = searchLaws.find((each) => each.id === id)!
  const [p, q] = [rows[0]!, rows[1]!]
  const at = ([x, y]: Rows[number], a: number, b: number) => law.at(x, y, a, b)
  const [p0, q0] = [at(p, 0, 0), at(q, 0, 0)]
  const [pa, pb, qa, qb] = [at(p, 1, 0) - p0, at(p, 0, 1) - p0, at(q, 1, 0) - q0, at(q, 0, 1) - q0]
  const [p1, q1] = [p[2] - p0, q[2] - q0]
  const determinant = pa * qb - pb * qa
  return [(p1 * qb - pb * q1) / determinant, (pa * q1 - p1 * qa) / determinant]
}

const written: Record<string, (a: number, b: number) => unknown> = {
  cubic: (a, b) => ['*', 'x', ['+', b, ['*', 'x', ['+', a, 'x']]]],
  saddle: (a, b) => ['+', ['*', a, ['*', 'x', 'y']], ['*', b, ['-', 'x', 'y']]],
  wave: (a, b) => ['+', ['*', a, ['sin', 'x']], ['*', b, ['*', 'y', 'y']]],
  growth: (a, b) => ['-', ['*', a, ['exp', ['/', 'x', 2]]], ['*', b, 'y']],
  quotient: (a, b) => ['/', ['+', ['*', a, 'x'], b], ['+', 3, 'y']],
}

describe('the known value', () => {
  it('is what the laws themselves are worth', async () => {
    const value = await accuracy((rows, index) => {
      const { id } = cases[index]!
      if (id === 'distance') {
        const [x, y, d] = rows[0]!
        return ['sqrt', ['+', d * d - x * x - y * y, ['+', ['*', 'x', 'x'], ['*', 'y', 'y']]]]
      }
      return written[id]!(...solved(rows, id))
    })
    expect(value).toBeCloseTo(suiteProblem('symbolic-regression.yaml').known[0]!.value, 6)
  })
})

describe('the trivial value', () => {
  it('is what the mean of the values that count would be worth', async () => {
    const value = await accuracy((_, index) => {
      const hidden = constants[index]![1] as unknown as Rows
      return hidden.reduce((sum, [, , each]) => sum + each, 0) / hidden.length
    })
    expect(value).toBeCloseTo(suiteProblem('symbolic-regression.yaml').trivial!.value, 6)
  })
})

describe('the first program', () => {
  it('finds the bilinear law and little else', async () => {
    const verdict = await score((rows) => find(rows).formula)
    const scores = 'scores' in verdict ? verdict.scores : {}
    expect(scores['saddle']).toBeGreaterThan(5)
    expect(scores['wave']).toBeLessThan(1)
  })
})

describe('the inputs', () => {
  it('show points inside of the square and count points outside of it', () => {
    for (const [rows, hidden] of constants as unknown as [Rows, Rows][]) {
      expect(rows.every(([x, y]) => Math.abs(x) <= 1 && Math.abs(y) <= 1)).toBe(true)
      expect(
        hidden.every(([x, y]) => (Math.abs(x) > 1 || Math.abs(y) > 1) && Math.abs(x) <= 2 && Math.abs(y) <= 2),
      ).toBe(true)
    }
  })

  it('keep other laws for the end', () => {
    const ids = evaluator.cases({ rng: rngFromText(seed), split: 'holdout' }).map(({ id }) => id)
    expect(ids).toEqual(holdoutLaws.map(({ id }) => id))
    expect(ids.some((id) => searchLaws.some((law) => law.id === id))).toBe(false)
  })

  it('hand the program the points of the square and nothing else', () => {
    const seen: unknown[] = []
    const call = (...args: unknown[]) => {
      seen.push(args)
      return { formula: 0 }
    }
    evaluator.drive!({ call: call, again: call }, ...cases[0]!.args)
    expect(seen).toEqual([[cases[0]!.args[0]]])
  })
})

describe('a formula', () => {
  it('is worth the worst there is where it is undefined', async () => {
    const values = ['log', ['-', 'x', 'x']]
    expect(await accuracy(() => values)).toBeCloseTo(-6 - 0.04, 9)
    expect(await accuracy(() => ['*', 1e10, 1e10])).toBeCloseTo(-6 - 0.03, 9)
  })

  const deep = Array.from({ length: 300 }).reduce((inner) => ['neg', inner], 'x')
  it.each([
    [deep, 'more than 200 nodes'],
    [['+', 'x'], 'takes two operands, not 1'],
    [['sin', 'x', 'y'], 'takes one operand, not 2'],
    [['constructor', 'x'], 'no operator constructor'],
    [['toString', 'x', 'y'], 'no operator toString'],
    [['eval', 'x'], 'no operator eval'],
    ['z', 'no variable z'],
    [1e11, 'larger than'],
    [[], 'must be the name of an operator'],
    [[1, 2], 'must be the name of an operator'],
    [true, 'neither a number'],
    [null, 'neither a number'],
    [{ x: 1 }, 'neither a number'],
  ])('that is none is refused: %j', async (formula, message) => {
    expect(await score(() => formula)).toMatchObject({
      kind: 'constraint-violated',
      message: expect.stringContaining(message) as string,
    })
  })

  it('has as many nodes as it has numbers, variables and operators', () => {
    expect(readFormula(['*', 'x', ['+', 1, ['sin', 'y']]], ['x', 'y'], 10)).toMatchObject({ size: 6 })
  })
})

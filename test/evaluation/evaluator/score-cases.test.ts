import { describe, expect, it } from 'vitest'
import { UserError } from '../../../src/core/errors.ts'
import type { CaseResult } from '../../../src/core/evaluation.ts'
import type { Json } from '../../../src/core/json.ts'
import type { EvaluatorDefinition } from '../../../src/evaluation/evaluator/define.ts'
import { scoreCases } from '../../../src/evaluation/evaluator/score-cases.ts'
import { defineEvaluator, invalid, z } from '../../../src/index.ts'

const output = z.object({ items: z.array(z.number()).length(2) })
type Score = EvaluatorDefinition<typeof output>['score']

const sum: Score = ({ cases }) => ({
  objectives: { total: cases.reduce((total, each) => total + (each.ok ? (each.value.items[0] ?? 0) : 0), 0) },
})

function scoring(score: Score, results: readonly CaseResult[]) {
  const cases = [
    { id: 'a', args: [1] },
    { id: 'b', args: [2] },
  ]
  const evaluator = defineEvaluator({ output, cases: () => cases, score })
  const evaluatorPath = '/home/user/evaluator.ts'
  return scoreCases({ evaluator, cases, objectives: ['total'], source: 'text', evaluatorPath }, results)
}

const returned = (id: string, value: unknown): CaseResult => ({ id, ok: true, value: value as Json, ms: 1 })
const good = returned('a', { items: [3, 4] })

async function mistake(score: unknown): Promise<string> {
  const error: unknown = await scoring(score as Score, [good]).catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(UserError)
  return (error as UserError).message
}

describe('a returned value', () => {
  it.each([
    ['NaN', { items: [1, Number.NaN] }, 'output.items[1]: NaN is not a finite number'],
    ['an infinity', { items: [-Infinity, 1] }, 'output.items[0]: -Infinity is not a finite number'],
    ['a hole', { items: [1, , 3] }, 'output.items[1]: missing item'],
    ['undefined', undefined, 'output: undefined is not plain data'],
    ['a class instance', { items: new Map() }, 'output.items: not a plain object'],
    ['a text for a number', { items: [1, '2'] }, 'output.items[1]: Invalid input: expected number, received string'],
    [
      'a wrong length',
      { items: [1] },
      'output.items: Too small: expected array to have exactly 2 items, got an array of 1',
    ],
  ])('that is %s is refused before the score', async (_, value, message) => {
    const never: Score = () => {
      throw new Error('score must not be called')
    }
    const outcome = await scoring(never, [returned('a', value)])
    expect(outcome).toEqual({ ok: false, failure: { kind: 'invalid-output', message } })
  })

  it('is refused with its case when there are several', async () => {
    const outcome = await scoring(sum, [good, returned('b', 7)])
    expect(!outcome.ok && outcome.failure.message).toMatch(/^case b: output: Invalid input/)
  })

  it('is refused when it hides NaN where the shape does not look', async () => {
    expect(await scoring(sum, [returned('a', { items: [1, 2], more: [Number.NaN] })])).toMatchObject({ ok: false })
  })

  it('is refused when it is nested without end', async () => {
    let value: unknown = 1
    for (let depth = 0; depth < 100_000; depth++) value = [value]
    const outcome = await scoring(sum, [returned('a', value)])
    expect(!outcome.ok && outcome.failure.message).toMatch(/nested deeper than 200 levels$/)
  })

  it('cannot pass inherited properties off as its own', async () => {
    const value = JSON.parse('{"__proto__": {"items": [1, 2]}}') as Json
    expect(await scoring(sum, [returned('a', value)])).toMatchObject({ ok: false, failure: { kind: 'invalid-output' } })
  })
})

describe('score', () => {
  it('sees arguments, values and failures in the order of the cases', async () => {
    const failure = { kind: 'threw', message: 'oh' } as const
    let seen: unknown
    const spy: Score = (request) => {
      seen = request.cases
      return invalid('seen')
    }
    await scoring(spy, [good, { id: 'b', ok: false, failure, ms: 2 }])
    expect(seen).toEqual([
      { id: 'a', args: [1], ok: true, value: { items: [3, 4] }, ms: 1 },
      { id: 'b', args: [2], ok: false, failure, ms: 2 },
    ])
  })

  it('may answer everything a score can hold, at once or later', async () => {
    const full = {
      objectives: { total: 1, second: 2 },
      feedback: 'well',
      artifacts: { raw: [1] },
      descriptors: { width: 3 },
      scores: { a: 4 },
    }
    expect(await scoring(() => full, [good])).toEqual({ ok: true, scored: full })
    expect(await scoring(() => Promise.resolve(full), [good])).toEqual({ ok: true, scored: full })
  })

  it('fills in what it leaves out', async () => {
    expect(await scoring(sum, [good])).toEqual({
      ok: true,
      scored: { objectives: { total: 3 }, descriptors: {}, scores: {}, feedback: undefined, artifacts: {} },
    })
  })

  it('may call the candidate invalid or hand on its failure', async () => {
    const failure = { kind: 'timed-out', message: 'slow', limitMs: 5 } as const
    expect(await scoring(() => invalid('circles overlap'), [good])).toEqual({
      ok: false,
      failure: { kind: 'constraint-violated', message: 'circles overlap' },
    })
    expect(await scoring(() => failure, [good])).toEqual({ ok: false, failure })
  })
})

describe('a mistake of the evaluator', () => {
  it.each([
    ['no objectives', {}, 'score() returned no objectives'],
    [
      'a missing objective',
      { objectives: { totl: 1 } },
      'the objective total that the problem declares is missing; score() returned totl',
    ],
    ['NaN', { objectives: { total: Number.NaN } }, 'objectives.total must be a finite number, got NaN'],
    ['a text', { objectives: { total: '1' } }, 'objectives.total must be a finite number, got string'],
    [
      'an infinite descriptor',
      { objectives: { total: 1 }, descriptors: { width: Infinity } },
      'descriptors.width must be a finite number',
    ],
    ['a score of no case', { objectives: { total: 1 }, scores: { c: 1 } }, 'scores.c belongs to no case'],
    [
      'an artifact that is no data',
      { objectives: { total: 1 }, artifacts: { f: () => 1 } },
      'artifacts.f: function is not plain data',
    ],
    ['feedback that is no text', { objectives: { total: 1 }, feedback: 1 }, 'feedback must be a text'],
    ['an unknown key', { objectives: { total: 1 }, artefacts: {} }, 'the unknown key artefacts'],
    ['nothing', undefined, 'score() returned undefined'],
    ['a bare number', 3, 'score() returned number'],
    ['an invented failure', { kind: 'failed', message: 'no' }, 'the unknown key kind'],
  ])('is named: %s', async (_, verdict, message) => {
    const told = await mistake(() => verdict)
    expect(told).toContain(message)
    expect(told).toMatch(/^[^\n]*\(evaluator\.ts\)$/)
  })

  it('is named when it throws, with the place', async () => {
    expect(
      await mistake(() => {
        throw new RangeError('two\nlines')
      }),
    ).toMatch(/^the evaluator threw RangeError: two lines \(score-cases\.test\.ts:\d+\)$/)
  })

  it('is named when it throws no error', async () => {
    const reason: unknown = 'text'
    const thrower = (): never => {
      throw reason
    }
    expect(await mistake(thrower)).toBe('the evaluator threw text (evaluator.ts)')
  })
})

describe('an evaluator of programs that are data', () => {
  it('reads the source and is given no cases', async () => {
    const evaluator = defineEvaluator({
      score: ({ program }) => ({ objectives: { total: program.source.length } }),
    })
    const setup = { evaluator, cases: [], objectives: ['total'], source: 'five!', evaluatorPath: '/e.ts' }
    expect(await scoreCases(setup, [])).toMatchObject({ ok: true, scored: { objectives: { total: 5 } } })
  })
})

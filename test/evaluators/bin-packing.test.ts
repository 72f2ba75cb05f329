import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import weibull from '../../evaluators/bin-packing-weibull.ts'
import vector from '../../evaluators/vector-bin-packing.ts'
import { leastMachines, twoResourceJobs } from '../../evaluators/bin-packing/instances.ts'
import type { Job } from '../../evaluators/bin-packing/instances.ts'
import { overfull } from '../../evaluators/bin-packing/outcome.ts'
import { priority as firstVector } from '../../problems/vector-bin-packing.ts'
import { priority as firstWeibull } from '../../problems/bin-packing-weibull.ts'
import type { Evaluating } from '../../src/compose/evaluating.ts'
import type { Case } from '../../src/core/evaluation.ts'
import type { Json } from '../../src/core/json.ts'
import { rngFromText } from '../../src/core/rng.ts'
import { scoreCases } from '../../src/evaluation/evaluator/score-cases.ts'
import { openSuiteProblem, suiteProblem } from './problem-files.ts'

type Rule = (...args: never[]) => number[]

/** Plays a rule in this process: the driver is the same as beside a candidate. */
async function score(evaluator: typeof weibull, rule: Rule, cases = searchCases(evaluator)) {
  const entry = rule as unknown as (...args: readonly Json[]) => Json
  const results = cases.map(({ id, args }) => {
    return { id, ok: true as const, value: evaluator.drive!({ call: entry, again: entry }, ...args), ms: 1 }
  })
  const setup = { evaluator, cases, objectives: ['excess'], evaluatorPath: 'evaluator.ts', source: '' }
  const outcome = await scoreCases(setup, results)
  return outcome.ok
    ? { ...outcome.scored, excess: outcome.scored.objectives['excess']!, message: '' }
    : { excess: Number.NaN, feedback: '', descriptors: {}, message: outcome.failure.message }
}

function searchCases(evaluator: typeof weibull): readonly Case[] {
  return evaluator.cases({ rng: rngFromText('unused'), split: 'search' })
}

/** The rule that FunSearch published for Weibull items, in its own terms. */
function funSearchRule(item: number, bins: number[]): number[] {
  const largest = Math.max(...bins)
  const scores = bins.map((bin) => {
    const score = (bin - largest) ** 2 / item + bin ** 2 / item ** 2 + bin ** 2 / item ** 3
    return bin > item ? -score : score
  })
  return scores.map((score, index) => score - (index === 0 ? 0 : scores[index - 1]!))
}

const dot = ([one, other]: Job, [left, right]: Job) => one * left + other * right

describe('published rules for Weibull items', () => {
  it.each<[string, Rule, number]>([
    ['first fit', (_: number, rooms: number[]) => rooms.map((_, index) => -index), 0.04545],
    ['best fit', (_: number, rooms: number[]) => rooms.map((room) => -room), 0.04196],
    ['the rule of FunSearch', funSearchRule, 0.00629],
  ])('need as many bins as published: %s', async (_, rule, excess) => {
    expect((await score(weibull, rule)).excess).toBeCloseTo(excess, 5)
  })
})

describe('published rules for jobs of two resources', () => {
  it.each<[string, Rule, number]>([
    ['first fit', (_: Job, rooms: Job[]) => rooms.map((_, index) => -index), 0.05211],
    ['best fit by the sum', (_: Job, rooms: Job[]) => rooms.map(([left, right]) => -left - right), 0.04864],
    [
      'dot product',
      (job: Job, rooms: Job[]) => rooms.map((room) => dot(job, room) / Math.sqrt(dot(room, room))),
      0.04318,
    ],
  ])('need as many machines as published: %s', async (_, rule, excess) => {
    expect((await score(vector, rule)).excess).toBeCloseTo(excess, 5)
  })

  it('are beaten by best fit decreasing, which knows all jobs', () => {
    const instances = Array.from({ length: 10 }, (_, index) => twoResourceJobs(index + 1, 1000))
    const least = instances.map(leastMachines).reduce((sum, each) => sum + each, 0)
    const used = instances.map((jobs) => bestFitDecreasing(jobs)).reduce((sum, each) => sum + each, 0)
    expect(least / 10).toBe(201.5)
    expect(used / least - 1).toBeCloseTo(0.03573, 5)
  })
})

function bestFitDecreasing(jobs: readonly Job[]): number {
  const rooms: [number, number][] = []
  for (const [one, other] of jobs.toSorted((left, right) => right[0] + right[1] - left[0] - left[1])) {
    const fitting = rooms.filter(([left, right]) => left >= one && right >= other)
    let room = fitting.reduce<[number, number] | undefined>(
      (best, each) => (best !== undefined && best[0] + best[1] <= each[0] + each[1] ? best : each),
      undefined,
    )
    if (room === undefined) rooms.push((room = [100, 100]))
    room[0] -= one
    room[1] -= other
  }
  return rooms.length
}

describe('instances', () => {
  it('are the published ones during the search', () => {
    const [, instances] = searchCases(weibull)[0]!.args as [number, number[][]]
    expect(instances.map((items) => items.length)).toEqual([5000, 5000, 5000, 5000, 5000])
    expect(Math.min(...instances.flat())).toBeGreaterThanOrEqual(1)
    expect(Math.max(...instances.flat())).toBeLessThanOrEqual(100)
    const [, jobs] = searchCases(vector)[0]!.args as [number, Job[][]]
    expect(jobs.map((each) => each.length)).toEqual(new Array(10).fill(1000))
  })

  it('are others at the end, from the run, of other sizes for jobs', () => {
    const holdout = (evaluator: typeof weibull, seed: string) =>
      evaluator.cases({ rng: rngFromText(seed), split: 'holdout' })
    for (const evaluator of [weibull, vector] as (typeof weibull)[]) {
      expect(holdout(evaluator, 'a')).toEqual(holdout(evaluator, 'a'))
      expect(holdout(evaluator, 'a')).not.toEqual(holdout(evaluator, 'b'))
      expect(holdout(evaluator, 'a')).not.toEqual(searchCases(evaluator))
    }
    const [, jobs] = holdout(vector, 'a')[0]!.args as [number, Job[][]]
    expect(jobs.map((each) => each.length)).toEqual([250, 250, 500, 500, 1000, 1000, 2000, 2000, 4000, 4000])
  })

  it('of the end are scored like those of the search', async () => {
    for (const [evaluator, rule] of [
      [weibull, firstWeibull],
      [vector, firstVector],
    ] as [typeof weibull, Rule][]) {
      const cases = evaluator.cases({ rng: rngFromText('holdout'), split: 'holdout' })
      const { excess } = await score(evaluator, rule, cases)
      expect(excess).toBeGreaterThan(0.01)
      expect(excess).toBeLessThan(0.1)
    }
  })
})

describe('a packing', () => {
  const sizes = [[60, 10], [40, 10], [1, 1]] // prettier-ignore

  it('is refused when a bin is overfull or an item is missing', () => {
    expect(overfull({ sizes, placed: [0, 0, 1], least: 1 })).toBeUndefined()
    expect(overfull({ sizes, placed: [0, 0, 0], least: 1 })).toBe('bin 0 is overfull with item 2')
    expect(overfull({ sizes, placed: [0, 0], least: 1 })).toBe('2 of 3 items were placed')
  })

  it('that is reported wrongly is refused, whatever the driver says of it', async () => {
    const cases = searchCases(weibull)
    const [, instances] = cases[0]!.args as [number, number[][]]
    const value = {
      problem: '',
      instances: instances.map((items) => ({ placed: items.map(() => 0), choices: 1, tightness: 1 })),
    }
    const setup = { evaluator: weibull, cases, objectives: ['excess'], evaluatorPath: 'x', source: '' }
    const outcome = await scoreCases(setup, [{ id: 'instances', ok: true, value, ms: 1 }])
    expect(outcome).toMatchObject({ ok: false, failure: { message: expect.stringContaining('overfull') as string } })
  })
})

describe('feedback and descriptors', () => {
  it('say where the room is lost and how a rule behaves', async () => {
    const weibullFirst = await score(weibull, firstWeibull)
    expect(weibullFirst.feedback).toMatch(
      /^\d+ bins where at least 10010 are needed\. .*\d+ % in bins with 5 to 9 left/,
    )
    expect(weibullFirst.descriptors).toMatchObject({ tightness: 1 })
    expect((await score(vector, firstVector)).feedback).toMatch(/^\d+ machines where at least 2015 are needed\. \d+ %/)
  })
})

describe.each([
  ['bin-packing-weibull', 'rooms.map((room) => -room)', 'rooms.map((room) => -room)'],
  ['vector-bin-packing', 'rooms.map(([a, b]) => -a - b)', 'rooms.map(([a, b]) => -a - b)'],
])('a candidate of %s that wants more than its arguments', (name, honestRanks) => {
  const problem = suiteProblem(`${name}.yaml`)
  let evaluating: Evaluating
  let honest: number

  const evaluate = async (body: string, outside = '') => {
    const code = `${outside}\nexport function priority(item, rooms) { ${body} }`
    const { pool, backend, cases } = evaluating
    const request = { code, entry: 'priority', cases, limits: problem.limits, seed: 's', driver: await pool.driver() }
    const report = await backend.run(request, new AbortController().signal)
    const [only] = report.cases
    if (only?.ok === false) return { value: Number.NaN, message: only.failure.message }
    const outcome = await pool.score(report.cases, '')
    return outcome.ok
      ? { value: outcome.scored.objectives['excess']!, message: '' }
      : { value: Number.NaN, message: outcome.failure.message }
  }

  beforeAll(async () => {
    evaluating = await openSuiteProblem(problem)
    honest = (await evaluate(`return ${honestRanks}`)).value
  })
  afterAll(() => evaluating.close())

  it('gets the value of its rule when it wants nothing more', () => {
    expect(honest).toBeCloseTo(name === 'vector-bin-packing' ? 0.04864 : 0.04196, 5)
  })

  it.each<[string, string, string?]>([
    ['counts its calls', 'calls++; return rooms.map((_, i) => (i === calls % rooms.length ? 1 : 0))', 'let calls = 0'],
    [
      'remembers the last size',
      'const ranks = rooms.map((_, i) => (i === (String(item) < String(last) ? 1 : 0) ? 1 : 0)); last = item; return ranks',
      'let last = 50',
    ],
    [
      'hides its memory on a global',
      'globalThis.n = (globalThis.n ?? 0) + 1; return rooms.map((_, i) => (n % 7 < 3 ? i : -i))',
    ],
    ['draws lots', 'return rooms.map(() => Math.random())'],
    [
      'changes its rule late',
      'calls++; return rooms.map((_, i) => (i === (calls > 4000 ? 1 : 0) ? 1 : 0))',
      'let calls = 0',
    ],
  ])('is refused when it %s', async (_, body, outside) => {
    expect((await evaluate(body, outside)).message).toMatch(/it must depend on its arguments alone/)
  })

  it('gains nothing by changing the rooms it is shown', async () => {
    const body = `const ranks = ${honestRanks}; rooms.fill(Array.isArray(item) ? [100, 100] : 100); rooms.length = 0; return ranks`
    expect(await evaluate(body)).toEqual({ value: honest, message: '' })
  })

  it('sees its two arguments only', async () => {
    const body = `if (arguments.length !== 2 || this !== undefined) throw new Error('more than two'); return ${honestRanks}`
    expect(await evaluate(body)).toEqual({ value: honest, message: '' })
  })

  it.each([
    ['one number too few', 'return rooms.slice(1).map(() => 0)', /did not return \d+ numbers/],
    ['texts', "return rooms.map(() => '1')", /did not return \d+ numbers/],
    ['one number', 'return 1', /did not return \d+ numbers/],
    ['NaN', 'return rooms.map(() => NaN)', /answer\[0\] is NaN/],
    ['a promise', 'return Promise.resolve(rooms.map(() => 0))', /must answer at once/],
    [
      'a list of the length that was asked for, but endless',
      'return { length: rooms.length, get 0() { for (;;); } }',
      /longer than|took longer|did not return/,
    ],
  ])('is refused when it returns %s', async (_, body, message) => {
    expect((await evaluate(body)).message).toMatch(message)
  })
})

it('a rule that always opens a new bin is given up early', async () => {
  const { message } = await score(weibull, (_: number, rooms: number[]) => rooms)
  expect(message).toMatch(/bins are open after item \d+ of instance 1, more than one and a half times/)
})

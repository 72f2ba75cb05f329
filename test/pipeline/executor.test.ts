import { describe, expect, test } from 'vitest'
import { EvaluatorFault, InfrastructureError } from '../../src/core/errors.ts'
import type { Json } from '../../src/core/json.ts'
import { runPipeline } from '../../src/pipeline/executor.ts'
import type { PipelineOutcome, StageCache } from '../../src/pipeline/executor.ts'
import type { EndedStage, Stage, StageOutcome, StageRun } from '../../src/pipeline/stage.ts'
import { manualClock } from '../fakes/manual-clock.ts'
import { noServices, pipelineOf } from './pipeline-of.ts'
import type { TestStage } from './pipeline-of.ts'

const ok = (output: Json) => () => Promise.resolve({ ok: true, output } as const)
const threw = { kind: 'threw', message: 'no' } as const
const fails = () => Promise.resolve({ ok: false, failure: threw } as const)
const size = (value: number) => ok({ objectives: { size: value } })

interface TripOptions {
  readonly finished?: readonly StageRun[]
  readonly cache?: StageCache
  readonly resources?: Readonly<Record<string, number>>
  readonly source?: string
  readonly clock?: ReturnType<typeof manualClock>
}

async function trip(stages: readonly TestStage[], options: TripOptions = {}) {
  const recorded: EndedStage[] = []
  const batches: string[][] = []
  const outcome = await runPipeline(
    { ordinal: 1, source: options.source ?? 'x' },
    {
      pipeline: pipelineOf(stages, options.resources),
      finished: options.finished ?? [],
      clock: options.clock ?? manualClock(),
      signal: new AbortController().signal,
      services: noServices,
      record: (runs) => {
        recorded.push(...runs)
        batches.push(runs.map(({ stage }) => stage))
      },
      cache: options.cache,
    },
  )
  return { outcome, recorded, batches, said: recorded.map(saidOf) }
}

function saidOf({ stage, outcome }: EndedStage): string {
  if (outcome.ok === 'skipped') return `${stage} skipped: ${outcome.reason}`
  return `${stage} ${outcome.ok ? 'ok' : outcome.failure.kind}${outcome.cached === true ? ' cached' : ''}`
}

function failureOf(outcome: PipelineOutcome): string {
  return outcome.ok ? 'none' : `${outcome.stage}: ${outcome.failure.kind}: ${outcome.failure.message}`
}

describe('order', () => {
  test('hands each stage the outputs it needs and records every one as it ends', async () => {
    const sum: Stage['run'] = (_, inputs) =>
      Promise.resolve({ ok: true, output: { total: Number(inputs['a']) + Number(inputs['b']) } })
    const { outcome, recorded } = await trip([
      { name: 'a', run: ok(1) },
      { name: 'b', needs: ['a'], run: ok(2) },
      { name: 'sum', needs: ['a', 'b'], run: sum },
    ])
    expect(outcome).toMatchObject({ ok: true, descriptors: { total: 3 }, outputs: { a: 1, b: 2 } })
    expect(recorded.map((run) => run.stage)).toEqual(['a', 'b', 'sum'])
  })

  test('runs stages side by side that do not wait for each other', async () => {
    const atWork = new Set<string>()
    let most = 0
    const busy = (name: string): TestStage => ({
      name,
      run: async () => {
        atWork.add(name)
        most = Math.max(most, atWork.size)
        await new Promise((resolve) => setImmediate(resolve))
        atWork.delete(name)
        return { ok: true, output: {} }
      },
    })
    await trip([busy('a'), busy('b'), busy('c'), { name: 'end', needs: ['a', 'b', 'c'], run: ok({}) }])
    expect(most).toBe(3)
  })

  test('never has more stages of a class at work than it has slots, over all candidates', async () => {
    let now = 0
    let most = 0
    const pipeline = pipelineOf(
      [
        {
          name: 'a',
          resource: 'license',
          run: async () => {
            most = Math.max(most, ++now)
            await new Promise((resolve) => setImmediate(resolve))
            now--
            return { ok: true, output: {} }
          },
        },
      ],
      { license: 2 },
    )
    const one = (ordinal: number) =>
      runPipeline(
        { ordinal, source: '' },
        {
          pipeline,
          finished: [],
          clock: manualClock(),
          signal: new AbortController().signal,
          services: noServices,
          record: () => undefined,
        },
      )
    const outcomes = await Promise.all([1, 2, 3, 4, 5, 6, 7].map(one))
    expect(outcomes.every(({ ok: fine }) => fine)).toBe(true)
    expect(most).toBe(2)
  })
})

describe('skips', () => {
  test('cascade from a failure and are recorded together with it', async () => {
    const { outcome, said, batches } = await trip([
      { name: 'a', run: fails },
      { name: 'b', needs: ['a'], run: ok(2) },
      { name: 'c', needs: ['b'], run: ok({}) },
    ])
    expect(failureOf(outcome)).toBe('a: threw: no')
    expect(said).toEqual(['a threw', 'b skipped: a failed', 'c skipped: b was skipped'])
    expect(batches).toEqual([['a', 'b', 'c']])
  })

  test('do not touch a stage that comes after a failure or after any end', async () => {
    const { outcome, said } = await trip([
      { name: 'a', run: fails },
      { name: 'rescue', after: { a: 'failure' }, run: ok(1) },
      { name: 'note', after: { a: 'always' }, run: ok(1) },
      { name: 'unneeded', after: { a: 'success' }, run: ok(1) },
      { name: 'end', needs: ['rescue'], run: ok({ way: 2 }) },
    ])
    expect(outcome).toMatchObject({ ok: true, descriptors: { way: 2 } })
    expect(said.toSorted()).toEqual(['a threw', 'end ok', 'note ok', 'rescue ok', 'unneeded skipped: a failed'])
  })

  test('of a stage that failed elsewhere do not fail a candidate that reaches the goal', async () => {
    const { outcome } = await trip([
      { name: 'a', run: ok(1) },
      { name: 'review', needs: ['a'], run: fails },
      { name: 'end', needs: ['a', 'review?'], run: (_, inputs) => ok({ n: Object.keys(inputs).length })() },
    ])
    expect(outcome).toMatchObject({ ok: true, descriptors: { n: 1 } })
  })

  test('a filter stops everything listed after it', async () => {
    const ran: string[] = []
    const noted =
      (name: string): Stage['run'] =>
      () => {
        ran.push(name)
        return Promise.resolve({ ok: true, output: {} })
      }
    const { outcome } = await trip([
      { name: 'first', run: noted('first') },
      { name: 'rules', filter: true, run: fails },
      { name: 'second', needs: ['first'], run: noted('second') },
      { name: 'end', needs: ['second'], run: noted('end') },
    ])
    expect(ran).toEqual(['first'])
    expect(failureOf(outcome)).toBe('rules: threw: no')
  })

  test('a condition that does not hold skips the stage and says which value decided', async () => {
    const stages = (value: number): readonly TestStage[] => [
      { name: 'quick', output: 'scored', run: size(value) },
      { name: 'full', when: 'size > 2.0', run: ok(1) },
      { name: 'end', needs: ['full'], run: ok({}) },
    ]
    const low = await trip(stages(1.5))
    expect(failureOf(low.outcome)).toBe('full: gated: full was skipped: size > 2.0 does not hold: size is 1.5')
    expect(low.said).toEqual([
      'quick ok',
      'full skipped: size > 2.0 does not hold: size is 1.5',
      'end skipped: full was skipped',
    ])
    expect((await trip(stages(2.5))).outcome.ok).toBe(true)
  })

  test('a condition on an objective that nobody gave does not hold', async () => {
    const { outcome, said } = await trip([
      { name: 'quick', output: 'scored', run: fails },
      { name: 'full', when: 'quick.size > 2.0', run: ok(1) },
      { name: 'end', needs: ['full'], run: ok({}) },
    ])
    expect(failureOf(outcome), 'the cause is told, not its consequence').toBe('quick: threw: no')
    expect(said).toContain('full skipped: quick.size has no value')
  })

  test('a stage may skip itself', async () => {
    const { outcome, said } = await trip([
      { name: 'review', run: () => Promise.resolve({ ok: 'skipped', reason: 'no model' }) },
      { name: 'end', needs: ['review?'], run: ok({}) },
    ])
    expect(outcome.ok).toBe(true)
    expect(said).toEqual(['review skipped: no model', 'end ok'])
  })
})

test('the score is what all scoring stages gave, later ones first', async () => {
  const { outcome } = await trip([
    { name: 'quick', output: 'scored', run: ok({ objectives: { size: 1, weight: 7 }, feedback: 'too small' }) },
    { name: 'full', output: 'scored', after: { quick: 'success' }, run: size(2) },
    { name: 'review', output: 'judged', after: { full: 'success' }, run: ok({ objectives: { clarity: 0.5 } }) },
    { name: 'end', needs: ['full'], after: { review: 'always' }, run: ok({}) },
  ])
  expect(outcome).toMatchObject({
    ok: true,
    scored: { objectives: { size: 2, weight: 7, clarity: 0.5 }, feedback: 'too small', artifacts: {} },
  })
})

describe('resume', () => {
  const done = (stage: string, outcome: StageRun['outcome'] = { ok: true, output: 5 }): StageRun => ({
    stage,
    version: 1,
    outcome,
    startedAt: 0,
    durationMs: 1,
  })

  test('does not run again what an earlier process finished, unless its output was not kept', async () => {
    const ran: string[] = []
    const noted = (name: string, keep: Stage['keep']): TestStage => ({
      name,
      keep,
      run: () => {
        ran.push(name)
        return Promise.resolve({ ok: true, output: 7 })
      },
    })
    const stages = [noted('kept', 'stored'), noted('cheap', 'recompute'), noted('new', 'stored')]
    const { outcome, recorded } = await trip(stages, { finished: [done('kept'), done('cheap')] })
    expect(ran).toEqual(['cheap', 'new'])
    expect(outcome).toMatchObject({ ok: true, outputs: { kept: 5, cheap: 7, new: 7 } })
    expect(recorded.map((run) => run.stage)).toEqual(['new'])
  })

  test('takes skips from before as they were and records none twice', async () => {
    const { outcome, recorded } = await trip(
      [
        { name: 'a', run: ok(1) },
        { name: 'b', needs: ['a'], run: ok(2) },
        { name: 'end', needs: ['b'], run: ok({}) },
      ],
      {
        finished: [done('a', { ok: false, failure: threw }), done('b', { ok: 'skipped', reason: 'a failed' })],
      },
    )
    expect(failureOf(outcome)).toBe('a: threw: no')
    expect(recorded.map(({ stage }) => stage)).toEqual(['end'])
  })

  test('runs a stage again when its version has changed', async () => {
    const { outcome } = await trip([{ name: 'a', version: 2, run: ok({ new: 1 }) }], { finished: [done('a')] })
    expect(outcome).toMatchObject({ ok: true, descriptors: { new: 1 } })
  })
})

describe('the cache', () => {
  const cacheOf = (known: Map<string, StageOutcome>): StageCache => ({
    hash: (text) => text,
    find: (key) => known.get(key),
  })
  const remember = (known: Map<string, StageOutcome>, recorded: readonly EndedStage[]): void => {
    for (const { key, outcome } of recorded) {
      if (key !== undefined && outcome.ok !== 'skipped') known.set(key, outcome)
    }
  }

  test('gives equal stages with equal inputs one computation, failures of the candidate included', async () => {
    const known = new Map<string, StageOutcome>()
    let count = 0
    const counted =
      (answer: Stage['run']): Stage['run'] =>
      (...args) => {
        count++
        return answer(...args)
      }
    const stages: readonly TestStage[] = [
      { name: 'a', identity: 'a', readsSource: true, run: counted((candidate) => ok(candidate.source.length)()) },
      { name: 'end', needs: ['a'], identity: 'end', run: counted(fails) },
    ]
    const first = await trip(stages, { cache: cacheOf(known), source: 'abc' })
    remember(known, first.recorded)
    const second = await trip(stages, { cache: cacheOf(known), source: 'abc' })
    expect(count).toBe(2)
    expect(second.said).toEqual(['a ok cached', 'end threw cached'])
    expect(failureOf(second.outcome)).toBe(failureOf(first.outcome))
    const other = await trip(stages, { cache: cacheOf(known), source: 'xyz' })
    expect(other.said, 'another source of the same length').toEqual(['a ok', 'end threw cached'])
  })

  test('knows neither stages without identity, nor those told to stay out of it, nor faults of ours', async () => {
    const fault = () => Promise.reject(new EvaluatorFault('it broke'))
    const { recorded } = await trip(
      [
        { name: 'timing', run: ok(1) },
        { name: 'told', identity: 'told', cache: false, run: ok(1) },
        { name: 'broken', identity: 'broken', run: fault },
        { name: 'end', identity: 'end', run: ok({}) },
      ],
      { cache: cacheOf(new Map()) },
    )
    const found = recorded.filter(({ key, shared }) => key !== undefined && shared)
    expect(found.map(({ stage }) => stage)).toEqual(['end'])
  })
})

describe('breakage', () => {
  test('of the machine is ours, not a failure of the candidate', async () => {
    await expect(trip([{ name: 'a', run: () => Promise.reject(new Error('disk')) }])).rejects.toThrow('disk')
  })

  test('that may pass is tried again as often as the stage allows, a failure of the candidate never', async () => {
    let tries = 0
    const stage = (failing: number, retries: number): TestStage => ({
      name: 'a',
      retries,
      run: () => (++tries <= failing ? Promise.reject(new InfrastructureError('no process')) : ok({})()),
    })
    const clock = manualClock()
    const patient = trip([stage(2, 2)], { clock })
    await clock.advance(1000)
    expect((await patient).outcome.ok).toBe(true)
    expect(tries).toBe(3)
    tries = 0
    const short = trip([stage(2, 1)], { clock }).catch((error: unknown) => error)
    await clock.advance(1000)
    expect(await short).toBeInstanceOf(InfrastructureError)
    let failures = 0
    const failing = () => (failures++, fails())
    await trip([{ name: 'a', retries: 5, run: failing }])
    expect(failures).toBe(1)
  })

  test('of the evaluator fails the stage as ours and hands its error on', async () => {
    const fault = new EvaluatorFault('it broke', { file: 'e.ts', line: 3 })
    const { outcome, said } = await trip([
      { name: 'a', retries: 3, run: () => Promise.reject(fault) },
      { name: 'end', needs: ['a'], run: ok({}) },
    ])
    expect(outcome).toMatchObject({ ok: false, stage: 'a', failure: { kind: 'evaluator-threw', message: 'it broke' } })
    expect(outcome.ok ? undefined : outcome.fault).toBe(fault)
    expect(said).toEqual(['a evaluator-threw', 'end skipped: a failed'])
  })

  test('waits until the stages beside it have come to rest', async () => {
    let rested = false
    const slow = async () => {
      await new Promise((resolve) => setImmediate(resolve))
      rested = true
      return { ok: true, output: {} } as const
    }
    const broken = trip([
      { name: 'slow', run: slow },
      { name: 'broken', run: () => Promise.reject(new Error('disk')) },
    ])
    await expect(broken).rejects.toThrow('disk')
    expect(rested).toBe(true)
  })
})

describe('a timeout', () => {
  const slow = (late: Stage['late'], resource?: string): TestStage => ({
    name: 'a',
    timeoutMs: 1000,
    late,
    ...(resource === undefined ? {} : { resource }),
    run: (_candidate, _inputs, { signal }) =>
      new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('called off')))),
  })

  test('ends the stage and blames the candidate', async () => {
    const clock = manualClock()
    const late = trip([slow('candidate')], { clock })
    await clock.advance(1000)
    const { outcome } = await late
    expect(outcome).toMatchObject({ ok: false, failure: { kind: 'timed-out', limitMs: 1000 } })
  })

  test('blames the evaluator where the candidate has no part in it', async () => {
    const clock = manualClock()
    const late = trip([slow('evaluator')], { clock })
    await clock.advance(1000)
    expect((await late).outcome).toMatchObject({ ok: false, failure: { kind: 'evaluator-threw' } })
  })

  test('of a stage that nobody is to blame for is a skip with its reason', async () => {
    const clock = manualClock()
    const late = trip(
      [
        { ...slow('nobody'), output: 'judged' },
        { name: 'b', run: ok({}) },
      ],
      { clock },
    )
    await clock.advance(1000)
    const { outcome, said } = await late
    expect(outcome.ok).toBe(true)
    expect(said).toEqual(['b ok', 'a skipped: stage a took longer than 1000 ms'])
  })

  test('skips a stage that nobody is to blame for, and lets everything pass where that is a filter', async () => {
    for (const [filter, said] of [
      [false, ['a skipped: stage a took longer than 1000 ms', 'end ok']],
      [true, ['a ok', 'end ok']],
    ] as const) {
      const clock = manualClock()
      const end: TestStage = { name: 'end', run: () => Promise.resolve({ ok: true, output: {} }) }
      const late = trip([{ ...slow('nobody'), filter }, end], { clock })
      await clock.advance(1000)
      expect((await late).outcome.ok).toBe(true)
      expect([...(await late).said].sort()).toEqual(said)
    }
  })
})

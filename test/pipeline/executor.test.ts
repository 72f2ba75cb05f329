import { expect, test } from 'vitest'
import { UserErrors } from '../../src/core/errors.ts'
import { runPipeline } from '../../src/pipeline/executor.ts'
import { stageOrder } from '../../src/pipeline/graph.ts'
import type { Stage, StageRun } from '../../src/pipeline/stage.ts'
import { manualClock } from '../fakes/manual-clock.ts'

function stage(name: string, needs: string[], run: Stage['run'], keep: Stage['keep'] = 'stored'): Stage {
  return { name, version: 1, needs, keep, run }
}
const ok = (output: number) => () => Promise.resolve({ ok: true, output } as const)

async function trip(stages: readonly Stage[], finished: readonly StageRun[] = []) {
  const recorded: StageRun[] = []
  const outcome = await runPipeline(
    { ordinal: 1, source: 'x' },
    {
      stages: stageOrder(stages),
      finished,
      clock: manualClock(),
      signal: new AbortController().signal,
      record: (run) => recorded.push(run),
    },
  )
  return { outcome, recorded }
}

test('hands each stage the outputs it needs and records every one as it ends', async () => {
  const sum = stage('sum', ['a', 'b'], (_, inputs) =>
    Promise.resolve({ ok: true, output: Number(inputs['a']) + Number(inputs['b']) }),
  )
  const { outcome, recorded } = await trip([sum, stage('a', [], ok(1)), stage('b', ['a'], ok(2))])
  expect(outcome).toEqual({ ok: true, outputs: { a: 1, b: 2, sum: 3 } })
  expect(recorded.map((run) => run.stage)).toEqual(['a', 'b', 'sum'])
})

test('stops at the first failure and says whose it was', async () => {
  const failure = { kind: 'threw', message: 'no' } as const
  const { outcome, recorded } = await trip([
    stage('a', [], () => Promise.resolve({ ok: false, failure })),
    stage('b', ['a'], ok(2)),
  ])
  expect(outcome).toEqual({ ok: false, stage: 'a', failure })
  expect(recorded).toHaveLength(1)
})

test('does not run again what an earlier process finished, unless its output was not kept', async () => {
  const ran: string[] = []
  const noted = (name: string, keep: Stage['keep']) =>
    stage(
      name,
      [],
      () => {
        ran.push(name)
        return Promise.resolve({ ok: true, output: 7 })
      },
      keep,
    )
  const done = (name: string): StageRun => ({
    stage: name,
    version: 1,
    outcome: { ok: true, output: 5 },
    startedAt: 0,
    durationMs: 1,
  })
  const stages = [noted('kept', 'stored'), noted('cheap', 'recompute'), noted('new', 'stored')]
  const { outcome, recorded } = await trip(stages, [done('kept'), done('cheap')])
  expect(ran).toEqual(['cheap', 'new'])
  expect(outcome).toEqual({ ok: true, outputs: { kept: 5, cheap: 7, new: 7 } })
  expect(recorded.map((run) => run.stage)).toEqual(['new'])
})

test('runs a stage again when its version has changed', async () => {
  const earlier: StageRun = { stage: 'a', version: 0, outcome: { ok: true, output: 5 }, startedAt: 0, durationMs: 1 }
  expect((await trip([stage('a', [], ok(6))], [earlier])).outcome).toEqual({ ok: true, outputs: { a: 6 } })
})

test('a stage that breaks is our breakage, not a failure of the candidate', async () => {
  await expect(trip([stage('a', [], () => Promise.reject(new Error('disk')))])).rejects.toThrow('disk')
})

test('names unknown needs, doubled stages and cycles together', () => {
  const broken = [
    stage('a', ['b'], ok(1)),
    stage('b', ['a'], ok(1)),
    stage('c', ['nowhere'], ok(1)),
    stage('d', [], ok(1)),
    stage('d', [], ok(1)),
  ]
  let thrown: unknown
  try {
    stageOrder(broken)
  } catch (error) {
    thrown = error
  }
  expect(thrown).toBeInstanceOf(UserErrors)
  expect((thrown as UserErrors).errors.map((error) => error.message).sort()).toEqual([
    'stage c needs nowhere, which does not exist',
    'stage d is declared twice: rename one',
    'stages a, b need each other in a cycle',
  ])
})

import { expect, test } from 'vitest'
import { promote } from '../../src/stages/promote.ts'
import { rung } from '../../src/stages/rung.ts'
import type { RunRequest } from '../../src/evaluation/backend.ts'
import { contextWith, opened, setupWith } from './opened.ts'

const cases = ['a', 'b', 'c', 'd'].map((id) => ({ id, args: [id] }))
const program = { code: 'x', descriptors: {} }

/** A backend that counts what it is asked to run; the case `d` fails. */
function counting() {
  const asked: string[][] = []
  const run = ({ cases: given }: RunRequest) => {
    asked.push(given.map(({ id }) => id))
    const results = given.map(({ id }) =>
      id === 'd'
        ? ({ id, ok: false, failure: { kind: 'threw', message: 'no' }, ms: 1 } as const)
        : ({ id, ok: true, value: id, ms: 1 } as const),
    )
    return Promise.resolve({ cases: results, console: given.map(({ id }) => id).join('') })
  }
  return { asked, setup: setupWith({ cases, backend: { name: 'counting', run } }) }
}

test('runs what the rung before has not run, and gives the results of both in the order of the evaluator', async () => {
  const { asked, setup } = counting()
  const run = (options: { cases: unknown }, results?: unknown) =>
    opened(rung, setup, options).run(
      { ordinal: 1, source: '' },
      { program, ...(results === undefined ? {} : { results }) } as never,
      contextWith(),
    )
  const first = await run({ cases: ['c', 'b'] })
  expect(first).toMatchObject({ ok: true, output: { cases: [{ id: 'b' }, { id: 'c' }], console: 'bc' } })
  const second = await run({ cases: 'all' }, first.ok === true ? first.output : undefined)
  expect(asked).toEqual([
    ['b', 'c'],
    ['a', 'd'],
  ])
  expect(second).toMatchObject({
    output: { cases: [{ id: 'a' }, { id: 'b' }, { id: 'c' }, { id: 'd', ok: false }], console: 'bcad' },
  })
  await run({ cases: 2 })
  expect(asked.at(-1)).toEqual(['a', 'b'])
  // Nothing is left to run, so no process is started.
  await run({ cases: 2 }, first.ok === true ? { ...(second as { output: object }).output } : undefined)
  expect(asked).toHaveLength(3)
})

test('fails only a candidate all of whose cases fail', async () => {
  const { setup } = counting()
  const run = (options: { cases: unknown }) =>
    opened(rung, setup, options).run({ ordinal: 1, source: '' }, { program }, contextWith())
  expect(await run({ cases: ['d'] })).toEqual({ ok: false, failure: { kind: 'threw', message: 'no' } })
  expect(await run({ cases: ['c', 'd'] })).toMatchObject({ ok: true })
})

test('asks only for cases that there are', () => {
  const { setup } = counting()
  expect(() => opened(rung, setup, { cases: 5 })).toThrow(
    'asks for 5 cases and the evaluator gives 4 cases: ask for fewer, or for all',
  )
  expect(() => opened(rung, setupWith(), { cases: 2 })).toThrow('the evaluator gives only 1 case')
  expect(() => opened(rung, setup, { cases: ['a', 'x'] })).toThrow(
    'asks for the case x, which the evaluator does not ask for; it asks for a, b, c, d',
  )
})

test('promote judges the fitness on the rung before by its standing, and says why somebody stays', async () => {
  const stage = opened(promote, setupWith(), { top: 0.25 })
  const asked: unknown[] = []
  const scored = { objectives: { size: 7 }, descriptors: {}, scores: {}, artifacts: {} }
  const run = (ahead: number, of: number) =>
    stage.run(
      { ordinal: 3, source: '' },
      { scored },
      contextWith({
        stand: (...entry) => {
          asked.push(entry)
          return Promise.resolve({ ahead, of })
        },
      }),
    )
  expect(await run(1, 8)).toEqual({ ok: true, output: null })
  const message = 'not promoted by promote: 2 of 8 stand before it, and 2 may go on (top 0.25)'
  expect(await run(2, 8)).toEqual({ ok: false, failure: { kind: 'gated', message } })
  expect(asked[0]).toEqual(['promote', 3, 7, { top: 0.25, window: undefined }])
})

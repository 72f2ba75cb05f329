import { expect, test } from 'vitest'
import { repeat } from '../../src/stages/repeat.ts'
import { contextWith, opened, setupWith } from './opened.ts'

/** Runs a candidate whose n-th repetition has the n-th value, and tells how many there were. */
async function repeated(values: readonly number[], options: Record<string, unknown>) {
  const seeds: string[] = []
  const setup = setupWith({
    backend: {
      name: 'fake',
      run: ({ seed }) => {
        seeds.push(seed)
        return Promise.resolve({
          cases: [{ id: 'one', ok: true, value: values[seeds.length - 1] ?? 0, ms: 1 }],
          console: '',
        })
      },
    },
    pool: {
      inputs: () => Promise.reject(new Error('no test asked for this')),
      strip: () => Promise.reject(new Error('no test asked for this')),
      fingerprint: () => Promise.reject(new Error('no test asked for this')),
      parse: () => Promise.reject(new Error('nothing is parsed here')),
      score: ([only]) => {
        const value = only?.ok === true ? Number(only.value) : Number.NaN
        return Promise.resolve(
          value < 0
            ? { ok: false, failure: { kind: 'constraint-violated', message: 'below 0' } }
            : {
                ok: true,
                scored: {
                  objectives: { size: value },
                  descriptors: {},
                  scores: {},
                  feedback: undefined,
                  artifacts: {},
                },
              },
        )
      },
    },
  })
  const outcome = await opened(repeat, setup, { times: 5, precision: 0.01, ...options }).run(
    { ordinal: 1, source: '' },
    { program: { code: '', descriptors: {} } },
    contextWith(),
  )
  return { outcome, seeds }
}

test('takes the mean over as many seeds as it was told, each of its own', async () => {
  const { outcome, seeds } = await repeated([1, 2, 3, 4, 5], {})
  expect(outcome).toMatchObject({ ok: true, output: { objectives: { size: 3 }, artifacts: { repeats: 5 } } })
  expect(new Set(seeds).size).toBe(5)
})

test('stops when the mean is known precisely enough', async () => {
  expect((await repeated([2, 2, 2, 9, 9], {})).seeds).toHaveLength(3)
})

test('stops when a condition is clear either way, and goes on while it is not', async () => {
  expect((await repeated([10, 11, 12, 10, 11], { clear: 'size > 2' })).seeds).toHaveLength(3)
  expect((await repeated([1, 1.1, 1.2, 1, 1], { clear: 'size > 9' })).seeds).toHaveLength(3)
  expect((await repeated([1, 2, 3, 1, 3], { clear: 'size > 2' })).seeds).toHaveLength(5)
})

test('a candidate that fails once fails', async () => {
  const { outcome, seeds } = await repeated([1, -1, 1], {})
  expect(outcome).toMatchObject({ ok: false, failure: { kind: 'constraint-violated' } })
  expect(seeds).toHaveLength(2)
})

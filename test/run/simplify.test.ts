import { expect, test } from 'vitest'
import type { Measure } from '../../src/core/objective.ts'
import { isNotWorse, simplifyProgram } from '../../src/run/simplify.ts'
import type { SimplifyParts } from '../../src/run/simplify.ts'
import { createSqliteRun } from '../../src/store/sqlite/run-store.ts'
import type { SqliteRunStore } from '../../src/store/sqlite/owned-run.ts'
import { manualClock } from '../fakes/manual-clock.ts'
import { noServices, pipelineOf } from '../pipeline/pipeline-of.ts'
import { budget, child, evaluation, identity, placement, selected, start } from '../store/run-values.ts'
import { temporaryFolders } from '../store/sqlite/run-folder.ts'
import { problemWith } from './parts.ts'

const newFolder = temporaryFolders()

const source = `// EVOLVE-BLOCK-START
// a remark
export function f(n) {
  let sum = 0
${Array.from({ length: 12 }, (_, index) => `  sum += n * ${String(index)}\n`).join('')}  return sum
}
// EVOLVE-BLOCK-END
`
const shortest = `// EVOLVE-BLOCK-START
export function f(n) {
  let sum = 0
  sum += n * 4
  sum += n * 9
  return sum
}
// EVOLVE-BLOCK-END
`

/** Worth the needed lines that are there; without the last line nothing works. */
function worth(text: string): number | undefined {
  if (!text.includes('return sum')) return undefined
  return [4, 9].filter((needed) => text.includes(`sum += n * ${String(needed)}\n`)).length
}

function storeWithProgram(noise = 0): SqliteRunStore {
  const store = createSqliteRun(newFolder(), identity, budget)
  store.select(selected(0), start)
  store.patch(0, { ...child, source })
  store.beginEvaluation(0)
  store.place(0, evaluation(2), [placement(0, 2)], start)
  store.setMeasures([{ name: 'sum_radii', direction: 'maximize', noise, repeats: 3 }])
  return store
}

function partsOver(store: SqliteRunStore, changes: Partial<SimplifyParts> = {}) {
  const seen: string[] = []
  const pipeline = pipelineOf([
    {
      name: 'score',
      output: 'scored',
      run: async ({ source: text }) => {
        seen.push(text)
        await new Promise<void>((resolve) => setImmediate(resolve))
        const value = worth(text)
        return value === undefined
          ? { ok: false, failure: { kind: 'threw', message: 'no' } }
          : { ok: true, output: { objectives: { sum_radii: value }, descriptors: {}, scores: {}, artifacts: {} } }
      },
    },
    { name: 'describe', needs: ['score'], run: () => Promise.resolve({ ok: true, output: {} }) },
  ])
  const parts: SimplifyParts = {
    problem: problemWith({}, 1),
    ...{ store, ordinal: 0, key: 'key', most: 500, pipeline, services: noServices },
    cache: { hash: (text) => text, find: () => undefined },
    clock: manualClock(),
    signal: new AbortController().signal,
    progress: () => undefined,
    ...changes,
  }
  return { parts, seen }
}

test('leaves what the score needs, and says what was tried', async () => {
  const store = storeWithProgram()
  const { parts, seen } = partsOver(store)
  const done = await simplifyProgram(parts)
  expect(done.after.source).toBe(shortest)
  expect(done).toMatchObject({ ordinal: 0, ended: 'minimal', after: { objectives: { sum_radii: 2 } } })
  expect(done.attempts).toBe(seen.length - 1)
  expect(store.simplifying.attempts(1).map((attempt) => attempt.source)).toEqual(seen)
  store.close()
})

test('finds the same after the same attempts when several are evaluated side by side', async () => {
  const alone = storeWithProgram()
  const together = storeWithProgram()
  const one = await simplifyProgram(partsOver(alone).parts)
  const many = await simplifyProgram(partsOver(together, { problem: problemWith({}, 6) }).parts)
  expect(many).toEqual(one)
  alone.close()
  together.close()
})

test('goes on after an interruption as if there had been none, and evaluates nothing twice', async () => {
  const whole = storeWithProgram()
  const uninterrupted = await simplifyProgram(partsOver(whole).parts)
  const store = storeWithProgram()
  const stop = new AbortController()
  const begun = partsOver(store, {
    signal: stop.signal,
    progress: ({ attempts }) => {
      if (attempts === 5) stop.abort()
    },
  })
  const interrupted = await simplifyProgram(begun.parts)
  expect(interrupted).toMatchObject({ attempts: 5, ended: undefined })
  const bounded = await simplifyProgram(partsOver(store, { most: 9 }).parts)
  expect(bounded).toMatchObject({ attempts: 9, ended: 'candidates' })
  const { parts, seen } = partsOver(store)
  expect(await simplifyProgram(parts)).toEqual(uninterrupted)
  const evaluated = store.simplifying.attempts(1).map((attempt) => attempt.source)
  expect(new Set(evaluated).size).toBe(evaluated.length)
  expect(seen.length).toBeLessThan(evaluated.length)
  whole.close()
  store.close()
})

test('lets a score fall by the noise of its measure and no further', async () => {
  const store = storeWithProgram(1)
  const done = await simplifyProgram(partsOver(store).parts)
  expect(done.after.objectives).toEqual({ sum_radii: 1 })
  expect(done.after.source).toContain('sum += n * ')
  store.close()
})

test('not worse: no objective by more than its noise, each in its own direction', () => {
  const measures: readonly Measure[] = [
    { name: 'score', direction: 'maximize', noise: 0, repeats: 3 },
    { name: 'seconds', direction: 'minimize', noise: 0.5, repeats: 3 },
  ]
  const before = { score: 3, seconds: 2 }
  const verdicts = [
    { score: 3, seconds: 2 },
    { score: 4, seconds: 2.5 },
    { score: 3, seconds: 2.51 },
    { score: 2.9999999999, seconds: 1 },
    { score: 3 },
  ].map((after) => isNotWorse(measures, before, after))
  expect(verdicts).toEqual([true, true, false, false, false])
})

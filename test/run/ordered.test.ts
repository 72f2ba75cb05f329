import { expect, test } from 'vitest'
import { createBudgetMeter } from '../../src/run/budget.ts'
import { startRun } from '../../src/run/controller.ts'
import { placeFirstProgram } from '../../src/run/first-program.ts'
import type { RunParts } from '../../src/run/parts.ts'
import { byOrdinal, recorded } from '../../src/run/schedule.ts'
import type { Schedule } from '../../src/run/schedule.ts'
import { memoryDisk, MemoryStore } from '../fakes/memory-store.ts'
import { identity, partsOver, problemWith } from './parts.ts'
import fc from '../seeded-properties.ts'

/** A candidate takes as many turns of the event loop as `speed` says, so that any one may finish first. */
function running(
  store: MemoryStore,
  concurrency: number,
  schedule: Schedule | undefined,
  speed: (n: number) => number,
) {
  const problem = problemWith({ candidates: store.budget().candidates }, concurrency)
  const { parts } = partsOver(store, problem)
  const vary: RunParts['vary'] = async (operator, request) => {
    for (let turn = speed(Number(request.seed.split('/').at(-1))); turn > 0; turn--) {
      await new Promise<void>((resolve) => setImmediate(resolve))
    }
    return parts.vary(operator, request)
  }
  return { ...parts, vary, schedule }
}

async function carryOut(candidates: number, concurrency: number, schedule: Schedule | undefined, seed: number) {
  const store = new MemoryStore(memoryDisk(identity, problemWith({ candidates }).budget))
  const parts = running(store, concurrency, schedule, (n) => (n * seed) % 11)
  store.openSession(0)
  await placeFirstProgram(parts)
  await startRun(parts, createBudgetMeter(store, parts.clock), []).ended
  return store
}

const history = (store: MemoryStore) => ({
  placements: [...store.placements()],
  lineage: [...store.lineage()],
  schedule: [...store.schedule()],
})

test('by ordinal: the same run at any concurrency up to the lag, whatever finishes first', async () => {
  const alone = history(await carryOut(120, 1, byOrdinal(16), 1))
  expect(alone.placements.length).toBeGreaterThan(20)
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 16 }), fc.integer({ min: 1, max: 1000 }), async (concurrency, seed) => {
      expect(history(await carryOut(120, concurrency, byOrdinal(16), seed))).toEqual(alone)
    }),
    { numRuns: 12 },
  )
})

test('by ordinal: candidate k sees exactly the commits up to k minus the lag', async () => {
  const schedule = [...(await carryOut(60, 8, byOrdinal(10), 3)).schedule()]
  expect(schedule.map(({ ordinal, seen }) => ordinal - seen)).toEqual(
    schedule.map(({ ordinal }) => Math.min(ordinal, 10)),
  )
  expect(schedule.every(({ ordinal, finished }) => finished === ordinal)).toBe(true)
})

test('a run whose candidates were committed as they finished is carried out again from its recorded schedule', async () => {
  const first = await carryOut(120, 7, undefined, 5)
  const order = [...first.schedule()]
  expect(order.some(({ ordinal, finished }) => finished !== ordinal)).toBe(true)
  for (const concurrency of [1, 3, 20]) {
    expect(history(await carryOut(120, concurrency, recorded(order), 8))).toEqual(history(first))
  }
})

test('an interrupted run leaves what waits for its turn, and its resume is the run that nobody interrupted', async () => {
  const whole = history(await carryOut(80, 4, byOrdinal(12), 3))
  const store = new MemoryStore(memoryDisk(identity, problemWith({ candidates: 80 }).budget))
  store.openSession(0)
  const parts = running(store, 4, byOrdinal(12), (n) => (n * 3) % 11)
  await placeFirstProgram(parts)
  const interrupted = startRun(parts, createBudgetMeter(store, parts.clock), [])
  while (store.totals().finished < 30) await new Promise<void>((resolve) => setImmediate(resolve))
  interrupted.drain()
  expect(await interrupted.ended).toMatchObject({ interrupted: true })
  expect(store.unfinished().length).toBeGreaterThan(0)

  const resumed = running(store, 9, byOrdinal(12), (n) => (n * 7) % 11)
  await startRun(resumed, createBudgetMeter(store, resumed.clock), store.unfinished()).ended
  expect(history(store)).toEqual(whole)
})

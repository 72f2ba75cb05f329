import { expect, test } from 'vitest'
import { createBudgetMeter } from '../../src/run/budget.ts'
import { startRun } from '../../src/run/controller.ts'
import { placeFirstProgram } from '../../src/run/first-program.ts'
import type { RunParts } from '../../src/run/parts.ts'
import { hintsFor, settingsOf, steeredOf, steeringEvent, steeringEveryMs } from '../../src/run/steering.ts'
import type { Order } from '../../src/run/steering.ts'
import { manualClock } from '../fakes/manual-clock.ts'
import { memoryDisk, MemoryStore } from '../fakes/memory-store.ts'
import { identity, partsOver, problemWith } from './parts.ts'

/** A run whose children wait for a turn of the clock, and a box that orders are put into. */
async function begin(candidates: number, concurrency: number, changes: Partial<RunParts> = {}) {
  const problem = problemWith({ candidates }, concurrency)
  const store = new MemoryStore(memoryDisk(identity, problem.budget))
  const clock = manualClock()
  const box: Order[] = []
  const stopFile: string[] = []
  let inFlight = 0
  const most: number[] = []
  const made = partsOver(store, problem, {
    clock,
    steering: { orders: { take: () => box.splice(0), stopFile: () => stopFile[0] }, log: [] },
    vary: async (_, { parent }) => {
      most.push(++inFlight)
      await clock.sleep(100)
      inFlight--
      return { ok: true, source: parent.source, traits: {}, change: { summary: 'same' } }
    },
    ...changes,
  })
  store.openSession(0)
  await placeFirstProgram(made.parts)
  const running = startRun(made.parts, createBudgetMeter(store, clock), [])
  return { ...made, store, clock, box, stopFile, most, running }
}

const settle = () => new Promise((resolve) => setTimeout(resolve, 0))

async function advance(clock: ReturnType<typeof manualClock>, ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 50) {
    await clock.advance(50)
    await settle()
  }
}

test('a stop order ends the run after what is in flight, as stopped, with rule and reason', async () => {
  const { store, clock, box, running } = await begin(10_000, 2)
  await advance(clock, 500)
  box.push({ id: 'a', kind: 'stop' })
  await advance(clock, steeringEveryMs + 150)
  expect(await running.ended).toMatchObject({ rule: 'stop', reason: 'stopped by evolve stop', interrupted: true })
  expect(store.unfinished()).toEqual([])
  expect(store.totals().selected).toBeLessThan(100)
})

test('the concurrency is raised and lowered while the run works', async () => {
  const { clock, box, most, running, store } = await begin(400, 2)
  await advance(clock, 300)
  expect(Math.max(...most)).toBe(2)
  box.push({ id: 'a', kind: 'set', settings: { concurrency: 16 } })
  await advance(clock, steeringEveryMs + 300)
  expect(Math.max(...most)).toBe(16)
  box.push({ id: 'b', kind: 'set', settings: { concurrency: 3 } })
  await advance(clock, steeringEveryMs + 300)
  const from = most.length
  await advance(clock, 1000)
  expect(most.length).toBeGreaterThan(from)
  expect(Math.max(...most.slice(from))).toBe(3)
  box.push({ id: 'c', kind: 'set', settings: { candidates: store.totals().selected } })
  await advance(clock, steeringEveryMs + 300)
  expect(await running.ended).toMatchObject({ rule: 'candidates', interrupted: false })
})

test('an order is an event that says from which candidate on it holds, and the stored budget follows', async () => {
  const { store, clock, box, running } = await begin(30, 2)
  await advance(clock, 300)
  box.push({ id: 'a', kind: 'set', settings: { candidates: 20, target: 1000 } }, { id: 'b', kind: 'hint', text: 'odd' })
  await advance(clock, 5000)
  expect(await running.ended).toMatchObject({ reason: '20 candidates are done' })
  expect(store.budget().candidates).toBe(20)
  const steered = steeredOf(store.events(steeringEvent))
  expect(steered.map(({ order }) => order)).toEqual([
    { id: 'a', kind: 'set', settings: { candidates: 20, target: 1000 } },
    { id: 'b', kind: 'hint', text: 'odd' },
  ])
  expect(settingsOf(steered)).toEqual({ candidates: 20, target: 1000 })
  const after = steered[1]?.after ?? 0
  expect(after).toBeGreaterThan(0)
  expect([hintsFor(steered, after), hintsFor(steered, after + 1)]).toEqual([[], ['odd']])
})

test('a target that is set while the run works ends it', async () => {
  const { clock, box, running } = await begin(10_000, 2)
  await advance(clock, 300)
  box.push({ id: 'a', kind: 'set', settings: { target: 1 } })
  await advance(clock, steeringEveryMs + 300)
  expect(await running.ended).toMatchObject({ rule: 'target', interrupted: false })
})

test('patience ends a run whose best stays what it is', async () => {
  const { clock, box, running, store } = await begin(10_000, 2)
  box.push({ id: 'a', kind: 'set', settings: { patience: 25 } })
  await advance(clock, 4000)
  expect(await running.ended).toMatchObject({ rule: 'patience' })
  expect(store.totals().finished).toBeLessThan(40)
})

test('a stop file ends the run even while every candidate waits', async () => {
  const stuck: RunParts['vary'] = () => new Promise(() => undefined)
  const { clock, stopFile, events, running } = await begin(100, 2, { vary: stuck })
  await advance(clock, 200)
  stopFile.push('/runs/numbers/stop')
  await advance(clock, steeringEveryMs + 100)
  expect(events.some(({ type }) => type === 'draining')).toBe(true)
  running.stop()
})

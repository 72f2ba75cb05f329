import { expect, test } from 'vitest'
import { createBudgetMeter } from '../../src/run/budget.ts'
import { placeFirstProgram } from '../../src/run/first-program.ts'
import { manualClock } from '../fakes/manual-clock.ts'
import { memoryDisk, MemoryStore } from '../fakes/memory-store.ts'
import { identity, partsOver, problemWith } from './parts.ts'

const opening = (ordinal: number, attempt: number, reservedTokens: number, reservedUsd?: number) => ({
  ordinal,
  attempt,
  provider: 'p',
  model: 'm',
  purpose: 'propose',
  parameters: {},
  reservedTokens,
  reservedUsd,
  startedAt: 0,
})
const ending = (chargedTokens: number, chargedUsd?: number) => ({
  status: 'error' as const,
  reply: undefined,
  finish: undefined,
  error: '503',
  usage: undefined,
  chargedTokens,
  chargedUsd,
  endedAt: 0,
})

async function metered(budget: Parameters<typeof problemWith>[0]) {
  const problem = problemWith(budget)
  const store = new MemoryStore(memoryDisk(identity, problem.budget))
  const clock = manualClock()
  store.openSession(clock.now())
  await placeFirstProgram(partsOver(store, problem).parts)
  const selected = { island: 0, operator: 'echo', model: 'm', parent: 0, inspirations: [], generation: 1, seen: 0 }
  store.select({ ordinal: 1, ...selected }, 0)
  store.prompt(1, { template: 't', system: 's', user: 'u', sections: [{ name: 'all', text: 'u' }] })
  return { store, clock, meter: createBudgetMeter(store, clock) }
}

test('a call that could exceed the tokens is refused, and what it reserved comes back when it costs less', async () => {
  const { meter } = await metered({ tokens: 100 })
  const first = meter.open(opening(1, 1, 80))
  expect(first).toBeDefined()
  expect(meter.open(opening(1, 2, 30))).toBeUndefined()
  expect(meter.refusal()).toMatchObject({ rule: 'tokens', reason: expect.stringContaining('100 tokens') as string })
  expect(meter.callsOut()).toBe(1)
  meter.close(first ?? 0, ending(20))
  expect(meter.callsOut()).toBe(0)
  expect(meter.open(opening(1, 2, 80))).toBeDefined()
  expect(meter.totals().tokens).toBe(100)
})

test('USD are kept alike', async () => {
  const { meter } = await metered({ usd: 1 })
  expect(meter.open(opening(1, 1, 1, 0.75))).toBeDefined()
  expect(meter.open(opening(1, 2, 1, 0.5))).toBeUndefined()
  expect(meter.open(opening(1, 2, 1, 0.25))).toBeDefined()
})

test('wall time counts from the opening of the session, with that of earlier ones', async () => {
  const { meter, clock } = await metered({ wallMs: 1000 })
  await clock.advance(999)
  expect(meter.totals().elapsedMs).toBe(999)
})

test('a limit that is changed in the store holds at once', async () => {
  const { store, meter } = await metered({ tokens: 100 })
  expect(meter.open(opening(1, 1, 200))).toBeUndefined()
  store.setBudget({ ...store.budget(), tokens: 300 })
  expect(meter.budget().tokens).toBe(300)
  expect(meter.open(opening(1, 1, 200))).toBeDefined()
})

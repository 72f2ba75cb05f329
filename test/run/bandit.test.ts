import { expect, test } from 'vitest'
import { createBudgetMeter } from '../../src/run/budget.ts'
import { placeFirstProgram, startRun } from '../../src/run/controller.ts'
import type { RunParts } from '../../src/run/parts.ts'
import { banditOf } from '../../src/run/pulls.ts'
import { byOrdinal } from '../../src/run/schedule.ts'
import type { DirectOperator } from '../../src/variation/operator.ts'
import { memoryDisk, MemoryStore } from '../fakes/memory-store.ts'
import { identity, partsOver, problemWith } from './parts.ts'

const plan = { reward: 'mean', window: 40, explore: 0.1, per: 'candidate' } as const

const operator = (name: string): DirectOperator => ({
  kind: 'direct',
  name,
  vary: () => ({ ok: false, failure: { kind: 'unchanged', message: '' } }),
})
const weighted = ['good', 'bad', 'worse'].map((name) => ({ operator: operator(name), weight: 1 }))

async function carryOut(store: MemoryStore, candidates: number, concurrency = 1) {
  const problem = problemWith({ candidates }, concurrency)
  const { parts } = partsOver(store, { ...problem, search: { ...problem.search, bandit: plan } })
  const bandit = banditOf(plan, store)
  const vary: RunParts['vary'] = async (name, { parent, seed }) => {
    const ordinal = Number(seed.split('/').at(-1))
    for (let turn = (ordinal * 7) % 5; turn > 0; turn--) await new Promise<void>((resolve) => setImmediate(resolve))
    const source = name === 'worse' ? '!' : String(Number(parent.source) + (name === 'good' ? 1 : -1))
    return { ok: true, source, traits: {}, change: { summary: 'x' } }
  }
  store.setBudget(problem.budget)
  store.openSession(0)
  const run = { ...parts, vary, bandit, operators: weighted, schedule: byOrdinal(4) }
  if (store.totals().selected === 0) await placeFirstProgram(run)
  await startRun(run, createBudgetMeter(store, parts.clock), store.unfinished()).ended
  return bandit
}

const fresh = (): MemoryStore => new MemoryStore(memoryDisk(identity, problemWith({}).budget))
const operatorsOf = (store: MemoryStore) =>
  Array.from({ length: store.totals().selected }, (_, index) => store.trial(index + 1).operator)

test('the operator that brings something gets most of the candidates', async () => {
  const store = fresh()
  await carryOut(store, 120)
  const made = operatorsOf(store)
  expect(made.filter((name) => name === 'good').length).toBeGreaterThan(90)
  for (const { operator } of weighted) expect(made).toContain(operator.name)
})

test('what the store tells gives the bandit back, with what is left unfinished on its way', async () => {
  const store = fresh()
  const bandit = await carryOut(store, 90)
  const again = banditOf(plan, store)
  expect(again.arms()).toEqual(bandit.arms())
  expect(again.estimates(again.arms())).toEqual(bandit.estimates(bandit.arms()))
  store.select(
    { ordinal: 91, island: 0, operator: 'bad', model: undefined, parent: 0, inspirations: [], generation: 1, seen: 90 },
    0,
  )
  const bad = { operator: 'bad', model: undefined }
  expect(banditOf(plan, store).estimates([bad])[0]?.pulls).toBe((again.estimates([bad])[0]?.pulls ?? 0) + 1)
})

test('chooses the same at any concurrency up to the lag', async () => {
  const alone = fresh()
  await carryOut(alone, 100)
  const together = fresh()
  await carryOut(together, 100, 4)
  expect(operatorsOf(together)).toEqual(operatorsOf(alone))
  expect([...together.placements()]).toEqual([...alone.placements()])
})

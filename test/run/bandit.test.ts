import { expect, test } from 'vitest'
import { createBudgetMeter } from '../../src/run/budget.ts'
import { startRun } from '../../src/run/controller.ts'
import { placeFirstProgram } from '../../src/run/first-program.ts'
import type { RunParts } from '../../src/run/parts.ts'
import { banditOf, pullOf } from '../../src/run/pulls.ts'
import { byOrdinal } from '../../src/run/schedule.ts'
import type { DirectOperator } from '../../src/variation/operator.ts'
import { memoryDisk, MemoryStore } from '../fakes/memory-store.ts'
import { identity, partsOver, problemWith } from './parts.ts'

const plan = { reward: 'mean', window: 40, explore: 0.1, per: 'candidate' } as const

const learners = new Set(['tune'])

const operator = (name: string): DirectOperator => ({
  kind: 'direct',
  name,
  vary: () => ({ ok: false, failure: { kind: 'unchanged', message: '' } }),
})
const weighted = ['good', 'bad', 'worse'].map((name) => ({ operator: operator(name), weight: 1 }))

async function carryOut(store: MemoryStore, candidates: number, concurrency = 1) {
  const problem = problemWith({ candidates }, concurrency)
  const { parts } = partsOver(store, { ...problem, search: { ...problem.search, bandit: plan } })
  const bandit = banditOf(plan, store, learners)
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
  const again = banditOf(plan, store, learners)
  expect(again.arms()).toEqual(bandit.arms())
  expect(again.estimates(again.arms())).toEqual(bandit.estimates(bandit.arms()))
  store.select(
    { ordinal: 91, island: 0, operator: 'bad', model: undefined, parent: 0, inspirations: [], generation: 1, seen: 90 },
    0,
  )
  const bad = { operator: 'bad', model: undefined }
  expect(banditOf(plan, store, learners).estimates([bad])[0]?.pulls).toBe((again.estimates([bad])[0]?.pulls ?? 0) + 1)
})

test('chooses the same at any concurrency up to the lag', async () => {
  const alone = fresh()
  await carryOut(alone, 100)
  const together = fresh()
  await carryOut(together, 100, 4)
  expect(operatorsOf(together)).toEqual(operatorsOf(alone))
  expect([...together.placements()]).toEqual([...alone.placements()])
})

test('an operator that learns gains over the best of its parent and its earlier children only', () => {
  const store = fresh()
  const put = (ordinal: number, operator: string, fitness: number, parent?: number) => {
    const selected = { ordinal, island: 0, operator, model: undefined, parent, inspirations: [], generation: 0 }
    store.select({ ...selected, seen: Math.max(0, ordinal - 1) }, 0)
    store.patch(ordinal, { source: String(fitness), traits: {}, change: { summary: 'x' } })
    store.beginEvaluation(ordinal)
    const scored = { objectives: { size: fitness }, descriptors: {}, scores: {}, feedback: undefined, artifacts: {} }
    const where = { island: 0, cell: String(ordinal), decision: 'new-cell', displaced: undefined, clamped: [] } as const
    store.place(ordinal, { ...scored, fitness }, [{ ordinal, fitness, via: 'birth', ...where }], 0)
  }
  put(0, 'first', 10)
  put(1, 'tune', 13, 0)
  put(2, 'tune', 12, 0)
  put(3, 'perturb', 12, 0)
  put(4, 'tune', 14, 0)
  put(5, 'tune', 14, 0)
  put(6, 'tune', 15, 1)
  // Gains by hand: tune 13 - 10 = 3, none, 14 - 13 = 1, none, 15 - 13 = 2 from another parent; perturb 12 - 10 = 2.
  const gains = store.latestTrials(10).map((trial) => pullOf(trial, plan, store, learners).gain)
  expect(gains).toEqual([3, -1, 2, 1, 0, 2])
  // The 90th percentile of 1, 2, 2 and 3 is 3: rewards of tune 1, 0, 1/3, 0 and 2/3.
  const [tune] = banditOf(plan, store, learners).estimates([{ operator: 'tune', model: undefined }])
  expect(tune?.reward).toBeCloseTo((1 + 1 / 3 + 2 / 3) / 5, 12)
})

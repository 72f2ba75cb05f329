import { expect, test } from 'vitest'
import { createBudgetMeter } from '../../src/run/budget.ts'
import { startRun } from '../../src/run/controller.ts'
import { placeFirstProgram } from '../../src/run/first-program.ts'
import type { RunParts } from '../../src/run/parts.ts'
import { memoryDisk, MemoryStore } from '../fakes/memory-store.ts'
import { echo, identity, partsOver, problemWith } from './parts.ts'

/** Which candidates were made by the operator that waits for a standstill, when every `everyth` child is better. */
async function carryOut(pivot: { exhausted: number; plateau: number }, everyth: number) {
  const problem = problemWith({ candidates: 80 }, 1)
  const store = new MemoryStore(memoryDisk(identity, problem.budget))
  const { parts } = partsOver(store, { ...problem, search: { ...problem.search, pivot } })
  const vary: RunParts['vary'] = (_name, { parent, seed }) => {
    const ordinal = Number(seed.split('/').at(-1))
    const source = String(Number(parent.source) + (ordinal % everyth === 0 ? 10 : -10))
    return Promise.resolve({ ok: true, source, traits: {}, change: { summary: 'x' } })
  }
  const stuck = { ...echo, name: 'stuck', when: 'stuck', inspirations: { least: 0, most: 0 } } as const
  store.setBudget(problem.budget)
  store.openSession(0)
  const ask: RunParts['ask'] = ({ ordinal, attempt }) => {
    const call = store.openCall({
      ...{ ordinal, attempt, provider: 'p', model: 'm', purpose: 'propose', parameters: {} },
      ...{ reservedTokens: 1, reservedUsd: 0, startedAt: 0 },
    })
    const text = store.program(0).source
    store.closeCall(call, {
      ...{ status: 'ok', reply: text, finish: 'stop', error: undefined, usage: undefined },
      ...{ chargedTokens: 1, chargedUsd: 0, endedAt: 0 },
    })
    return Promise.resolve({ ok: true, text, finish: 'stop', attempt })
  }
  const operators = [...parts.operators, { operator: stuck, weight: 3 }]
  const run = { ...parts, vary, ask, operators }
  await placeFirstProgram(run)
  await startRun(run, createBudgetMeter(store, parts.clock), store.unfinished()).ended
  return Array.from({ length: store.totals().selected }, (_, index) => store.trial(index + 1)).map((trial) => ({
    ...trial,
    parent: [...store.lineage()][trial.ordinal]?.parent ?? 0,
  }))
}

test('an operator for a standstill waits for so many children of a parent without a better one', async () => {
  const made = await carryOut({ exhausted: 5, plateau: 1_000_000 }, 1000)
  const stuck = made.filter(({ operator }) => operator === 'stuck')
  expect(stuck.length).toBeGreaterThan(5)
  for (const { ordinal, parent } of stuck) {
    const earlier = made.filter((other) => other.parent === parent && other.ordinal < ordinal)
    expect(earlier.length).toBeGreaterThanOrEqual(5)
  }
  const open = made.filter(({ ordinal, parent }) => {
    return made.filter((other) => other.parent === parent && other.ordinal < ordinal).length < 5
  })
  expect(open.length).toBeGreaterThan(5)
  expect(open.every(({ operator }) => operator === 'add')).toBe(true)
})

test('or for so many candidates of an island since its best, and is never drawn while there is progress', async () => {
  const made = await carryOut({ exhausted: 1_000_000, plateau: 20 }, 1000)
  const stuck = made.filter(({ operator }) => operator === 'stuck')
  // Two islands take turns, and the first program stays the best of both.
  expect(stuck[0]?.ordinal).toBeGreaterThanOrEqual(40)
  expect(stuck.length).toBeGreaterThan(5)
  const rising = await carryOut({ exhausted: 1_000_000, plateau: 20 }, 2)
  expect(rising.filter(({ operator }) => operator === 'stuck')).toEqual([])
})

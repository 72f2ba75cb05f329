import { expect, test } from 'vitest'
import { createBudgetMeter } from '../../src/run/budget.ts'
import { startRun } from '../../src/run/controller.ts'
import { placeFirstProgram } from '../../src/run/first-program.ts'
import { LearningParents } from '../../src/run/learning-parents.ts'
import type { RunParts } from '../../src/run/parts.ts'
import { byOrdinal } from '../../src/run/schedule.ts'
import type { EarlierChild } from '../../src/core/program.ts'
import type { DirectOperator } from '../../src/variation/operator.ts'
import { memoryDisk, MemoryStore } from '../fakes/memory-store.ts'
import { identity, partsOver, problemWith } from './parts.ts'

const most = 12

const unused: DirectOperator['vary'] = () => ({ ok: false, failure: { kind: 'unchanged', message: '' } })
const add: DirectOperator = { kind: 'direct', name: 'add', vary: unused }
const learner: DirectOperator = { kind: 'direct', name: 'learner', learns: true, vary: unused }

/** Adds its ordinal, or for the learner as many as it has seen earlier children. */
function partsOf(store: MemoryStore, candidates: number, seen: (readonly EarlierChild[])[], concurrency: number) {
  const { parts } = partsOver(store, problemWith({ candidates }, concurrency), {
    operators: [
      { operator: add, weight: 1 },
      { operator: learner, weight: 1 },
    ],
    learning: new Map([['learner', LearningParents.of(store.madeBy('learner'), most)]]),
    schedule: byOrdinal(4),
  })
  const vary: RunParts['vary'] = (operator, { parent, seed, earlier = [], inspirations }) => {
    if (operator === 'learner') {
      seen.push(earlier)
      expect(inspirations).toEqual([])
    }
    const by = operator === 'learner' ? earlier.length : Number(seed.split('/').at(-1)) % 13
    const source = by % 7 === 5 ? '!' : String(Number(parent.source) + by)
    return Promise.resolve({ ok: true, source, traits: {}, change: { summary: 'x', detail: { by } } })
  }
  return { ...parts, vary }
}

async function carryOut(store: MemoryStore, candidates: number, concurrency = 1) {
  const seen: (readonly EarlierChild[])[] = []
  const parts = partsOf(store, candidates, seen, concurrency)
  store.setBudget({ ...store.budget(), candidates })
  store.openSession(0)
  if (store.totals().selected === 0) await placeFirstProgram(parts)
  await startRun(parts, createBudgetMeter(store, parts.clock), store.unfinished()).ended
  return seen
}

function fresh(): MemoryStore {
  return new MemoryStore(memoryDisk(identity, problemWith({}).budget))
}

const history = (store: MemoryStore) => ({
  placements: [...store.placements()],
  lineage: [...store.lineage()],
  uses: [...store.madeBy('learner')],
})

test('an operator that learns makes a bounded number of children of one parent per island, one parent after the other', async () => {
  const store = fresh()
  const seen = await carryOut(store, 240)
  const uses = [...store.madeBy('learner')]
  const children = Map.groupBy(uses, ({ parent }) => parent)
  expect(children.size).toBeGreaterThan(3)
  // The first program is on both islands and its children count together; the candidates in flight are the slack.
  for (const made of children.values()) expect(made.length).toBeLessThanOrEqual(most)
  expect([...children.values()].filter((made) => made.length === most).length).toBeGreaterThan(3)
  // What it is told grows with the children of its parent, failures without a fitness among them.
  expect(Math.max(...seen.map((earlier) => earlier.length))).toBeGreaterThan(5)
  expect(seen.flat().some(({ fitness }) => fitness === undefined)).toBe(true)
  for (const earlier of seen) expect(earlier.every(({ detail }) => detail !== undefined)).toBe(true)
})

test('its children are placed with an edge to the parent that it learns about', async () => {
  const store = fresh()
  await carryOut(store, 120)
  const lineage = [...store.lineage()]
  const kept = lineage.filter(({ ordinal, kept }) => kept === true && store.program(ordinal).operator === 'learner')
  expect(kept.length).toBeGreaterThan(0)
  const parents = new Set([...store.madeBy('learner')].map(({ parent }) => parent))
  for (const { parent } of kept) expect(parents.has(parent ?? -1)).toBe(true)
})

test('learns the same at any concurrency, and goes on after a stop as if there had been none', async () => {
  const alone = fresh()
  await carryOut(alone, 150)
  const together = fresh()
  await carryOut(together, 150, 4)
  expect(history(together)).toEqual(history(alone))
  const stopped = fresh()
  for (const candidates of [37, 90, 150]) await carryOut(stopped, candidates)
  expect([...stopped.madeBy('learner')]).toEqual([...alone.madeBy('learner')])
})

test('goes on learning when there is nothing else to do', async () => {
  const store = fresh()
  const problem = problemWith({ candidates: 60 }, 1)
  const { parts } = partsOver(store, problem, {
    operators: [{ operator: learner, weight: 1 }],
    learning: new Map([['learner', new LearningParents(1)]]),
    vary: ({}) => Promise.resolve({ ok: true, source: '!', traits: {}, change: { summary: 'x' } }),
  })
  store.openSession(0)
  await placeFirstProgram(parts)
  store.setBudget(problem.budget)
  await startRun(parts, createBudgetMeter(store, parts.clock), []).ended
  expect([...store.madeBy('learner')]).toHaveLength(60)
})

test('works on a plateau alone where it is told to, and leaves the parent that it was busy with when the search rises again', async () => {
  const store = fresh()
  const plain = problemWith({ candidates: 360 }, 1)
  const problem = { ...plain, search: { ...plain.search, tune: { when: 'plateau', evaluations: 300 } as const } }
  const { parts } = partsOver(store, problem, {
    operators: [
      { operator: add, weight: 1 },
      { operator: learner, weight: 1 },
    ],
    learning: new Map([['learner', new LearningParents(1000)]]),
    // The fitness is the number itself: it rises for 50 candidates, stands still for 200, and rises again.
    vary: (_, { seed }) => {
      const ordinal = Number(seed.split('/').at(-1))
      const value = ordinal <= 50 ? ordinal : ordinal <= 250 ? 20 : ordinal
      return Promise.resolve({ ok: true, source: String(value), traits: {}, change: { summary: 'x' } })
    },
  })
  store.openSession(0)
  await placeFirstProgram(parts)
  store.setBudget(problem.budget)
  await startRun(parts, createBudgetMeter(store, parts.clock), []).ended
  const at = [...store.lineage()]
    .map(({ ordinal }) => ordinal)
    .filter((ordinal) => store.program(ordinal).operator === 'learner')
  expect(at.filter((ordinal) => ordinal <= 150)).toEqual([])
  expect(at.filter((ordinal) => ordinal > 160 && ordinal <= 250).length).toBeGreaterThan(30)
  expect(at.filter((ordinal) => ordinal > 260)).toEqual([])
})

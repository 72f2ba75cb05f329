import { expect, test } from 'vitest'
import { Archive } from '../../src/archive/archive.ts'
import { grid } from '../../src/archive/cell.ts'
import { InfrastructureError, UserError } from '../../src/core/errors.ts'
import { samplers } from '../../src/builtins.ts'
import { createBudgetMeter } from '../../src/run/budget.ts'
import { startRun } from '../../src/run/controller.ts'
import { placeFirstProgram } from '../../src/run/first-program.ts'
import type { Answer, RunParts } from '../../src/run/parts.ts'
import { Lineage } from '../../src/selection/lineage.ts'
import type { RunStore } from '../../src/store/run-store.ts'
import { memoryDisk, MemoryStore } from '../fakes/memory-store.ts'
import { axes, echo, identity, partsOver, problemWith } from './parts.ts'

async function begin(candidates: number, changes: Partial<RunParts> = {}, concurrency = 4) {
  const problem = problemWith({ candidates }, concurrency)
  const store = new MemoryStore(memoryDisk(identity, problem.budget))
  const made = partsOver(store, problem, changes)
  store.openSession(0)
  await placeFirstProgram(made.parts)
  return {
    ...made,
    store,
    run: () => startRun(made.parts, createBudgetMeter(store, made.parts.clock), store.unfinished()),
  }
}

test('makes exactly the candidates asked for, without a gap, however many are in flight', async () => {
  for (const concurrency of [1, 3, 16]) {
    const { store, run } = await begin(50, {}, concurrency)
    const ending = await run().ended
    expect(store.totals()).toMatchObject({ selected: 50, finished: 50 })
    expect(store.unfinished()).toEqual([])
    expect(ending).toMatchObject({ reason: '50 candidates are done', interrupted: false })
  }
})

test('counts failures by kind and goes on', async () => {
  const { store, run } = await begin(50)
  await run().ended
  expect(store.failureCounts()).toEqual({ threw: 7 })
})

test('keeps every new best and tells the sink', async () => {
  const { parts, best, events, run } = await begin(60)
  const ending = await run().ended
  expect(best[0]).toBe(0)
  expect(best.at(-1)).toBe(parts.archive.best?.ordinal)
  expect(ending.best).toEqual(parts.archive.best)
  expect(events.filter(({ type }) => type === 'finished-candidate')).toHaveLength(60)
})

test('keeps a better program at once, to the last digit, and announces it only for a relative gain of 1e-9', async () => {
  // Numbers by ordinal: gains of one unit in the last place, of 3e-10, and of 2e-9 over what was announced last.
  const numbers = [1, 1 + Number.EPSILON, 1 + 3e-10, 1 + 2e-9, 1 + 2e-9 + 1e-15, 0.5]
  const vary: RunParts['vary'] = (_operator, { seed }) =>
    Promise.resolve({
      ok: true,
      source: String(numbers[Number(seed.split('/').at(-1))]),
      traits: {},
      change: { summary: 'another number' },
    })
  const { parts, best, events, store, run } = await begin(5, { vary }, 1)
  expect(store.program(0).source).toBe('1')
  const ending = await run().ended
  expect(best).toEqual([0, 1, 2, 3, 4])
  expect(events.flatMap((event) => (event.type === 'new-best' ? event.ordinal : []))).toEqual([3])
  expect(store.program(best.at(-1) ?? 0).source).toBe(String(1 + 2e-9 + 1e-15))
  expect(parts.archive.best).toMatchObject({ ordinal: 4, fitness: 1 + 2e-9 + 1e-15 })
  expect(ending.best).toEqual(parts.archive.best)
})

test('the placements on disk rebuild the archive in memory, migrations included', async () => {
  const { store, parts, run } = await begin(80)
  await run().ended
  const rebuilt = new Archive(grid(axes), 2)
  for (const placement of store.placements()) rebuilt.apply(placement)
  for (const island of [0, 1]) expect(rebuilt.occupied(island)).toEqual(parts.archive.occupied(island))
  expect([...store.placements()].some(({ via }) => via === 'migration')).toBe(true)
})

test('the placements on disk rebuild an archive of crowded cells, resets and added islands, and a resume goes on with it', async () => {
  const plain = problemWith({ candidates: 120 })
  const archive = {
    ...plain.archive,
    elitesPerCell: 2,
    resetInterval: 25,
    spawn: { patience: 3, limit: 4, from: 'best' } as const,
  }
  const problem = { ...plain, archive }
  const store = new MemoryStore(memoryDisk(identity, problem.budget))
  const { parts, events } = partsOver(store, problem)
  store.openSession(0)
  await placeFirstProgram(parts)
  await startRun(parts, createBudgetMeter(store, parts.clock), store.unfinished()).ended
  const vias = Array.from(store.placements(), ({ via }) => via)
  const told = events.filter((event) => event.type === 'notice' && event.message.includes('starts afresh'))
  expect(told).toHaveLength(vias.filter((via) => via === 'founding').length)
  expect(new Set(vias)).toEqual(new Set(['birth', 'migration', 'founding']))
  expect(parts.archive.islandCount).toBeGreaterThan(2)
  const resumed = partsOver(store, problem).parts.archive
  expect(resumed.islandCount).toBe(parts.archive.islandCount)
  expect(resumed.stagnation.since).toBe(parts.archive.stagnation.since)
  for (let island = 0; island < resumed.islandCount; island++) {
    expect(resumed.occupied(island)).toEqual(parts.archive.occupied(island))
  }
})

test('every parent drawn owns a cell of the island of its child, whatever the sampler that draws owners', async () => {
  for (const sampler of samplers.filter(({ draws }) => draws === 'owners')) {
    const { parts, store, run } = await begin(60, { sampler, lineage: new Lineage(true) })
    const select = store.select.bind(store)
    const strangers: number[] = []
    store.select = (selected, now) => {
      const { parent, island } = selected
      if (parent !== undefined && parts.archive.cellOn(island, parent) === undefined) strangers.push(selected.ordinal)
      select(selected, now)
    }
    await run().ended
    expect([sampler.name, strangers]).toEqual([sampler.name, []])
  }
})

test('draining finishes what is in flight and selects nothing more', async () => {
  const { store, run } = await begin(1000)
  const running = run()
  running.drain()
  const ending = await running.ended
  expect(ending).toMatchObject({ interrupted: true, reason: 'interrupted' })
  expect(store.totals().finished).toBe(store.totals().selected)
  expect(store.totals().selected).toBeLessThan(1000)
})

test('stopping at once leaves what is in flight for a resume', async () => {
  const stuck: RunParts['ask'] = (_question, signal) =>
    new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('aborted'))))
  const { store, run } = await begin(100, { operators: [{ operator: echo, weight: 1 }], ask: stuck })
  const running = run()
  running.stop()
  expect(await running.ended).toMatchObject({ interrupted: true })
  expect(store.unfinished().map(({ ordinal, state }) => [ordinal, state])).toEqual([
    [1, 'prompted'],
    [2, 'prompted'],
    [3, 'prompted'],
    [4, 'prompted'],
  ])
})

test('a resumed run finishes the left-over candidates first and asks nobody twice', async () => {
  const asked: number[] = []
  const answer = (store: RunStore): RunParts['ask'] => {
    return ({ ordinal, attempt }) => {
      asked.push(ordinal)
      const id = store.openCall({
        ordinal,
        attempt,
        provider: 'p',
        model: 'm',
        purpose: 'propose',
        parameters: {},
        reservedTokens: 10,
        reservedUsd: undefined,
        startedAt: 0,
      })
      store.closeCall(id, {
        status: 'ok',
        reply: String(ordinal),
        finish: 'stop',
        error: undefined,
        usage: undefined,
        chargedTokens: 5,
        chargedUsd: undefined,
        endedAt: 0,
      })
      return Promise.resolve<Answer>({ ok: true, text: String(ordinal), finish: 'stop', attempt })
    }
  }
  const problem = problemWith({ candidates: 10 })
  const store = new MemoryStore(memoryDisk(identity, problem.budget))
  store.openSession(0)
  const operators = [{ operator: echo, weight: 1 }]
  // The process dies right after the third reply was stored.
  let left = 3
  const dying = partsOver(store, problem, {
    operators,
    ask: async (question, signal) => {
      const result = await answer(store)(question, signal)
      if (--left === 0) throw new InfrastructureError('the machine went away')
      return result
    },
  })
  await placeFirstProgram(dying.parts)
  await expect(startRun(dying.parts, createBudgetMeter(store, dying.parts.clock), []).ended).rejects.toThrow(
    'went away',
  )
  const before = asked.length
  expect(store.unfinished().length).toBeGreaterThan(0)

  const resumed = partsOver(store, problem, { operators, ask: answer(store) })
  await startRun(resumed.parts, createBudgetMeter(store, resumed.parts.clock), store.unfinished()).ended
  expect(store.totals()).toMatchObject({ selected: 10, finished: 10 })
  expect(asked).toHaveLength(10)
  expect(new Set(asked).size).toBe(10)
  expect(before).toBeLessThan(10)
})

test('breakage of ours stops the run after the others came to rest, and is thrown', async () => {
  let count = 0
  const { store, run } = await begin(100, {
    vary: () =>
      ++count === 5
        ? Promise.reject(new InfrastructureError('no more threads'))
        : Promise.resolve({ ok: true, source: '2', traits: {}, change: { summary: 'two' } }),
  })
  await expect(run().ended).rejects.toThrow('no more threads')
  expect(store.unfinished()).toHaveLength(1)
})

test('a budget without room for a call ends the run and leaves its candidate unfinished', async () => {
  const operators = [{ operator: echo, weight: 1 }]
  const { store, run } = await begin(100, { operators, ask: () => Promise.resolve({ ok: 'no-budget' }) }, 1)
  expect(await run().ended).toMatchObject({ reason: 'the budget has no room for another call' })
  expect(store.unfinished()).toHaveLength(1)
})

test('a model that declines is a failure with its words', async () => {
  const refusal = { ok: true, text: 'I would rather not', finish: 'refusal', attempt: 1 } as const
  const { store, run } = await begin(1, {
    operators: [{ operator: echo, weight: 1 }],
    ask: ({ ordinal }) => {
      const id = store.openCall({
        ordinal,
        attempt: 1,
        provider: 'p',
        model: 'm',
        purpose: 'propose',
        parameters: {},
        reservedTokens: 1,
        reservedUsd: undefined,
        startedAt: 0,
      })
      store.closeCall(id, {
        status: 'ok',
        reply: refusal.text,
        finish: 'refusal',
        error: undefined,
        usage: undefined,
        chargedTokens: 1,
        chargedUsd: undefined,
        endedAt: 0,
      })
      return Promise.resolve(refusal)
    },
  })
  await run().ended
  expect(store.failureCounts()).toEqual({ refused: 1 })
})

test('a first program that fails is for the user to mend', async () => {
  const problem = problemWith({ candidates: 1 })
  const broken = { ...problem, program: { ...problem.program, source: '!' } }
  const store = new MemoryStore(memoryDisk(identity, problem.budget))
  store.openSession(0)
  await expect(placeFirstProgram(partsOver(store, broken).parts)).rejects.toThrow(UserError)
})

test('a replay asks for a repair turn where the run that it repeats had one', async () => {
  const failure = { kind: 'search-missed', message: 'no such line' } as const
  const asked: string[] = []
  const { run, store } = await begin(2, {
    operators: [{ operator: { ...echo, apply: () => ({ ok: false, failure }) }, weight: 1 }],
    ask: ({ ordinal, purpose }) => {
      asked.push(`${String(ordinal)} ${purpose}`)
      return Promise.resolve({ ok: true, text: 'bad', finish: 'stop', attempt: 1 })
    },
    recorded: {
      selection: () => undefined,
      attempts: () => 0,
      repaired: (ordinal) => ordinal === 2,
      levelEnd: () => undefined,
    },
  })
  await run().ended
  expect(asked.toSorted()).toEqual(['1 propose', '2 propose', '2 repair'])
  expect(store.failureCounts()).toEqual({ 'search-missed': 2 })
})

test('a reply that cannot be applied gets one repair turn with the exact failure', async () => {
  const failure = { kind: 'search-missed', message: 'no such line' } as const
  const picky = {
    ...echo,
    apply: (reply: string) =>
      reply === 'good'
        ? echo.apply('5', { parent: { source: '', traits: {} }, inspirations: [], seed: '' })
        : ({ ok: false, failure } as const),
  }
  const purposes: string[] = []
  const repairs: unknown[] = []
  const made = await begin(4, {
    operators: [{ operator: picky, weight: 1 }],
    buildPrompt: ({ repair }) => {
      if (repair !== undefined) repairs.push(repair)
      const prompt = { template: 'echo', system: 's', user: 'u', sections: [{ name: 'all', text: 'u' }] }
      return { prompt, insights: [] }
    },
    ask: ({ ordinal, attempt, purpose }) => {
      purposes.push(`${String(ordinal)} ${purpose} ${String(attempt)}`)
      // The first candidate's repair works, the second one's does not.
      const text = purpose === 'repair' && ordinal === 1 ? 'good' : 'bad'
      const store = made.store
      const id = store.openCall({
        ordinal,
        attempt,
        provider: 'p',
        model: 'm',
        purpose,
        parameters: {},
        reservedTokens: 1,
        reservedUsd: undefined,
        startedAt: 0,
      })
      store.closeCall(id, {
        status: 'ok',
        reply: text,
        finish: 'stop',
        error: undefined,
        usage: undefined,
        chargedTokens: 1,
        chargedUsd: undefined,
        endedAt: 0,
      })
      return Promise.resolve({ ok: true, text, finish: 'stop', attempt })
    },
  })
  await made.run().ended
  expect(purposes.filter((text) => text.startsWith('1 '))).toEqual(['1 propose 1', '1 repair 2'])
  expect(purposes).toHaveLength(8)
  expect(repairs[0]).toEqual({ failure, reply: 'bad' })
  expect(made.store.failureCounts()).toEqual({ 'search-missed': 3 })
  expect(made.store.evaluation(1)?.objectives).toEqual({ size: 5 })
})

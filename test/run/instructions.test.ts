import { expect, test } from 'vitest'
import { createBudgetMeter } from '../../src/run/budget.ts'
import { startRun } from '../../src/run/controller.ts'
import { placeFirstProgram } from '../../src/run/first-program.ts'
import { InstructionRequests } from '../../src/run/instruction-requests.ts'
import { instructionFor } from '../../src/run/instructions.ts'
import type { RunParts } from '../../src/run/parts.ts'
import { byOrdinal } from '../../src/run/schedule.ts'
import { memoryDisk, MemoryStore } from '../fakes/memory-store.ts'
import type { MemoryDisk } from '../fakes/memory-store.ts'
import { echo, identity, partsOver, problemWith } from './parts.ts'

const meta = { interval: 5, population: 3, window: 40 }
const asking = { ...echo, inspirations: { least: 0, most: 0 } }

interface Setting {
  readonly candidates: number
  readonly concurrency?: number
  readonly ordered?: boolean
  /** What is asked of the models, in order. */
  readonly asked?: string[]
  /** Called once a reply to a question for an instruction is on disk. */
  readonly replied?: (question: string) => void
  readonly reply?: (question: string) => string
}

const instruction = (text: string): string => JSON.stringify({ instruction: text, reason: 'r' })

/** A run whose children are better than their parent where the prompt's instruction has evolved, and else worse. */
async function carryOut(disk: MemoryDisk, setting: Setting): Promise<MemoryStore> {
  const { candidates, concurrency = 1, ordered = false, asked = [] } = setting
  const base = problemWith({ candidates }, concurrency)
  const order = ordered ? ({ order: 'by-ordinal', lag: 4 } as const) : {}
  const problem = { ...base, search: { ...base.search, ...order, meta } }
  const store = new MemoryStore(disk)
  const { parts } = partsOver(store, problem)
  const ask: RunParts['ask'] = async ({ ordinal, attempt, purpose, question }) => {
    asked.push(`${purpose} ${question ?? String(ordinal)}`)
    // Later candidates are faster, and questions for instructions slowest of all.
    const turns = purpose === 'meta' ? 25 : (ordinal * 7) % 5
    for (let turn = turns; turn > 0; turn--) await new Promise<void>((resolve) => setImmediate(resolve))
    const parent = Number(store.program([...store.lineage()][ordinal]?.parent ?? 0).source)
    const text =
      purpose === 'meta'
        ? (setting.reply ?? ((asking) => instruction(`better, as of ${asking}`)))(question ?? '')
        : String((store.instructions.usedBy(ordinal) ?? 0) > 1 ? parent + 1 : parent - 1)
    const call = store.openCall({
      ...{ ordinal, attempt, provider: 'p', model: 'm', purpose, question, parameters: {} },
      ...{ reservedTokens: 1, reservedUsd: 0, startedAt: 0 },
    })
    store.closeCall(call, {
      ...{ status: 'ok', reply: text, finish: 'stop', error: undefined, usage: undefined },
      ...{ chargedTokens: 1, chargedUsd: 0, endedAt: 0 },
    })
    if (purpose === 'meta') setting.replied?.(question ?? '')
    return { ok: true, text, finish: 'stop', attempt }
  }
  const buildPrompt: RunParts['buildPrompt'] = (request) => {
    const drawn = instructionFor({ problem, store }, request.operator.name, request.ordinal, request.seen ?? Infinity)
    return { ...parts.buildPrompt(request), instruction: drawn?.id }
  }
  store.setBudget(problem.budget)
  store.openSession(0)
  store.loseOpenCalls(0)
  store.instructions.begin('echo', 0)
  const run: RunParts = {
    ...{ ...parts, ask, buildPrompt, operators: [{ operator: asking, weight: 1 }] },
    schedule: ordered ? byOrdinal(4) : undefined,
    instructionRequests: new InstructionRequests({ problem, store, clock: parts.clock }),
  }
  if (store.totals().selected === 0 && store.evaluation(0) === undefined) await placeFirstProgram(run)
  await startRun(
    run,
    createBudgetMeter(store, parts.clock),
    store.unfinished().filter(({ ordinal }) => ordinal > 0),
  ).ended
  return store
}

const fresh = (): MemoryDisk => memoryDisk(identity, problemWith({}).budget)
const usesOf = (store: MemoryStore): (number | undefined)[] =>
  Array.from({ length: store.totals().selected }, (_, index) => store.instructions.usedBy(index + 1))

test('asks for a better instruction once in so many children, and draws mostly what brings better ones', async () => {
  const asked: string[] = []
  const store = await carryOut(fresh(), { candidates: 80, asked })
  const questions = asked.filter((one) => one.startsWith('meta'))
  expect(questions.slice(0, 3)).toEqual(['meta instruction/1', 'meta instruction/2', 'meta instruction/3'])
  // The last one may be open when the run ends.
  expect([15, 16]).toContain(questions.length)
  const uses = usesOf(store)
  expect(uses.slice(0, 5)).toEqual([1, 1, 1, 1, 1])
  expect(uses.slice(40).filter((id) => id === 1).length).toBeLessThan(8)
  const population = store.instructions.population('echo', Infinity, 80, 40)
  expect(population).toHaveLength(3)
  expect(population[0]).toMatchObject({ id: 1, parent: undefined, improved: 0 })
  for (const { id, parent, uses: count, improved } of population.slice(1)) {
    expect(parent).toBeLessThan(id)
    expect(improved).toBe(count)
  }
})

test('an answer that is no instruction ends the request, and the search goes on with what it has', async () => {
  const store = await carryOut(fresh(), { candidates: 30, reply: () => 'I would rather not.' })
  expect(store.instructions.population('echo', Infinity, 30, 40)).toHaveLength(1)
  expect(store.totals().finished).toBe(30)
  expect(store.instructions.requests().length).toBeLessThanOrEqual(1)
})

test('in ordered mode draws the same at any concurrency up to the lag, however long the answers take', async () => {
  const alone = await carryOut(fresh(), { candidates: 60, ordered: true })
  const together = await carryOut(fresh(), { candidates: 60, ordered: true, concurrency: 4 })
  expect(usesOf(together)).toEqual(usesOf(alone))
  expect(new Set(usesOf(alone)).size).toBeGreaterThan(2)
  expect([...together.placements()]).toEqual([...alone.placements()])
})

test('a process that dies after the reply has come buys it once, and one that dies before it asks for it again', async () => {
  for (const ordered of [false, true]) {
    const disk = fresh()
    const asked: string[] = []
    const dying = carryOut(disk, {
      ...{ candidates: 40, ordered, asked },
      replied: (question) => {
        if (question === 'instruction/2') throw new Error('the power went')
      },
    })
    await expect(dying).rejects.toThrow('the power went')
    const store = await carryOut(disk, { candidates: 40, ordered, asked })
    expect(asked.filter((one) => one === 'meta instruction/2')).toHaveLength(1)
    expect(store.instructions.population('echo', Infinity, 40, 40).length).toBeGreaterThan(1)
    const uninterrupted = await carryOut(fresh(), { candidates: 40, ordered })
    if (ordered) expect(usesOf(store)).toEqual(usesOf(uninterrupted))
  }
})

test('a request that was due when the process died before it was noted is noted by the next one', async () => {
  const disk = fresh()
  await carryOut(disk, { candidates: 4 })
  const store = await carryOut(disk, { candidates: 5 })
  disk.instructions.requests.length = 0
  const again = new MemoryStore(disk)
  expect(again.instructions.tallies()).toEqual([{ operator: 'echo', uses: 5, requests: 0 }])
  const problem = problemWith({})
  const requests = new InstructionRequests({
    problem: { ...problem, search: { ...problem.search, meta } },
    store: again,
    clock: { now: () => 0, sleep: () => Promise.resolve() },
  })
  expect(requests.leftOpen(5)).toEqual([{ id: 1, operator: 'echo', ordinal: 5, commits: 5 }])
  expect(store.totals().finished).toBe(5)
})

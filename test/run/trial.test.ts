import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { loadTemplates } from '../../src/config/templates.ts'
import { createBudgetMeter } from '../../src/run/budget.ts'
import { startRun } from '../../src/run/controller.ts'
import { placeFirstProgram } from '../../src/run/first-program.ts'
import type { RunningRun } from '../../src/run/controller.ts'
import type { Question, RunParts } from '../../src/run/parts.ts'
import { promptMaker } from '../../src/run/prompts.ts'
import { byOrdinal } from '../../src/run/schedule.ts'
import { uniform } from '../../src/selection/uniform.ts'
import { openReadOnly } from '../../src/store/sqlite/read-only.ts'
import { createSqliteRun, openSqliteRun } from '../../src/store/sqlite/run-store.ts'
import type { RunStore } from '../../src/store/run-store.ts'
import type { ModelOperator } from '../../src/variation/operator.ts'
import { echo, identity, partsOver, problemWith } from './parts.ts'

let dir = ''
beforeEach(() => {
  dir = path.join(mkdtempSync(path.join(tmpdir(), 'evolve-trial-')), 'run')
})
afterEach(() => rmSync(path.dirname(dir), { recursive: true, force: true }))

const advice = (explanation: string) =>
  ({
    taxonomy: 'generalise',
    condition: 'always',
    applies: {},
    explanation,
    example: '1',
    origin: 'program 0',
  }) as const

/** Adds to the parent's number what the reply says. */
const adding: ModelOperator = {
  ...echo,
  name: 'adding',
  template: 'diff',
  apply: (reply, { parent }) => ({
    ok: true,
    source: String(Number(parent.source) + Number(reply)),
    traits: {},
    change: { summary: `+${reply}` },
  }),
}

interface Options {
  readonly candidates: number
  readonly concurrency?: number
  readonly verify?: number
  readonly changes?: Partial<RunParts>
  /** Called with each answer given. */
  readonly answered?: (count: number, run: RunningRun) => void
}

/** Goes on with a run whose model raises the number, or lowers it, only when its prompt says so. */
async function goOn(store: RunStore, { candidates, concurrency = 3, verify = 5, changes, answered }: Options) {
  const base = problemWith({ candidates }, concurrency)
  const problem = { ...base, memory: { ...base.memory, verify } }
  const asked: Question[] = []
  const started: { run?: RunningRun } = {}
  const { parts } = partsOver(store, problem, {
    operators: [{ operator: adding, weight: 1 }],
    sampler: uniform,
    ask: async (question, signal) => {
      asked.push(question)
      // Later ones finish first by turns.
      await new Promise((resolve) => setTimeout(resolve, question.ordinal % concurrency))
      if (signal.aborted) throw new Error('the call was stopped')
      const { user } = question.prompt
      const text = user.includes('Raise it.') ? '1' : user.includes('Lower it.') ? '-1' : '0'
      const id = store.openCall({
        ...{ ordinal: question.ordinal, attempt: question.attempt, provider: 'scripted', model: 'm' },
        ...{ purpose: question.purpose, parameters: {}, reservedTokens: 1, reservedUsd: undefined, startedAt: 0 },
      })
      const ended = { error: undefined, usage: undefined, chargedTokens: 1, chargedUsd: undefined, endedAt: 0 }
      store.closeCall(id, { status: 'ok', reply: text, finish: 'stop', ...ended })
      if (started.run !== undefined) answered?.(asked.length, started.run)
      return { ok: true, text, finish: 'stop', attempt: question.attempt }
    },
    ...changes,
  })
  const templates = {
    byName: loadTemplates('/nowhere.yaml'),
    countTokens: (text: string) => text.length / 4,
    budgetTokens: 30_000,
  }
  const run = { ...parts, buildPrompt: promptMaker({ ...parts, steered: [], templates }) }
  const unfinished = store.unfinished()
  store.openSession(0)
  if (store.evaluation(0) === undefined) await placeFirstProgram(run)
  started.run = startRun(run, createBudgetMeter(store, run.clock), unfinished)
  await started.run.ended
  return asked
}

function created(candidates: number): RunStore {
  const store = createSqliteRun(dir, identity, { ...problemWith({}).budget, candidates })
  return store
}

function rows(sql: string): readonly (readonly unknown[])[] {
  const reader = openReadOnly(dir)
  try {
    return reader.query(sql).rows
  } finally {
    reader.close()
  }
}

const trials = `SELECT insight, members, with_helped, with_hurt, with_irrelevant, without_helped, without_hurt,
  without_irrelevant, verdict FROM trials ORDER BY insight`

test.each([
  ['Raise it.', [5, 0, 0], 'better', 'active'],
  ['Lower it.', [0, 5, 0], 'worse', 'retired'],
  ['Breathe.', [0, 0, 5], 'undecided', 'draft'],
])('insight %j is tried once on equal candidates, several in flight: %j', async (text, counts, verdict, status) => {
  const store = created(90)
  store.memory.add([advice(text)], 0)
  let extra = 0
  await goOn(store, {
    candidates: 90,
    answered: (_, run) => {
      // A few more, which must not begin another trial.
      if (store.memory.tried().length > 0 && store.memory.trial() === undefined && extra++ === 9) run.drain()
    },
  })
  store.close()
  expect(rows(trials)).toEqual([[1, 10, ...counts, 0, 0, 5, verdict]])
  expect(rows('SELECT status FROM insights WHERE newest = 1')).toEqual([[status]])
  // The same parent, operator, model, island and generation.
  expect(
    rows(`SELECT count(DISTINCT edges.parent || '/' || operator || '/' || model || '/' || island || '/' || generation)
      FROM trial_members JOIN programs USING (ordinal) JOIN edges ON child = ordinal AND position = 0 GROUP BY trial`),
  ).toEqual([[1]])
  // One insight alone with it, none without; and counted like all other uses.
  expect(
    rows(`SELECT DISTINCT informed, (SELECT group_concat(insight) FROM insight_uses WHERE insight_uses.ordinal = trial_members.ordinal)
      IS iif(informed, cast(insight_trials.insight AS TEXT), NULL) FROM trial_members JOIN insight_trials ON insight_trials.id = trial ORDER BY 1`),
  ).toEqual([
    [0, 1],
    [1, 1],
  ])
  expect(
    rows(`SELECT count(*) FROM trial_members JOIN insight_uses USING (ordinal)
      WHERE insight_uses.label IS NOT trial_members.label OR insight_uses.delta IS NOT trial_members.delta`),
  ).toEqual([[0]])
  expect(rows('SELECT informed FROM trial_members WHERE trial = 1 ORDER BY ordinal').flat()).toEqual([
    1, 0, 0, 1, 1, 0, 0, 1, 1, 0,
  ])
})

test('a trial that was interrupted goes on in the next process and has as many members as any other', async () => {
  const first = created(80)
  first.memory.add([advice('Raise it.')], 0)
  let stopped = false
  await goOn(first, {
    candidates: 80,
    answered: (_, run) => {
      const open = first.memory.trial()
      if (stopped || open === undefined || open.members < 4) return
      stopped = true
      run.stop()
    },
  })
  const open = first.memory.trial()
  expect(open).toMatchObject({ id: 1, pairs: 5 })
  expect(open?.members).toBeLessThan(10)
  first.close()
  const second = openSqliteRun(dir)
  second.loseOpenCalls(0)
  await goOn(second, { candidates: 80 })
  second.close()
  expect(rows(trials)).toEqual([[1, 10, 5, 0, 0, 0, 0, 5, 'better']])
})

test('a trial whose operator is gone is given up, and the search goes on', async () => {
  const first = created(30)
  first.memory.add([advice('Raise it.')], 0)
  await goOn(first, {
    candidates: 30,
    concurrency: 1,
    answered: (_, run) => {
      if (first.memory.trial()?.members === 3) run.drain()
    },
  })
  expect(first.unfinished()).toEqual([])
  expect(first.memory.trial()?.members).toBe(3)
  first.close()
  const second = openSqliteRun(dir)
  const operators = [{ operator: { ...adding, name: 'other' }, weight: 1 }]
  await goOn(second, { candidates: 30, changes: { operators } })
  expect(second.totals().finished).toBe(30)
  second.close()
  expect(rows('SELECT verdict, members FROM trials')).toEqual([['abandoned', 3]])
  expect(rows('SELECT status FROM insights WHERE newest = 1')).not.toContainEqual(['retired'])
})

test.each([
  ['nothing is to be verified', { verify: 0 }],
  ['the order is given beforehand', { changes: { schedule: byOrdinal(16) } }],
])('no trial begins when %s', async (_, options) => {
  const store = created(20)
  store.memory.add([advice('Raise it.')], 0)
  await goOn(store, { candidates: 20, ...options })
  store.close()
  expect(rows('SELECT count(*) FROM trial_members')).toEqual([[0]])
})

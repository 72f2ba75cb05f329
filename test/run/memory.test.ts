import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ring } from '../../src/archive/topology.ts'
import { loadTemplates } from '../../src/config/templates.ts'
import type { Direction } from '../../src/core/objective.ts'
import { reflection } from '../../src/insights/reflection.ts'
import { createBudgetMeter } from '../../src/run/budget.ts'
import { startRun } from '../../src/run/controller.ts'
import { placeFirstProgram } from '../../src/run/first-program.ts'
import type { Question, RunParts } from '../../src/run/parts.ts'
import { analysisMaker, promptMaker } from '../../src/run/prompts.ts'
import { openReadOnly } from '../../src/store/sqlite/read-only.ts'
import { createSqliteRun } from '../../src/store/sqlite/run-store.ts'
import type { RunStore } from '../../src/store/run-store.ts'
import { sequential } from '../../src/selection/baselines.ts'
import { echo, identity, partsOver, problemWith } from './parts.ts'

/** Set UPDATE_GOLDEN=1 to write the files anew after an intended change; then read the difference. */
const update = (process.env['UPDATE_GOLDEN'] ?? '') !== ''

let dir = ''
beforeEach(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'evolve-scripted-'))
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

/** What the scripted model answers candidate by candidate: better, worse, broken, better, the same. */
const script = ['25', '17', '!', '38', '38']

const lessons: Readonly<Record<number, string>> = {
  1: '{"lessons": [{"kind": "generalise", "condition": "the number is small", "explanation": "Larger numbers score better.", "anchor": "25"}]}',
  2: '{"lessons": [{"kind": "avoid", "condition": "always", "explanation": "This was never written.", "anchor": "99"}]}',
  3: 'It is broken.',
}

async function scripted(direction: Direction, replies: readonly string[] = script) {
  const problem = {
    ...problemWith({ candidates: replies.length }, 1),
    objectives: [{ name: 'size', direction }],
    memory: { lessons: 'model', insights: 2, import: undefined, noiseRepeats: 1, verify: 0, check: false } as const,
  }
  const store = createSqliteRun(
    path.join(dir, direction),
    { ...identity, objective: { name: 'size', direction } },
    problem.budget,
  )
  const asked: Question[] = []
  const changes: Partial<RunParts> = {
    operators: [{ operator: { ...echo, template: 'diff' }, weight: 1 }],
    sampler: { ...sequential, shows: 'archive' },
    migration: { topology: ring, interval: 3, count: 1, rate: undefined },
    extractor: reflection,
    ask: (question) => {
      asked.push(question)
      return Promise.resolve({
        ok: true,
        text: answered(store, question, replies),
        finish: 'stop',
        attempt: question.attempt,
      })
    },
  }
  const { parts } = partsOver(store, problem, changes)
  const templates = {
    byName: loadTemplates('/nowhere.yaml'),
    countTokens: (text: string) => text.length / 4,
    budgetTokens: 30_000,
  }
  const sources = { ...parts, steered: [], templates }
  const run = { ...parts, buildPrompt: promptMaker(sources), buildAnalysis: analysisMaker(sources) }
  store.openSession(0)
  await placeFirstProgram(run)
  await startRun(run, createBudgetMeter(store, run.clock), []).ended
  store.close()
  return { asked }
}

/** Answers as the script says, and keeps the ledger that a gateway would keep. */
function answered(store: RunStore, { ordinal, attempt, purpose, model }: Question, replies: readonly string[]): string {
  const text = purpose === 'analysis' ? (lessons[ordinal] ?? '{"lessons": []}') : (replies[ordinal - 1] ?? '')
  const id = store.openCall({
    ordinal,
    attempt,
    provider: 'scripted',
    model,
    purpose,
    parameters: {},
    reservedTokens: 1,
    reservedUsd: undefined,
    startedAt: 0,
  })
  const ended = { error: undefined, usage: undefined, chargedTokens: 1, chargedUsd: undefined, endedAt: 0 }
  store.closeCall(id, { status: 'ok', reply: text, finish: 'stop', ...ended })
  return text
}

describe.each(['maximize', 'minimize'] as const)('a scripted run that is to %s', (direction) => {
  test('has exactly these transitions, lessons and prompts', async () => {
    const { asked } = await scripted(direction)
    const reader = openReadOnly(path.join(dir, direction))
    const lines = (sql: string): string =>
      reader
        .query(sql)
        .rows.map((row) => row.join(' | '))
        .join('\n')
    const sections = (question: Question | undefined, names: readonly string[]): string =>
      (question?.prompt.sections ?? [])
        .filter(({ name }) => names.includes(name))
        .map(({ text }) => text)
        .join('\n\n')
    const last = asked.filter(({ purpose }) => purpose === 'propose').at(-1)
    const text = [
      '# transitions',
      lines(
        'SELECT child, parent, island, before, after, delta, verdict, failure_kind, hunks FROM transitions ORDER BY child',
      ),
      '# migrations',
      lines('SELECT after, ordinal, born_on, arrived_on, decision FROM migrations ORDER BY seq'),
      '# analyses',
      lines('SELECT ordinal, state, dropped, note FROM analyses ORDER BY ordinal'),
      '# lessons',
      lines('SELECT ordinal, kind, condition, explanation, anchor FROM lessons ORDER BY ordinal'),
      '# insights',
      lines(
        'SELECT id, status, taxonomy, explanation, example, origin, helped, hurt, irrelevant FROM insights ORDER BY id',
      ),
      `# the prompt of candidate ${String(last?.ordinal)}`,
      sections(last, ['insights', 'lessons', 'failed-ideas', 'trail', 'exhausted']),
      '# the analysis of candidate 3',
      sections(
        asked.find(({ purpose, ordinal }) => purpose === 'analysis' && ordinal === 3),
        ['change', 'outcome', 'tried'],
      ),
      '',
    ].join('\n\n')
    reader.close()
    const golden = new URL(`../golden/memory-${direction}.md`, import.meta.url)
    if (update) writeFileSync(golden, text)
    expect(text).toBe(readFileSync(golden, 'utf8'))
  })
})

test('a prompt says which lines of its parent were there before, who had removed them and what that had gained', async () => {
  const { asked } = await scripted('maximize', ['25', '38', '25', '40'])
  const told = asked.filter(({ purpose }) => purpose === 'propose').map(({ prompt }) => prompt.user)
  const back = 'this line was in program 1 and removed by program 2, which gained 13 in size: `25`'
  expect(told.map((user) => user.includes(back))).toEqual([false, false, false, true])
})

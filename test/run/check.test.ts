import { describe, expect, test } from 'vitest'
import { loadTemplates } from '../../src/config/templates.ts'
import { createBudgetMeter } from '../../src/run/budget.ts'
import { startRun } from '../../src/run/controller.ts'
import { placeFirstProgram } from '../../src/run/first-program.ts'
import type { Answer, Question, RunParts } from '../../src/run/parts.ts'
import { conditionCheck, promptMaker } from '../../src/run/prompts.ts'
import { sequential } from '../../src/selection/baselines.ts'
import { memoryDisk, MemoryStore } from '../fakes/memory-store.ts'
import { echo, identity, partsOver, problemWith } from './parts.ts'

const advice = (explanation: string, condition: string) =>
  ({ taxonomy: 'generalise', condition, applies: {}, explanation, example: '1', origin: 'program 0' }) as const

/** Both helped so often that the draws choose them. */
const known = [
  { ...advice('Raise it.', 'the number is odd'), helped: 400 },
  { ...advice('Lower it.', 'the number is large'), helped: 300 },
]

interface Scripted {
  readonly candidates?: number
  readonly check?: boolean
  readonly insights?: typeof known
  /** What the analysis model answers. */
  readonly says?: (question: Question) => string | Exclude<Answer, { ok: true }>
}

function prepared({ candidates = 1, check = true, insights = known, says = () => '' }: Scripted) {
  const base = problemWith({ candidates }, 1)
  const problem = { ...base, memory: { ...base.memory, check } }
  const disk = memoryDisk(identity, problem.budget)
  const asked: Question[] = []
  const open = () => {
    const store = new MemoryStore(disk)
    const call = ({ ordinal, attempt, purpose, prompt }: Question) =>
      store.openCall({
        ...{ ordinal, attempt, purpose, provider: 'scripted', model: 'm', parameters: { template: prompt.template } },
        ...{ reservedTokens: 1, reservedUsd: undefined, startedAt: 0 },
      })
    const ended = { usage: undefined, chargedTokens: 1, chargedUsd: undefined, endedAt: 0 }
    const ask: RunParts['ask'] = (question) => {
      asked.push(question)
      const said = question.purpose === 'analysis' ? says(question) : '2'
      if (typeof said !== 'string') {
        const failed = { status: 'error', reply: undefined, finish: undefined, error: 'HTTP 500' } as const
        if (said.ok === false) store.closeCall(call(question), { ...failed, ...ended })
        return Promise.resolve(said)
      }
      store.closeCall(call(question), { status: 'ok', reply: said, finish: 'stop', error: undefined, ...ended })
      return Promise.resolve({ ok: true, text: said, finish: 'stop', attempt: question.attempt })
    }
    const operators = [{ operator: { ...echo, template: 'diff' }, weight: 1 }]
    const sampler = { ...sequential, shows: 'archive' } as const
    const { parts } = partsOver(store, problem, { operators, sampler, ask })
    const templates = { byName: loadTemplates('/nowhere.yaml'), countTokens: () => 1, budgetTokens: 30_000 }
    const sources = { ...parts, steered: [], templates }
    return { ...parts, buildPrompt: promptMaker(sources), conditions: conditionCheck(sources) }
  }
  const go = async (): Promise<void> => {
    const run = open()
    const unfinished = run.store.unfinished()
    run.store.openSession(0)
    if (run.store.evaluation(0) === undefined) {
      await placeFirstProgram(run)
      run.store.memory.add(insights, 0)
    }
    await startRun(run, createBudgetMeter(run.store, run.clock), unfinished).ended
  }
  return { asked, disk, go }
}

const told = (questions: readonly Question[]): readonly string[] => {
  const user = questions.find(({ purpose }) => purpose === 'propose')?.prompt.user ?? ''
  return ['Raise it.', 'Lower it.'].filter((text) => user.includes(text))
}
const numbers = (questions: readonly Question[]) =>
  questions.map(({ purpose, attempt }) => `${purpose} ${String(attempt)}`)
const denying = (...ids: readonly number[]) =>
  JSON.stringify({ conditions: [1, 2].map((id) => ({ id, holds: !ids.includes(id) })) })

describe('conditions in words', () => {
  test('are checked in one call, and what is denied is not told and not counted', async () => {
    const { asked, disk, go } = prepared({ says: () => denying(2) })
    await go()
    expect(numbers(asked)).toEqual(['analysis 1', 'propose 2'])
    expect(asked[0]?.prompt.user).toMatch(/- 2: when `the number is large`.*\n- 1: when `the number is odd`/)
    expect(told(asked)).toEqual(['Raise it.'])
    expect(disk.insights.uses.get(1)).toMatchObject([{ id: 1, version: 1 }])
  })

  test.each([
    ['it is not asked for', { check: false }, ['propose 1']],
    ['nothing applies', { insights: [] }, ['propose 1']],
  ])('are not checked when %s', async (_, scripted, expected) => {
    const { asked, go } = prepared(scripted)
    await go()
    expect(numbers(asked)).toEqual(expected)
  })

  test.each([
    ['the answer has another form', 'Both, I think.', 2],
    ['the model fails', { ok: false, failure: { kind: 'no-reply', message: '' } }, 2],
    ['there is no budget', { ok: 'no-budget' }, 1],
  ] as const)('leave it to SQL when %s, and no number is used twice', async (_, said, attempt) => {
    const { asked, go } = prepared({ says: () => said })
    await go()
    expect(told(asked)).toEqual(['Raise it.', 'Lower it.'])
    expect(asked.at(-1)).toMatchObject({ purpose: 'propose', attempt })
  })

  test('are not asked about again when a process died with the answer in its ledger', async () => {
    const { asked, disk, go } = prepared({ says: () => denying(1) })
    await go()
    // As the disk was before the prompt was written.
    const [, candidate] = disk.candidates
    if (candidate === undefined) throw new Error('there is a candidate')
    disk.candidates[1] = { selected: candidate.selected, state: 'selected', stageRuns: [], elites: [] }
    disk.calls.splice(1)
    disk.placements.splice(disk.placements.findIndex(({ ordinal }) => ordinal === 1))
    disk.insights.uses.clear()
    asked.length = 0
    await go()
    expect(numbers(asked)).toEqual(['propose 2'])
    expect(told(asked)).toEqual(['Lower it.'])
  })
})

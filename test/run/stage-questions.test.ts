import { beforeEach, expect, test } from 'vitest'
import type { Prompt } from '../../src/core/prompt.ts'
import type { Answer, Question } from '../../src/run/parts.ts'
import { stageAsker } from '../../src/run/stage-questions.ts'
import { MemoryStore, memoryDisk } from '../fakes/memory-store.ts'
import { budget, ending, identity, opening, toEvaluating } from '../store/run-values.ts'
import { problemWith } from './parts.ts'

const disk = { current: memoryDisk(identity, budget) }
beforeEach(() => {
  disk.current = memoryDisk(identity, budget)
  toEvaluating(new MemoryStore(disk.current), 0)
})

const prompt = (user: string): Prompt => ({ template: 'review', system: 's', user, sections: [] })
const { signal } = new AbortController()

/** One process of the run: what its stages may ask, and what was then asked of the models. */
function process(answer: (question: Question) => Answer, models = problemWith({}).llm.models) {
  const store = new MemoryStore(disk.current)
  const asked: Question[] = []
  const ask = stageAsker({
    problem: { llm: { ...problemWith({}).llm, models } },
    store,
    hash: (text) => `hash of ${text}`,
    ask: (question) => {
      asked.push(question)
      const given = answer(question)
      const { ordinal, attempt, question: name } = question
      if (given.ok === true) {
        const call = opening(ordinal, attempt, { purpose: 'review', question: name })
        store.closeCall(store.openCall(call), ending({ reply: given.text }))
      }
      return Promise.resolve(given)
    },
  })
  const put = (stage: string, user: string, model?: string) => ask({ stage, model, prompt: prompt(user) }, 0, signal)
  return { asked, put }
}

const answering = ({ prompt: { user }, attempt }: Question): Answer => ({
  ok: true,
  text: `answer to ${user}`,
  finish: 'stop',
  attempt,
})
const broken = (): Answer => {
  throw new Error('it was answered before')
}

test('a question of a stage is asked of the first model, or the one it names, with the next number', async () => {
  const [first] = problemWith({}).llm.models
  if (first === undefined) throw new Error('the problem has a model')
  const { asked, put } = process(answering, [first, { ...first, name: 'second' }])
  expect(await put('review', 'is it good?')).toEqual({ ok: true, text: 'answer to is it good?' })
  await put('review', 'is it short?', 'second')
  await put('review', 'is it long?', 'no longer there')
  expect(asked.map(({ attempt, purpose, model }) => [attempt, purpose, model])).toEqual([
    [1, 'review', first.name],
    [2, 'review', 'second'],
    [3, 'review', first.name],
  ])
})

test('a reply that was stored answers the same question again, in this process and the next', async () => {
  const one = process(answering)
  await one.put('review', 'is it good?')
  expect(await one.put('review', 'is it good?')).toEqual({ ok: true, text: 'answer to is it good?' })
  expect(one.asked).toHaveLength(1)
  expect(await process(broken).put('review', 'is it good?')).toEqual({ ok: true, text: 'answer to is it good?' })
})

test('another question, or the same of another stage, is asked', async () => {
  const { asked, put } = process(answering)
  await put('review', 'is it good?')
  await put('second-review', 'is it good?')
  await put('review', 'is it bad?')
  expect(asked.map(({ attempt }) => attempt)).toEqual([1, 2, 3])
})

test('no model, no room in the budget and no reply are answers with a reason', async () => {
  expect(await process(broken, []).put('review', 'q')).toEqual({ ok: false, reason: 'there is no language model' })
  expect(await process(() => ({ ok: 'no-budget' })).put('review', 'q')).toEqual({
    ok: false,
    reason: 'the budget had no room for the question',
  })
  const failed = process(() => ({ ok: false, failure: { kind: 'no-reply', message: 'local: HTTP 500' } }))
  expect(await failed.put('review', 'q')).toEqual({ ok: false, reason: 'local: HTTP 500' })
})

import { expect, test } from 'vitest'
import type { Rejection } from '../../src/core/rejection.ts'
import type { StageContext, StageQuestion } from '../../src/pipeline/stage.ts'
import { novelty } from '../../src/stages/novelty.ts'
import { contextWith, opened, setupWith } from './opened.ts'

const near = { ordinal: 3, similarity: 0.995, source: 'let a = 1 // the first' }

/** A stage over a neighbour that is always the same, and what it asked and wrote down. */
function judged(options: Record<string, unknown>, changes: Partial<StageContext> = {}) {
  const texts: string[] = []
  const questions: StageQuestion[] = []
  const rejections: Rejection[] = []
  const stage = opened(novelty, setupWith(), { threshold: 0.99, audit: 0, ...options })
  const context = contextWith({
    neighbour: (text) => {
      texts.push(text)
      return Promise.resolve({ ok: true, neighbour: near })
    },
    reject: (rejection) => void rejections.push(rejection),
    ...changes,
    ...(changes.ask === undefined
      ? {}
      : {
          ask: (question, ...about) => {
            questions.push(question)
            return changes.ask?.(question, ...about) ?? Promise.reject(new Error('nobody'))
          },
        }),
  })
  const run = (ordinal: number, source = 'let a = 2 // the second') => stage.run({ ordinal, source }, {}, context)
  return { run, texts, questions, rejections }
}

const passes = { ok: true, output: null }

test('a candidate is refused from the threshold on, and its neighbour and similarity are written down', async () => {
  const { run, rejections } = judged({})
  expect(await run(5)).toEqual({
    ok: false,
    failure: { kind: 'duplicate', of: 3, check: 'embedding', message: 'its text is nearly the same, similarity 0.995' },
  })
  expect(rejections).toEqual([
    { ordinal: 5, stage: 'novelty', check: 'embedding', twin: 3, similarity: 0.995, audited: false },
  ])
  expect(await judged({ threshold: 0.995 }).run(5)).toMatchObject({ ok: false })
  expect(await judged({ threshold: 0.9951 }).run(5)).toEqual(passes)
  expect(await judged({}).run(0)).toEqual(passes)
})

test('what changes is what is compared, and no more of it than a model reads', async () => {
  const { run, texts } = judged({})
  await run(5, 'head\n// EVOLVE-BLOCK-START\nlet a = 1\n// EVOLVE-BLOCK-END\ntail\n')
  await run(6, 'x'.repeat(20_000))
  expect(texts).toEqual(['let a = 1', 'x'.repeat(12_000)])
})

test('nothing is refused for lack of a vector or of a neighbour', async () => {
  const without = judged({}, { neighbour: () => Promise.resolve({ ok: false, reason: 'no budget' }) })
  const alone = judged({}, { neighbour: () => Promise.resolve({ ok: true, neighbour: undefined }) })
  for (const { run, rejections } of [without, alone]) {
    expect(await run(5)).toEqual(passes)
    expect(rejections).toEqual([])
  }
})

test('a judge sees both programs without comments and has the last word; without an answer nothing is refused', async () => {
  const answer = (text: string) => () => Promise.resolve({ ok: true, text } as const)
  const same = judged({ model: 'small' }, { ask: answer('```json\n{"different": false, "why": "a name"}\n```') })
  expect(await same.run(5)).toMatchObject({
    failure: { message: 'its text is nearly the same, similarity 0.995; small finds no material difference: a name' },
  })
  expect(same.questions).toEqual([
    expect.objectContaining({ stage: 'novelty', model: 'small', purpose: 'novelty' }) as unknown,
  ])
  expect(same.questions[0]?.prompt.user.replaceAll(/ +$/gm, '')).toBe('let a = 1\nlet a = 2')
  for (const ask of [
    answer('{"different": true, "why": "another number"}'),
    answer('No.'),
    () => Promise.resolve({ ok: false, reason: 'no budget' } as const),
  ]) {
    const { run, rejections } = judged({ model: 'small' }, { ask })
    expect(await run(5)).toEqual(passes)
    expect(rejections).toEqual([])
  }
  const far = judged({ model: 'small', threshold: 1 }, { ask: answer('') })
  await far.run(5)
  expect(far.questions).toEqual([])
})

test('of the refused some are let through, and that is written down', async () => {
  const { run, rejections } = judged({ audit: 0.25 })
  for (let ordinal = 1; ordinal <= 400; ordinal++) {
    const { ok } = await run(ordinal)
    expect(rejections.at(-1)).toMatchObject({ ordinal, audited: ok === true })
  }
  const audited = rejections.filter((each) => each.audited).length
  expect(audited).toBeGreaterThan(60)
  expect(audited).toBeLessThan(140)
})

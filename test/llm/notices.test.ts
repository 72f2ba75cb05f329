import { expect, test } from 'vitest'
import type { ModelConfig, Problem } from '../../src/config/problem.ts'
import { enforceableBudget, modelNotices } from '../../src/llm/notices.ts'
import { problemWith } from '../run/parts.ts'

const nothing = { candidates: undefined, usd: undefined, tokens: undefined, wallMs: undefined }

function problemFor(...models: Partial<ModelConfig>[]): Problem {
  const problem = problemWith({})
  const [pattern] = problem.llm.models
  return {
    ...problem,
    llm: { ...problem.llm, models: models.map((model) => ({ ...(pattern as ModelConfig), ...model })) },
  }
}

const priced = { name: 'known', maxTokens: 4000, price: { input: 1, output: 2, cached: undefined } }

test('says so when there is no model, and counts no prompt for it', () => {
  const lines = modelNotices(problemFor(), nothing, undefined, () => {
    throw new Error('no prompt was asked for')
  })
  expect(lines).toEqual(['no language model: only operators that need none are at work, at no cost'])
})

test('says that vectors cost, also where no model writes programs, and counts their price', () => {
  const problem = problemFor()
  const [pattern] = problemWith({}).llm.models
  const embedding = { ...(pattern as ModelConfig), name: 'vectors', model: 'brand-new', maxTokens: 0 }
  const lines = modelNotices(
    { ...problem, llm: { ...problem.llm, embedding } },
    { ...nothing, usd: 2 },
    undefined,
    () => {
      throw new Error('no prompt was asked for')
    },
  )
  expect(lines.slice(0, 2)).toEqual([
    'no language model: only operators that need none are at work',
    'model vectors turns programs into vectors for at most 2 USD',
  ])
  expect(lines[2]).toMatch(/^price unknown for vectors, so the budget counts tokens/)
})

test('says model, cap and expected cost of a candidate', () => {
  const lines = modelNotices(problemFor(priced), { ...nothing, usd: 1 }, 'OPENAI_API_KEY', () => 2000)
  // 2,000 tokens in at 1 USD and 1,000 out at 2 USD per million.
  expect(lines).toEqual([
    'model known (openai, because OPENAI_API_KEY is set (--no-llm works without)) for at most 1 USD, about 0.0040 USD per candidate',
  ])
})

test('says that a price is unknown, and that a USD budget then counts tokens', () => {
  const problem = problemFor(priced, { name: 'new', model: 'brand-new' })
  const lines = modelNotices(problem, { ...nothing, usd: 2 }, undefined, () => 2000)
  expect(lines.at(-1)).toMatch(/^price unknown for new, so the budget counts tokens: 200000 for each USD/)
})

test('a USD budget that cannot be kept becomes one of tokens, any other stays as it is', () => {
  const unknown = problemFor({ model: 'brand-new' })
  expect(enforceableBudget(unknown, { ...nothing, usd: 2 })).toEqual({ ...nothing, usd: 2, tokens: 400_000 })
  expect(enforceableBudget(unknown, { ...nothing, usd: 2, tokens: 9 })).toEqual({ ...nothing, usd: 2, tokens: 9 })
  expect(enforceableBudget(problemFor(priced), { ...nothing, usd: 2 })).toEqual({ ...nothing, usd: 2 })
  expect(enforceableBudget(unknown, nothing)).toEqual(nothing)
})

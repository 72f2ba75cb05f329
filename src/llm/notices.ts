import type { Budget, Problem } from '../config/problem.ts'
import { costOf, priceOf } from './prices.ts'

/** Output tokens that the expected cost of a candidate assumes: a few edits and a sentence about them. */
const typicalOutput = 1000

const withoutModel = 'no language model: only operators that need none are at work'

/**
 * What a user should know about models and money before the first call: which models are at work, what limits them, what
 * a candidate will cost about, and which prices are unknown. One line each.
 *
 * @param offeredBy - The environment variable that a model was picked up from, if the problem names none.
 * @param promptTokens - Counts the tokens of a first prompt; asked only when there is a model.
 */
export function modelNotices(
  problem: Problem,
  budget: Budget,
  offeredBy: string | undefined,
  promptTokens: () => number,
): readonly string[] {
  const { models, embedding } = problem.llm
  if (models.length === 0 && embedding === undefined) return [`${withoutModel}, at no cost`]
  const input = models.length === 0 ? 0 : promptTokens()
  const limits = [
    ...(budget.usd === undefined ? [] : [`${String(budget.usd)} USD`]),
    ...(budget.tokens === undefined ? [] : [`${budget.tokens.toLocaleString('en-US')} tokens`]),
  ]
  const cap = limits.length === 0 ? 'with no limit on spending' : `for at most ${limits.join(' and ')}`
  const lines = models.map((model) => {
    const price = priceOf(model)
    const usage = { input, output: Math.min(typicalOutput, model.maxTokens), cached: undefined, reasoning: undefined }
    const cost =
      price === undefined
        ? `about ${String(input + usage.output)} tokens`
        : `about ${costOf(price, usage).toPrecision(2)} USD`
    const origin = offeredBy === undefined ? '' : `, because ${offeredBy} is set (--no-llm works without)`
    return `model ${model.name} (${model.provider}${origin}) ${cap}, ${cost} per candidate`
  })
  if (models.length === 0) lines.push(withoutModel)
  if (embedding !== undefined) lines.push(`model ${embedding.name} turns programs into vectors ${cap}`)
  const unknown = unpricedModels(problem)
  if (unknown.length > 0) {
    const consequence =
      budget.usd === undefined ? '' : `, so the budget counts tokens: ${String(tokensPerUnpricedUsd)} for each USD`
    lines.push(
      `price unknown for ${unknown.join(', ')}${consequence} (price: { input, output } in the problem sets it)`,
    )
  }
  return lines
}

/** What one USD of a budget buys of a model whose price is unknown, in tokens. */
export const tokensPerUnpricedUsd = 200_000

/**
 * The limits as they can be kept: with a model whose price is unknown, a budget in USD alone limits nothing, so it
 * becomes a budget of tokens.
 */
export function enforceableBudget(problem: Problem, budget: Budget): Budget {
  if (budget.usd === undefined || budget.tokens !== undefined || unpricedModels(problem).length === 0) return budget
  return { ...budget, tokens: Math.floor(budget.usd * tokensPerUnpricedUsd) }
}

function unpricedModels(problem: Problem): readonly string[] {
  const { models, repair, analysis, embedding } = problem.llm
  const unknown = [...models, repair, analysis, embedding].flatMap((model) =>
    model !== undefined && priceOf(model) === undefined ? [model.name] : [],
  )
  return [...new Set(unknown)]
}

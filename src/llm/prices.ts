import type { ModelConfig } from '../config/problem.ts'
import type { TokenUsage } from './provider.ts'

/** What a model costs, in USD per million tokens. */
export interface ModelPrice {
  readonly input: number
  readonly output: number
  /** Input read from the prompt cache; `undefined` charges it like other input. */
  readonly cached: number | undefined
  /** Input written to the prompt cache; `undefined` charges it like other input. */
  readonly cacheWrite?: number
  /** What the whole request costs when its input is longer than `above` tokens. */
  readonly long?: Omit<ModelPrice, 'long'> & { readonly above: number }
}

/** OpenAI: above 272,000 input tokens, input costs twice and output one and a half times as much. */
function withLong(price: Omit<ModelPrice, 'long'>): ModelPrice {
  const { input, output, cached, cacheWrite } = price
  return {
    ...price,
    long: {
      above: 272_000,
      input: 2 * input,
      output: 1.5 * output,
      cached: cached === undefined ? undefined : 2 * cached,
      ...(cacheWrite === undefined ? {} : { cacheWrite: 2 * cacheWrite }),
    },
  }
}

/** Anthropic: a cache write (5 minutes) costs a quarter more than input; reads a tenth unless said otherwise. */
function claude(input: number, output: number, cached = input / 10): ModelPrice {
  return { input, output, cached, cacheWrite: 1.25 * input }
}

/** OpenAI from GPT-5.6 on: cache writes cost a quarter more than input, and long requests more. */
function gpt(input: number, output: number, cached: number): ModelPrice {
  return withLong({ input, output, cached, cacheWrite: 1.25 * input })
}

const haiku55: ModelPrice = {
  ...claude(0.1, 0.5),
  long: { above: 100_000, ...claude(0.5, 2.5) },
}

/**
 * List prices by model id for the standard service tier, without batch, priority or regional surcharges.
 *
 * Read in November 2026 from the vendors' model pages, <https://platform.claude.com/docs/en/about-claude/pricing> and
 * <https://developers.openai.com/api/docs/pricing>. A model whose price was not certain is left out: an unknown price is
 * said at the start of a run, a wrong one would break a budget silently. `price:` in a problem overrides this list.
 */
export const prices: Readonly<Record<string, ModelPrice>> = {
  'claude-fable-5-1': claude(10, 50, 0.25),
  'claude-fable-5': claude(10, 50),
  'claude-opus-5-5': claude(4, 20, 0.2),
  'claude-opus-5': claude(5, 25),
  'claude-opus-4-8': claude(5, 25),
  'claude-opus-4-7': claude(5, 25),
  'claude-opus-4-6': claude(5, 25),
  'claude-opus-4-5': claude(5, 25),
  'claude-sonnet-5-5': claude(2, 10, 0.1),
  'claude-sonnet-5': claude(2, 10),
  'claude-sonnet-4-6': claude(3, 15),
  'claude-sonnet-4-5': claude(3, 15),
  'claude-haiku-5-5': haiku55,
  'claude-haiku-4-5': claude(1, 5),

  'gpt-6-astra': gpt(10, 50, 1),
  'gpt-6.1-sol': gpt(2, 10, 0.1),
  'gpt-6-sol': gpt(2, 10, 0.2),
  'gpt-6-luna': gpt(0.1, 0.5, 0.01),
  'gpt-5.6-sol': gpt(4, 20, 0.4),
  'gpt-5.6-terra': gpt(2, 12, 0.2),
  'gpt-5.6-luna': gpt(0.2, 1.2, 0.02),
  'gpt-5.5': withLong({ input: 5, output: 30, cached: 0.5 }),
  'gpt-5.4': withLong({ input: 2.5, output: 15, cached: 0.25 }),
  'gpt-5.4-mini': { input: 0.75, output: 4.5, cached: 0.075 },
  'gpt-5.4-nano': { input: 0.2, output: 1.25, cached: 0.02 },
  'gpt-5.2': { input: 1.75, output: 14, cached: 0.175 },
  'gpt-5.1': { input: 1.25, output: 10, cached: 0.125 },
  'gpt-5': { input: 1.25, output: 10, cached: 0.125 },
  'gpt-5-mini': { input: 0.25, output: 2, cached: 0.025 },
  'gpt-5-nano': { input: 0.05, output: 0.4, cached: 0.005 },
  'gpt-4.1': { input: 2, output: 8, cached: 0.5 },
  'gpt-4.1-mini': { input: 0.4, output: 1.6, cached: 0.1 },
  'gpt-4.1-nano': { input: 0.1, output: 0.4, cached: 0.025 },
  'o4-mini': { input: 1.1, output: 4.4, cached: 0.275 },
  o3: { input: 2, output: 8, cached: 0.5 },
  'gpt-4o': { input: 2.5, output: 10, cached: 1.25 },
  'gpt-4o-2024-05-13': { input: 5, output: 15, cached: undefined },
  'gpt-4o-mini': { input: 0.15, output: 0.6, cached: 0.075 },

  'text-embedding-3-small': { input: 0.02, output: 0, cached: undefined },
  'text-embedding-3-large': { input: 0.13, output: 0, cached: undefined },
  'text-embedding-ada-002': { input: 0.1, output: 0, cached: undefined },
}

/**
 * The price of a model: the problem's own, else the list's, where a dated snapshot costs what its undated id costs.
 *
 * The address plays no part, since gateways serve the vendors' models under the vendors' ids.
 *
 * @returns `undefined` when it is unknown.
 */
export function priceOf(model: Pick<ModelConfig, 'model' | 'price'>): ModelPrice | undefined {
  if (model.price !== undefined) return model.price
  const undated = model.model.replace(/-(\d{4}-\d{2}-\d{2}|\d{8})$/, '')
  return ownEntry(model.model) ?? ownEntry(undated)
}

function ownEntry(id: string): ModelPrice | undefined {
  return Object.hasOwn(prices, id) ? prices[id] : undefined
}

/** What a call cost, in USD. */
export function costOf(price: ModelPrice, usage: TokenUsage): number {
  const rate = price.long !== undefined && usage.input > price.long.above ? price.long : price
  const cached = Math.min(usage.cached ?? 0, usage.input)
  const written = Math.min(usage.cacheWrites ?? 0, usage.input - cached)
  const plain = usage.input - cached - written
  const input = plain * rate.input + cached * (rate.cached ?? rate.input) + written * (rate.cacheWrite ?? rate.input)
  return (input + usage.output * rate.output) / 1e6
}

/** The most a call can cost, in USD, when its input has at most `input` and its output at most `output` tokens. */
export function highestCost(price: ModelPrice, input: number, output: number): number {
  const rates = price.long !== undefined && input > price.long.above ? [price, price.long] : [price]
  const costs = rates.map(
    (rate) => input * Math.max(rate.input, rate.cached ?? 0, rate.cacheWrite ?? 0) + output * rate.output,
  )
  return Math.max(...costs) / 1e6
}

import { describe, expect, it } from 'vitest'
import { costOf, highestCost, priceOf, prices } from '../../src/llm/prices.ts'
import { mostInputTokens } from '../../src/llm/tokens.ts'
import { model } from './models.ts'
import fc from '../seeded-properties.ts'

const usage = (input: number, output: number, cached?: number, cacheWrites?: number) => ({
  input,
  output,
  cached,
  cacheWrites,
  reasoning: undefined,
})

describe('prices', () => {
  it('are those of the list, also for a dated snapshot', () => {
    expect(priceOf(model({ model: 'claude-haiku-4-5-20251001' }))).toBe(prices['claude-haiku-4-5'])
    expect(priceOf(model({ model: 'gpt-5.4-mini-2026-03-17' }))).toBe(prices['gpt-5.4-mini'])
    expect(priceOf(model({ model: 'gpt-4o-2024-05-13' }))?.input).toBe(5)
  })

  it('are unknown for a model that is not listed, whatever it is called', () => {
    for (const id of ['llama-4', 'gpt-5.4-mini-turbo', 'constructor', '__proto__']) {
      expect(priceOf(model({ model: id }))).toBeUndefined()
    }
  })

  it('of the problem go before the list', () => {
    const price = { input: 1, output: 2, cached: undefined }
    expect(priceOf(model({ price }))).toBe(price)
  })

  it('count cached and written tokens once, at their own price', () => {
    const price = { input: 4, output: 20, cached: 0.2, cacheWrite: 5 }
    expect(costOf(price, usage(1_000_000, 0, 500_000, 100_000))).toBeCloseTo(0.4 * 4 + 0.5 * 0.2 + 0.1 * 5)
    expect(costOf({ input: 4, output: 20, cached: undefined }, usage(1_000_000, 100_000, 500_000))).toBeCloseTo(6)
  })

  it('rise for the whole request when its input is long', () => {
    const price = prices['claude-haiku-5-5']!
    expect(costOf(price, usage(100_000, 0))).toBeCloseTo(0.01)
    expect(costOf(price, usage(100_001, 0))).toBeCloseTo(0.05)
  })

  it('never make a call dearer than its reservation', () => {
    const count = fc.integer({ min: 0, max: 400_000 })
    fc.assert(
      fc.property(
        fc.constantFrom(...Object.values(prices)),
        count,
        count,
        count,
        count,
        (price, input, output, cached, written) => {
          const bound = highestCost(price, input, output)
          for (const share of [0, 0.3, 1]) {
            const used = usage(Math.floor(input * share), output, cached, written)
            expect(costOf(price, used)).toBeLessThanOrEqual(bound + 1e-12)
          }
        },
      ),
    )
  })
})

describe('the bound on input tokens', () => {
  it('is at least the bytes of the text in any normal form', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }), (system, user) => {
        const bound = mostInputTokens({ system, user })
        for (const form of ['NFC', 'NFD', 'NFKC', 'NFKD'] as const) {
          expect(bound).toBeGreaterThanOrEqual(Buffer.byteLength(user.normalize(form)))
        }
        expect(bound).toBeGreaterThanOrEqual(Buffer.byteLength(system + user))
      }),
    )
    expect(mostInputTokens({ system: '', user: '\ufdfa' })).toBeGreaterThanOrEqual(33)
  })
})

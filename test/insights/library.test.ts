import { describe, expect, test } from 'vitest'
import type { KnownInsight } from '../../src/core/insight.ts'
import { rngStream } from '../../src/core/rng.ts'
import { drawBeta } from '../../src/insights/beta.ts'
import { chooseInsights, isHarmful, isMixed } from '../../src/insights/library.ts'

const insight = (id: number, helped: number, hurt: number, irrelevant = 0): KnownInsight => ({
  id,
  version: 1,
  taxonomy: 'generalise',
  condition: '',
  applies: {},
  explanation: `advice ${String(id)}`,
  example: '',
  status: 'active',
  origin: 'program 1',
  helped,
  hurt,
  irrelevant,
})
const tally = (helped: number, hurt: number, irrelevant = 0) => ({ helped, hurt, irrelevant })

describe('a Beta distribution', () => {
  test.each([
    [1, 1],
    [0.5, 2],
    [7, 3],
    [50, 150],
  ])('with parameters %d and %d has its mean and variance', (a, b) => {
    const rng = rngStream(1, 'beta', Math.round(a * 100 + b))
    const draws = Array.from({ length: 20_000 }, () => drawBeta(a, b, rng))
    const mean = draws.reduce((sum, draw) => sum + draw, 0) / draws.length
    const variance = draws.reduce((sum, draw) => sum + (draw - mean) ** 2, 0) / draws.length
    expect(draws.every((draw) => draw >= 0 && draw <= 1)).toBe(true)
    expect(mean).toBeCloseTo(a / (a + b), 2)
    expect(variance).toBeCloseTo((a * b) / ((a + b) ** 2 * (a + b + 1)), 2)
  })
})

describe('choosing insights', () => {
  const chosen = (known: readonly KnownInsight[], baseline: ReturnType<typeof tally>, most: number) =>
    Array.from({ length: 1000 }, (_, ordinal) =>
      chooseInsights(known, baseline, most, rngStream(3, 'insights', ordinal)).map(({ id }) => id),
    )
  const share = (all: readonly (readonly number[])[], id: number): number =>
    all.filter((ids) => ids.includes(id)).length / all.length

  test('is a function of the stream', () => {
    const known = [insight(1, 3, 3), insight(2, 4, 4)]
    expect(chosen(known, tally(5, 5), 1)).toEqual(chosen(known, tally(5, 5), 1))
  })

  test('prefers what helped to what hurt, and both give way to prompts without any where these do better', () => {
    const all = chosen([insight(1, 30, 3), insight(2, 3, 30)], tally(10, 10), 1)
    expect(share(all, 1)).toBeGreaterThan(0.95)
    expect(share(all, 2)).toBeLessThan(0.01)
    const against = chosen([insight(1, 10, 30), insight(2, 3, 30)], tally(30, 3), 3)
    expect(against.filter((ids) => ids.length === 0).length).toBeGreaterThan(950)
  })

  test('shows at most as many as asked for, the best draw first, and none of an empty library', () => {
    const known = [insight(1, 40, 1), insight(2, 40, 1), insight(3, 40, 1)]
    expect(Math.max(...chosen(known, tally(1, 40), 2).map(({ length }) => length))).toBe(2)
    expect(chosen(known, tally(1, 40), 0).flat()).toEqual([])
    expect(chosen([], tally(0, 0), 3).flat()).toEqual([])
  })

  test('tries what is little known in one prompt of eight, whatever its record, and prompts without any as well', () => {
    const all = chosen([insight(1, 300, 0), insight(2, 0, 3)], tally(0, 6), 1)
    expect(share(all, 2)).toBeGreaterThan(0.09)
    expect(share(all, 2)).toBeLessThan(0.16)
    const without = chosen([insight(1, 300, 0)], tally(0, 2), 1)
    expect(without.filter((ids) => ids.length === 0).length / without.length).toBeGreaterThan(0.09)
  })
})

test('an insight is harmful when its uses are worth less than prompts without any, beyond doubt', () => {
  expect(isHarmful(tally(0, 5), tally(20, 20))).toBe(false)
  expect(isHarmful(tally(0, 6), tally(20, 20))).toBe(true)
  expect(isHarmful(tally(0, 8), tally(0, 40))).toBe(false)
  expect(isHarmful(tally(0, 8), tally(0, 0, 40))).toBe(true)
  expect(isHarmful(tally(4, 4), tally(20, 20))).toBe(false)
  expect(isHarmful(tally(10, 90), tally(50, 50))).toBe(true)
})

test('a record is mixed when it has several of both', () => {
  expect([tally(3, 3), tally(2, 9), tally(9, 2), tally(0, 0, 9)].map(isMixed)).toEqual([true, false, false, false])
})

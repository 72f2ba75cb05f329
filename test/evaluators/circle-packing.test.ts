import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import evaluator from '../../evaluators/circle-packing.ts'
import type { Circle } from '../../evaluators/circles/circle.ts'
import { shrink } from '../../evaluators/circles/shrink.ts'
import { pack } from '../../problems/circle-packing.ts'
import type { Json } from '../../src/core/json.ts'
import { damaged } from '../../src/evaluation/damage.ts'
import { scoreCases } from '../../src/evaluation/evaluator/score-cases.ts'
import fc from '../seeded-properties.ts'

interface Reference {
  readonly constructions: Readonly<Record<string, { readonly output: readonly Circle[] }>>
}

const reference = JSON.parse(
  readFileSync(new URL('../fixtures/constructions/circle-packing.json', import.meta.url), 'utf8'),
) as Reference

const polished = reference.constructions['polished']!.output

function score(value: unknown) {
  const setup = {
    evaluator,
    cases: evaluator.cases({ rng: {} as never, split: 'search' }),
    evaluatorPath: 'circle-packing.ts',
    source: '',
  }
  return scoreCases({ ...setup, objectives: ['sum_radii'] }, [{ id: 'n26', ok: true, value: value as Json, ms: 1 }])
}

async function scored(value: unknown) {
  const outcome = await score(value)
  if (!outcome.ok) throw new Error(outcome.failure.message)
  return { ...outcome.scored, total: outcome.scored.objectives['sum_radii']! }
}

describe('the published packings', () => {
  it.each([
    ['alphaevolve_whitepaper', true],
    ['alphaevolve_67', false],
    ['polished', true],
  ])('shrinks %s only if it overlaps as published', (name, strict) => {
    expect(shrink(reference.constructions[name]!.output, 'unit square').factor === 1).toBe(strict)
  })
})

describe('the first program', () => {
  it('is a naive start', async () => {
    const { total, descriptors } = await scored(pack(26))
    expect(total).toBeCloseTo(0.9671, 4)
    expect(descriptors['radius_spread']).toBeGreaterThan(1)
  })
})

describe('a packing that overlaps', () => {
  it('gains nothing from a tolerance', async () => {
    for (const tolerance of [1e-15, 1e-12, 1e-9, 1e-6, 1e-3]) {
      const inflated = polished.map(([x, y, radius]) => [x, y, radius + tolerance / 2])
      expect((await scored(inflated)).total).toBeLessThanOrEqual(2.635983084918)
    }
  })

  it('is described by its worst pair', async () => {
    const circles = polished.map(([x, y, radius], index): Circle => [x, y, index === 10 ? radius + 2e-4 : radius])
    const { feedback, artifacts } = await scored(circles)
    expect(feedback).toMatch(/^Circles (\d+ and 10|10 and \d+) overlap by 0\.0002/)
    expect(artifacts['raw']).toBeCloseTo(2.635983084917 + 2e-4, 9)
  })

  it('is described by a wall it crosses', async () => {
    const circles = polished.map(([x, y, radius], index): Circle => [index === 9 ? x + 0.01 : x, y, radius])
    expect((await scored(circles)).feedback).toMatch(/^Circle 9 crosses the right wall by 0\.010/)
  })

  it('scores the same turned and mirrored', async () => {
    const circles = polished.map(([x, y, radius]): Circle => [x, y, radius * 1.01])
    const turned = circles.map(([x, y, radius]): Circle => [y, 1 - x, radius]).toReversed()
    expect((await scored(turned)).total).toBeCloseTo((await scored(circles)).total, 12)
  })
})

describe('feedback on a valid packing', () => {
  it('names the circles that could grow and the largest hole', async () => {
    const circles = polished.map(([x, y, radius], index): Circle => [x, y, index === 16 ? 0.01 : radius])
    const { feedback } = await scored(circles)
    expect(feedback).toContain(
      'The packing is valid as returned. 1 of 26 circles touch nothing; alone, circle 16 by 0.127',
    )
    expect(feedback).toContain('Smallest circles: 16 (0.01)')
  })
})

describe('damaged output', () => {
  it.each(damaged(polished as Json).map((each) => [each.name, each] as const))('refuses %s', async (_, { value }) => {
    expect(await score(value)).toMatchObject({
      ok: false,
      failure: { kind: expect.stringMatching(/^(invalid-output|constraint-violated)$/) as string },
    })
  })
})

describe('the law of the strict score', () => {
  /** The number as a fraction n / 2^1080, found by another way than the evaluator's: its decimal text in base 2. */
  const exact = (value: number): bigint => {
    const [whole = '0', fraction = ''] = value.toString(2).split('.')
    return BigInt(`0b${whole}${fraction}`) << BigInt(1080 - fraction.length)
  }
  const unit = 1n << 1080n

  const isValid = (circles: readonly Circle[]): boolean => {
    const all = circles.map((circle) => circle.map(exact) as [bigint, bigint, bigint])
    return all.every(
      ([x, y, r], index) =>
        r >= 0n &&
        x >= r &&
        y >= r &&
        x + r <= unit &&
        y + r <= unit &&
        all.slice(index + 1).every(([x2, y2, r2]) => (x - x2) ** 2n + (y - y2) ** 2n >= (r + r2) ** 2n),
    )
  }

  const coordinate = fc.oneof(
    fc.double({ min: 0, max: 1, noNaN: true }),
    // A coarse grid makes circles that touch exactly, coincide, or sit on walls.
    fc.integer({ min: 0, max: 20 }).map((steps) => steps / 20),
  )
  const radius = fc.oneof(
    fc.double({ min: 0, max: 0.3, noNaN: true }),
    fc.constantFrom(0, 0.05, 0.1, 0.025, 1e-161, 5e-324, 1),
  )
  const packing = fc.array(fc.tuple(coordinate, coordinate, radius), { minLength: 2, maxLength: 12 })

  it('holds for any circles: the repaired packing is valid and its sum is not above the exact one', () => {
    fc.assert(
      fc.property(packing, (circles) => {
        const { circles: repaired, total, factor } = shrink(circles, 'unit square')
        expect(isValid(repaired)).toBe(true)
        expect(exact(total)).toBeLessThanOrEqual(repaired.reduce((sum, [, , each]) => sum + exact(each), 0n))
        expect(factor).toBeLessThanOrEqual(1)
        for (const [index, [x, y, each]] of repaired.entries()) {
          expect([x, y]).toEqual(circles[index]?.slice(0, 2))
          expect(each).toBeLessThanOrEqual(circles[index]![2])
        }
      }),
      { numRuns: 3000 },
    )
  })

  it('takes nothing off circles that are valid as returned', () => {
    fc.assert(
      fc.property(packing, (circles) => {
        const { circles: valid } = shrink(circles, 'unit square')
        expect(shrink(valid, 'unit square').factor).toBe(1)
      }),
      { numRuns: 1000 },
    )
  })
})

import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import rectangle from '../../evaluators/circle-packing-rect-21.ts'
import convex from '../../evaluators/heilbronn-convex-13.ts'
import triangle from '../../evaluators/heilbronn-triangle-11.ts'
import { areApart, gridHexagon } from '../../evaluators/hexagons/exact.ts'
import { spreadOut, tightestPair } from '../../evaluators/hexagons/spread-out.ts'
import hexagons from '../../evaluators/hexagon-packing-11.ts'
import kissing from '../../evaluators/kissing-11.ts'
import { keepApart } from '../../evaluators/kissing/keep-apart.ts'
import { squaredDistance, squaredLength } from '../../evaluators/kissing/vectors.ts'
import distances from '../../evaluators/min-max-distance-2d-16.ts'
import type { Json } from '../../src/core/json.ts'
import type { Evaluator } from '../../src/evaluation/evaluator/define.ts'
import { scoreCases } from '../../src/evaluation/evaluator/score-cases.ts'
import fc from '../seeded-properties.ts'

async function score(evaluator: unknown, objective: string, value: unknown) {
  const it = evaluator as Evaluator
  const cases = it.cases({ rng: {} as never, split: 'search' })
  const setup = { evaluator: it, cases, objectives: [objective], evaluatorPath: 'evaluator.ts', source: '' }
  return scoreCases(setup, [{ id: cases[0]!.id, ok: true, value: value as Json, ms: 1 }])
}

async function valid(evaluator: unknown, objective: string, value: unknown) {
  const outcome = await score(evaluator, objective, value)
  if (!outcome.ok) throw new Error(outcome.failure.message)
  const { objectives, feedback = '', descriptors } = outcome.scored
  return { value: objectives[objective]!, feedback, descriptors }
}

async function refusal(evaluator: unknown, objective: string, value: unknown): Promise<string> {
  const outcome = await score(evaluator, objective, value)
  if (outcome.ok) throw new Error(`scored ${JSON.stringify(outcome.scored.objectives)}`)
  return outcome.failure.message
}

type Row = readonly [number, number, number]

function published(name: string, construction: string): readonly Row[] {
  const file = new URL(`../fixtures/constructions/${name}.json`, import.meta.url)
  const { constructions } = JSON.parse(readFileSync(file, 'utf8')) as {
    readonly constructions: Readonly<Record<string, { readonly output: readonly Row[] }>>
  }
  return constructions[construction]!.output
}

describe('circles in a rectangle', () => {
  const best = published('circle-packing-rect-21', 'polished')

  it('are scaled down when their box is too large, never up', async () => {
    const { value } = await valid(rectangle, 'sum_radii', best)
    const scaled = (by: number) => best.map((circle) => circle.map((entry) => entry * by))
    expect((await valid(rectangle, 'sum_radii', scaled(1000))).value).toBeCloseTo(value, 12)
    expect((await valid(rectangle, 'sum_radii', scaled(0.5))).value).toBeCloseTo(value / 2, 12)
    expect((await valid(rectangle, 'sum_radii', scaled(1000))).feedback).toContain('scaled by 0.001')
  })

  it('gain nothing by overlapping', async () => {
    for (const tolerance of [1e-15, 1e-12, 1e-9, 1e-6, 1e-3]) {
      const inflated = best.map(([x, y, radius]) => [x, y, radius + tolerance / 2])
      expect((await valid(rectangle, 'sum_radii', inflated)).value).toBeLessThanOrEqual(2.36583237592)
    }
  })

  it('must not be points', async () => {
    expect(
      await refusal(
        rectangle,
        'sum_radii',
        best.map(([x, y]) => [x, y, 0]),
      ),
    ).toMatch(/all radii are zero/)
    expect(
      await refusal(
        rectangle,
        'sum_radii',
        best.map(([x, y, r]) => [1e9 * x, 1e9 * y, r]),
      ),
    ).toMatch(/points beside/)
    expect(
      await refusal(
        rectangle,
        'sum_radii',
        best.map(([x, y, r], k) => [x, y, k === 4 ? -r : r]),
      ),
    ).toMatch(/circle 4 has the negative radius/)
  })
})

describe("Heilbronn's problems", () => {
  it('clip points to the triangle and say which', async () => {
    const inside = published('heilbronn-triangle-11', 'alphaevolve')
    const moved = inside.map(([x, y], k) => (y === 0 && k === 0 ? [x, y - 0.25] : [x, y]))
    const [before, after] = [
      await valid(triangle, 'smallest_share', inside),
      await valid(triangle, 'smallest_share', moved),
    ]
    expect(before.feedback).toMatch(/^All points lie in the triangle/)
    expect(before.descriptors['boundary_points']).toBeGreaterThan(4)
    expect(after.feedback).toMatch(/^1 points were outside and clipped to the triangle, point 0 by 0\.25/)
    expect(after.value).toBeLessThanOrEqual(before.value)
  })

  it('refuse three points on one line', async () => {
    const line = Array.from({ length: 11 }, (_, k) => [k / 16, 0.25])
    expect(await refusal(triangle, 'smallest_share', line)).toMatch(/^points \d+, \d+, \d+ lie on one line/)
    const parabola = Array.from({ length: 13 }, (_, k) => [k, k * k])
    expect(
      await refusal(
        convex,
        'smallest_share',
        parabola.map(([x]) => [x, x]),
      ),
    ).toMatch(/no hull/)
    expect(await refusal(convex, 'smallest_share', parabola.with(5, [5, 26]))).toMatch(
      /^points \d+, \d+, \d+ lie on one line/,
    )
  })

  it('do not see affine maps', async () => {
    const points = published('heilbronn-convex-13', 'polished')
    const mapped = points.map(([x, y]) => [64 * x - 3 * y + 5, 0.5 * y - 2 * x])
    const [before, after] = [
      await valid(convex, 'smallest_share', points),
      await valid(convex, 'smallest_share', mapped),
    ]
    expect(after.value).toBeCloseTo(before.value, 12)
    expect([before, after].map(({ descriptors }) => descriptors['hull_corners'])).toEqual([10, 10])
  })

  it('score a regular 13-gon as the trivial value', async () => {
    const regular = Array.from({ length: 13 }, (_, k) => [
      Math.cos((2 * Math.PI * k) / 13),
      Math.sin((2 * Math.PI * k) / 13),
    ])
    expect((await valid(convex, 'smallest_share', regular)).value).toBeCloseTo(0.017622, 6)
  })
})

describe('distances', () => {
  it('give a grid 18 exactly, at any scale', async () => {
    const grid = Array.from({ length: 16 }, (_, k) => [k % 4, Math.floor(k / 4)])
    expect((await valid(distances, 'ratio_squared', grid)).value).toBe(18)
    const small = grid.map((point) => point.map((entry) => entry * 2 ** -60))
    const { value, descriptors, feedback } = await valid(distances, 'ratio_squared', small)
    expect([value, descriptors]).toEqual([18, { shortest_pairs: 24, hull_corners: 4 }])
    expect(feedback).toContain('24 pairs are within a thousandth of the smallest squared distance')
  })

  it('refuse two points at one place, also nearly', async () => {
    const grid = Array.from({ length: 16 }, (_, k) => [k % 4, Math.floor(k / 4)])
    expect(await refusal(distances, 'ratio_squared', grid.with(7, [3, 3]))).toMatch(/points 7 and 15 are at one place/)
    expect(await refusal(distances, 'ratio_squared', grid.with(7, [3, 3 + 1e-7]))).toMatch(/points 7 and 15/)
  })
})

describe('hexagons', () => {
  const best = published('hexagon-packing-11', 'polished')

  it('need a side of 4 as eleven cells of a honeycomb', async () => {
    // prettier-ignore
    const cells = [[0, 0], [1, 0], [-1, 0], [0.5, 1], [-0.5, 1], [1.5, 1], [-1.5, 1], [0.5, -1], [-0.5, -1], [1.5, -1], [0, 2]]
    const { value, feedback } = await valid(
      hexagons,
      'side',
      cells.map(([column, row]) => [Math.sqrt(3) * column!, 1.5 * row!, 30]),
    )
    expect(value).toBeCloseTo(4, 12)
    expect(feedback).toContain('20 pairs touch')
    expect(feedback).toContain('Every hexagon touches another.')
  })

  it('are moved apart by one factor until exact arithmetic agrees', () => {
    const place = fc.oneof(fc.double({ min: -5, max: 5, noNaN: true }), fc.integer({ min: -4, max: 4 }))
    const turned = fc.oneof(fc.double({ min: -180, max: 180, noNaN: true }), fc.constantFrom(0, 30, 60, 90))
    fc.assert(
      fc.property(fc.array(fc.tuple(place, place, turned), { minLength: 2, maxLength: 5 }), (list) => {
        const worst = tightestPair(list)
        fc.pre(worst.ratio > 0.02)
        const { hexagons: placed, factor } = spreadOut(list, worst)
        for (const [index, one] of placed.entries()) {
          for (const other of placed.slice(index + 1)) expect(areApart(one, other)).toBe(true)
        }
        expect(factor).toBeGreaterThanOrEqual(1)
        // No further than needed: a little less and the worst pair overlaps.
        if (factor > 1 + 1e-9) {
          const [a, b] = [list[worst.first]!, list[worst.second]!]
          const back = factor * (1 - 1e-9)
          const [one, other] = [a, b].map(([x, y, degrees]) => gridHexagon(x * back, y * back, degrees))
          expect(areApart(one!, other!)).toBe(false)
        }
      }),
      { numRuns: 300 },
    )
  })

  it('gain nothing by overlapping', async () => {
    const { value } = await valid(hexagons, 'side', best)
    for (const squeeze of [1e-12, 1e-9, 1e-6, 1e-3]) {
      const closer = best.map(([x, y, degrees]) => [x * (1 - squeeze), y * (1 - squeeze), degrees])
      // The published arrangement leaves gaps of 1e-9 between hexagons, which a squeeze may use up.
      expect((await valid(hexagons, 'side', closer)).value).toBeGreaterThan(value - 1e-8)
    }
  })

  it('score the same moved and turned as a whole', async () => {
    const angle = 0.7
    const turned = best.map(([x, y, degrees]) => [
      x * Math.cos(angle) - y * Math.sin(angle) + 11,
      x * Math.sin(angle) + y * Math.cos(angle) - 7,
      degrees + (angle * 180) / Math.PI,
    ])
    const [before, after] = [await valid(hexagons, 'side', best), await valid(hexagons, 'side', turned)]
    expect(after.value).toBeCloseTo(before.value, 12)
    expect(after.descriptors['angle_spread']).toBeCloseTo(before.descriptors['angle_spread']!, 9)
  })

  it('must not lie on each other', async () => {
    expect(await refusal(hexagons, 'side', best.with(3, best[4]!))).toBe('hexagons 3 and 4 have practically one centre')
    expect(await refusal(hexagons, 'side', best.with(3, [1001, 0, 0]))).toMatch(/\[3\]\[0\]/)
  })
})

describe('kissing spheres', () => {
  const axes = Array.from({ length: 22 }, (_, k) =>
    Array.from({ length: 11 }, (__, entry) => (entry === k >> 1 ? (k % 2 === 0 ? 1 : -1) : 0)),
  )

  it('keep whatever is a configuration, whole', async () => {
    expect(await valid(kissing, 'vectors', axes)).toMatchObject({
      value: 22,
      descriptors: { lengths: 1, filled_entries: 1 },
    })
  })

  it('lose zero vectors, second copies and those that crowd, and say so', async () => {
    const more = [...axes, axes[0]!, axes[0]!.map(() => 0), Array.from({ length: 11 }, (_, k) => (k < 2 ? 1 : 0))]
    const { value, feedback } = await valid(kissing, 'vectors', more)
    // The vector of length sqrt(2) asks for a distance of sqrt(2), which the axes still have.
    expect(value).toBe(22)
    expect(feedback).toContain('2 of 25 vectors are too close to an earlier one, the first is 22, too close to 0.')
    expect(feedback).toContain('1 vectors are zero')
    expect(await refusal(kissing, 'vectors', [axes[0]!.map(() => 0)])).toBe('all vectors are zero')
  })

  it('are compared as whole numbers where floating point sees no difference', async () => {
    const far = (entries: readonly bigint[]) => [...entries, ...Array.from({ length: 9 }, () => 0n)].map(String)
    // The third corner of a regular triangle lies between two whole numbers that are the same double.
    const [p, above] = [10n ** 30n, 866025403784438646763723170753n]
    expect(Number(above)).toBe(Number(above - 1n))
    const corner = (height: bigint) => [far([p, 0n]), far([p / 2n, height])]
    expect((await valid(kissing, 'vectors', corner(above))).value).toBe(2)
    expect((await valid(kissing, 'vectors', corner(above - 1n))).value).toBe(1)
    expect(await refusal(kissing, 'vectors', [far([10n ** 41n, 0n])])).toMatch(/at most 40/)
    expect(await refusal(kissing, 'vectors', [far([p, 0n]).with(2, '0x1')])).toMatch(/whole number/)
    expect(await refusal(kissing, 'vectors', [far([p, 0n]).with(2, '1e5')])).toMatch(/whole number/)
  })

  it('stay a configuration whatever was returned', () => {
    const vector = fc.array(fc.bigInt({ min: -3n, max: 3n }), { minLength: 4, maxLength: 4 })
    fc.assert(
      fc.property(fc.array(vector, { minLength: 1, maxLength: 30 }), (vectors) => {
        const kept = keepApart(vectors).indices.map((index) => vectors[index]!)
        const longest = kept.map(squaredLength).reduce((most, each) => (each > most ? each : most), 0n)
        for (const [index, one] of kept.entries()) {
          expect(squaredLength(one) > 0n).toBe(true)
          for (const other of kept.slice(index + 1)) expect(squaredDistance(one, other) >= longest).toBe(true)
        }
      }),
    )
  })
})

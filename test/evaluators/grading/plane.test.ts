import { describe, expect, it } from 'vitest'
import { convexHull, doublePolygonArea } from '../../../evaluators/grading/convex-hull.ts'
import { mulberry32 } from '../../../evaluators/grading/mulberry32.ts'
import { doubleArea, unitPoints } from '../../../evaluators/grading/orientation.ts'
import { pairsOf, triplesOf } from '../../../evaluators/grading/point.ts'
import type { Point } from '../../../evaluators/grading/point.ts'
import { separation } from '../../../evaluators/grading/separating-axes.ts'
import fc from '../../seeded-properties.ts'

/** A coarse grid makes lines of many points, and copies. */
const place = fc.oneof(fc.double({ min: -2, max: 2, noNaN: true }), fc.integer({ min: -3, max: 3 }))
const point = fc.tuple(place, place)

describe('orientation', () => {
  it('sees a turn that floating point does not', () => {
    // Three points on y = x but for one step of the last place.
    const points: Point[] = [
      [0.5, 0.5],
      [12, 12],
      [24, 24.000000000000004],
    ]
    const rough = (12 - 0.5) * (24.000000000000004 - 0.5) - (24 - 0.5) * (12 - 0.5)
    const { places, exponent } = unitPoints(points)
    const exact = doubleArea(places[0]!, places[1]!, places[2]!)
    expect(exact > 0n).toBe(true)
    expect(Number(exact) * 4 ** exponent).toBe(11.5 * 2 ** -48)
    expect(Math.abs(rough - 11.5 * 2 ** -48)).toBeLessThan(1e-13)
  })
})

describe('the convex hull', () => {
  it('leaves no point outside, turns left at every corner, and has no corner twice', () => {
    fc.assert(
      fc.property(fc.array(point, { minLength: 1, maxLength: 14 }), (points) => {
        const hull = convexHull(points)
        const { places } = unitPoints(points)
        expect(new Set(hull).size).toBe(hull.length)
        if (hull.length < 3) return
        for (const [index, corner] of hull.entries()) {
          const next = places[hull[(index + 1) % hull.length]!]!
          const after = places[hull[(index + 2) % hull.length]!]!
          expect(doubleArea(places[corner]!, next, after) > 0n).toBe(true)
          for (const each of places) expect(doubleArea(places[corner]!, next, each) >= 0n).toBe(true)
        }
      }),
      { numRuns: 500 },
    )
  })

  it('is two ends of points on one line, one index for copies of a point', () => {
    expect(
      convexHull([
        [1, 1],
        [0, 0],
        [3, 3],
        [2, 2],
      ]),
    ).toEqual([1, 2])
    expect(
      convexHull([
        [1, 1],
        [1, 1],
      ]),
    ).toEqual([0])
    expect(convexHull([])).toEqual([])
  })

  it('has the area of its polygon', () => {
    const square: Point[] = [
      [0, 0],
      [1, 0],
      [1, 1],
      [0, 1],
      [0.5, 0.5],
    ]
    const { places, exponent } = unitPoints(square)
    expect(Number(doublePolygonArea(convexHull(square).map((index) => places[index]!))) * 4 ** exponent).toBe(2)
    expect(doublePolygonArea([])).toBe(0n)
  })
})

describe('separating axes', () => {
  const square = (x: number, y: number, side = 1): Point[] => [
    [x, y],
    [x + side, y],
    [x + side, y + side],
    [x, y + side],
  ]

  it('measure the gap, the touch and the overlap of two squares', () => {
    expect(separation(square(0, 0), square(3, 0.2))).toEqual({ gap: 2, axis: [1, 0] })
    expect(separation(square(0, 0), square(-2, 0)).axis[0]).toBe(-1)
    expect(separation(square(0, 0), square(1, 0)).gap).toBe(0)
    expect(separation(square(0, 0), square(0.75, 0.5)).gap).toBe(-0.25)
  })

  it('agree with a search for a common point', () => {
    const triangle = fc
      .tuple(point, point, point)
      .map((corners) => {
        const hull = convexHull(corners)
        return hull.map((index) => corners[index]!)
      })
      .filter(([a, b, c]) => {
        if (a === undefined || b === undefined || c === undefined) return false
        return (b[0] - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (b[1] - a[1]) > 0.01
      })
    const inside = (corners: readonly Point[], [x, y]: Point, depth: number): boolean =>
      corners.every(([ax, ay], index) => {
        const [bx, by] = corners[(index + 1) % 3]!
        return ((bx - ax) * (y - ay) - (by - ay) * (x - ax)) / Math.hypot(bx - ax, by - ay) >= depth
      })
    fc.assert(
      fc.property(triangle, triangle, (one, other) => {
        const { gap, axis } = separation(one, other)
        const moved = other.map(([x, y]): Point => [x - gap * axis[0], y - gap * axis[1]])
        // The shift parts an overlapping pair, and no less would; it brings no pair that is apart to an overlap.
        const after = separation(one, moved).gap
        expect(after).toBeGreaterThan(-1e-9)
        if (gap < 0) expect(after).toBeLessThan(1e-9)
        if (gap < 0) return
        for (let i = 0; i <= 10; i++) {
          for (let j = 0; i + j <= 10; j++) {
            const [p, q, r] = [i / 10, j / 10, (10 - i - j) / 10]
            const at = (k: 0 | 1): number => p * one[0]![k] + q * one[1]![k] + r * one[2]![k]
            expect(inside(other, [at(0), at(1)], 1e-9)).toBe(false)
          }
        }
      }),
      { numRuns: 300 },
    )
  })
})

describe('lists', () => {
  it('have each pair and each triple once', () => {
    expect([...pairsOf(3)]).toEqual([
      [0, 1],
      [0, 2],
      [1, 2],
    ])
    expect([...triplesOf(13)]).toHaveLength(286)
    expect([...triplesOf(2)]).toEqual([])
  })
})

describe('mulberry32', () => {
  it('starts as published instances expect', () => {
    const next = mulberry32(1)
    expect([next(), next()]).toEqual([0.6270739405881613, 0.002735721180215478])
  })
})

import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import circlePacking from '../../evaluators/circle-packing.ts'
import circlePacking32 from '../../evaluators/circle-packing-32.ts'
import circlePackingRect from '../../evaluators/circle-packing-rect-21.ts'
import { mulberry32 } from '../../evaluators/grading/mulberry32.ts'
import heilbronnConvex from '../../evaluators/heilbronn-convex-13.ts'
import heilbronnTriangle from '../../evaluators/heilbronn-triangle-11.ts'
import hexagonPacking from '../../evaluators/hexagon-packing-11.ts'
import kissing from '../../evaluators/kissing-11.ts'
import minMaxDistance from '../../evaluators/min-max-distance-2d-16.ts'
import type { Json } from '../../src/core/json.ts'
import type { Evaluator } from '../../src/evaluation/evaluator/define.ts'
import { scoreCases } from '../../src/evaluation/evaluator/score-cases.ts'

/*
 * Every exact grader against a twin in plain floating point, written from the problem's statement alone. The graders are
 * exact, so where the two differ by more than rounding one of them is wrong.
 */

/** Random answers for each grader. More by the environment variable: `EVOLVE_TWIN_RUNS=10000`. */
const runs = Number(process.env['EVOLVE_TWIN_RUNS'] ?? 1000)

type Row = readonly number[]
type Value = readonly Row[]

/** What a twin says: the score, or nothing for an answer that earns none. */
type Twin = (value: Value) => number | undefined

const reference = (name: string): readonly Value[] => {
  const file = new URL(`../fixtures/constructions/${name}.json`, import.meta.url)
  const { constructions } = JSON.parse(readFileSync(file, 'utf8')) as {
    readonly constructions: Readonly<Record<string, { readonly output: readonly (readonly (number | string)[])[] }>>
  }
  return Object.values(constructions).map(({ output }) => output.map((row) => row.map(Number)))
}

/** Random answers: anything at all, answers on a coarse grid with its coincidences, and published ones moved a little. */
function* answers(count: number, shape: (random: () => number) => Row, published: readonly Value[]): Generator<Value> {
  const random = mulberry32(20_260)
  for (let run = 0; run < count; run++) {
    const kind = run % 4
    const base = published[run % Math.max(1, published.length)]
    if (kind === 3 && base !== undefined) {
      const step = 10 ** (-16 + 16 * random())
      yield base.map((row) => row.map((entry) => entry + step * (random() - 0.5)))
      continue
    }
    const length = base?.length ?? 0
    const free = Array.from({ length }, () => shape(random))
    yield kind === 2 ? free.map((row) => row.map((entry) => Math.round(entry * 8) / 8)) : free
  }
}

async function exactly(evaluator: Evaluator, objective: string, value: Value): Promise<number | undefined> {
  const cases = evaluator.cases({ rng: {} as never, split: 'search' })
  const setup = { evaluator, cases, objectives: [objective], evaluatorPath: 'evaluator.ts', source: '' }
  const outcome = await scoreCases(setup, [{ id: cases[0]!.id, ok: true, value: value as unknown as Json, ms: 1 }])
  return outcome.ok ? outcome.scored.objectives[objective] : undefined
}

function pairs<T>(list: readonly T[]): [T, T][] {
  return list.flatMap((one, index) => list.slice(index + 1).map((other): [T, T] => [one, other]))
}

function triples<T>(list: readonly T[]): [T, T, T][] {
  return list.flatMap((one, index) => pairs(list.slice(index + 1)).map(([b, c]): [T, T, T] => [one, b, c]))
}

const distance = ([ax = 0, ay = 0]: Row, [bx = 0, by = 0]: Row): number => Math.hypot(ax - bx, ay - by)

const twiceArea = ([ax = 0, ay = 0]: Row, [bx = 0, by = 0]: Row, [cx = 0, cy = 0]: Row): number =>
  (bx - ax) * (cy - ay) - (cx - ax) * (by - ay)

/** Area of the convex hull: what a sweep of support functions over all edges of the complete graph leaves. */
function hullArea(points: Value): number {
  const edges = points.flatMap((from) =>
    points
      .filter((to) => distance(from, to) > 0 && points.every((each) => twiceArea(from, to, each) >= -1e-13))
      .map((to) => [from, to] as const),
  )
  // Along one side of the hull several edges may lie on each other: only the longest from each corner counts.
  const longest = new Map<string, readonly [Row, Row]>()
  for (const edge of edges) {
    const key = Math.atan2(edge[1][1]! - edge[0][1]!, edge[1][0]! - edge[0][0]!).toFixed(9)
    const known = longest.get(key)
    if (known === undefined || distance(...edge) > distance(...known)) longest.set(key, edge)
  }
  return [...longest.values()].reduce((sum, [[ax = 0, ay = 0], [bx = 0, by = 0]]) => sum + (ax * by - bx * ay) / 2, 0)
}

const squareTwin: Twin = (circles) => {
  if (circles.some(([x = 0, y = 0, r = 0]) => r < 0 || r > 1 || x < 0 || x > 1 || y < 0 || y > 1)) return undefined
  const factors = [
    ...circles.flatMap(([x = 0, y = 0, r = 0]) => [x / r, (1 - x) / r, y / r, (1 - y) / r]),
    ...pairs(circles).map(([a, b]) => distance(a, b) / (a[2]! + b[2]!)),
  ].filter((factor) => !Number.isNaN(factor))
  const total = Math.min(1, ...factors) * circles.reduce((sum, [, , r = 0]) => sum + r, 0)
  return total < 1e-6 ? undefined : total
}

const rectangleTwin: Twin = (circles) => {
  if (circles.some(([, , r = 0]) => r < 0)) return undefined
  const factors = pairs(circles).map(([a, b]) => distance(a, b) / (a[2]! + b[2]!))
  const factor = Math.min(1, ...factors.filter((each) => !Number.isNaN(each)))
  const extent = (axis: 0 | 1): number =>
    Math.max(...circles.map((c) => c[axis]! + factor * c[2]!)) -
    Math.min(...circles.map((c) => c[axis]! - factor * c[2]!))
  const total = factor * circles.reduce((sum, [, , r = 0]) => sum + r, 0) * Math.min(1, 2 / (extent(0) + extent(1)))
  return Number.isNaN(total) || total < 1e-6 ? undefined : total
}

const triangleTwin: Twin = (points) => {
  const root = Math.sqrt(3)
  const inside = points.map(([x = 0, y = 0]): Row => {
    const weights = [1 - x - y / root, x - y / root, (2 * y) / root].map((each) => Math.max(0, each))
    const sum = weights.reduce((total, each) => total + each, 0)
    return [(weights[1]! + weights[2]! / 2) / sum, ((weights[2]! / sum) * root) / 2]
  })
  return Math.min(...triples(inside).map((corners) => Math.abs(twiceArea(...corners)))) / (root / 2)
}

const convexTwin: Twin = (points) =>
  Math.min(...triples(points).map((corners) => Math.abs(twiceArea(...corners)) / 2)) / hullArea(points)

const distanceTwin: Twin = (points) => {
  const all = pairs(points).map(([a, b]) => distance(a, b))
  return Math.min(...all) < 1e-6 * Math.max(...all) ? undefined : (Math.max(...all) / Math.min(...all)) ** 2
}

/** Spreads by bisection of a test for overlap, then turns the outer hexagon in small steps and refines the best. */
const hexagonTwin: Twin = (hexagons) => {
  const corners = ([x = 0, y = 0, degrees = 0]: Row, scale: number): Row[] =>
    Array.from({ length: 6 }, (_, k) => {
      const angle = ((degrees + 60 * k) * Math.PI) / 180
      return [scale * x + Math.cos(angle), scale * y + Math.sin(angle)]
    })
  const overlap = (one: Row, other: Row, scale: number): boolean =>
    [one, other].every((from) =>
      [30, 90, 150].every((offset) => {
        const angle = ((from[2]! + offset) * Math.PI) / 180
        const along = (list: Row[]): number[] => list.map(([x = 0, y = 0]) => x * Math.cos(angle) + y * Math.sin(angle))
        const [a, b] = [along(corners(one, scale)), along(corners(other, scale))]
        return Math.max(...a) > Math.min(...b) && Math.max(...b) > Math.min(...a)
      }),
    )
  let scale = 1
  for (const [one, other] of pairs(hexagons)) {
    if (!overlap(one, other, scale)) continue
    let [low, high] = [scale, scale]
    while (overlap(one, other, high)) {
      high *= 2
      if (high > 200) return undefined
    }
    while (high - low > 1e-15 * high && (low + high) / 2 > low && (low + high) / 2 < high) {
      if (overlap(one, other, (low + high) / 2)) low = (low + high) / 2
      else high = (low + high) / 2
    }
    scale = high
  }
  if (scale > 50) return undefined
  const points = hexagons.flatMap((each) => corners(each, scale))
  const side = (degrees: number): number => {
    const reach = Array.from({ length: 6 }, (_, k) => {
      const angle = ((degrees + 60 * k) * Math.PI) / 180
      return Math.max(...points.map(([x = 0, y = 0]) => x * Math.cos(angle) + y * Math.sin(angle)))
    })
    const mean = (...list: number[]): number => list.reduce((sum, k) => sum + reach[k]!, 0) / list.length
    return Math.max(mean(0, 3), mean(1, 4), mean(2, 5), mean(0, 2, 4), mean(1, 3, 5)) / (Math.sqrt(3) / 2)
  }
  const grid = Array.from({ length: 480 }, (_, k) => k / 8)
  const best = grid
    .map((degrees) => ({ degrees, size: side(degrees) }))
    .sort((a, b) => a.size - b.size)
    .slice(0, 12)
  return Math.min(
    ...best.map(({ degrees }) => {
      // The side has one lowest point between neighbouring kinks; golden sections close in on it.
      let [low, high] = [degrees - 1 / 8, degrees + 1 / 8]
      for (let round = 0; round < 60; round++) {
        const [one, other] = [low + 0.382 * (high - low), low + 0.618 * (high - low)]
        if (side(one) < side(other)) high = other
        else low = one
      }
      return side((low + high) / 2)
    }),
  )
}

const kissingTwin: Twin = (vectors) => {
  const square = (vector: Row): number => vector.reduce((sum, entry) => sum + entry * entry, 0)
  const bound = Math.max(...vectors.map(square))
  const kept: Row[] = []
  for (const vector of vectors) {
    if (square(vector) === 0) continue
    if (kept.every((other) => square(other.map((entry, k) => entry - vector[k]!)) >= bound)) kept.push(vector)
  }
  return kept.length === 0 ? undefined : kept.length
}

interface Pairing {
  readonly name: string
  readonly evaluator: Evaluator
  readonly objective: string
  readonly shape: (random: () => number) => Row
  readonly twin: Twin
  /** Largest difference that rounding explains, for a score of some size. */
  readonly rounding: (score: number) => number
  /** Share of {@link runs}; the twin of one problem is a slow search. */
  readonly share?: number
}

const circle = (random: () => number): Row => [random(), random(), 0.2 * random() ** 2]
const point = (random: () => number): Row => [random(), random()]

const pairings: readonly Pairing[] = [
  {
    name: 'circle-packing',
    evaluator: circlePacking,
    objective: 'sum_radii',
    shape: circle,
    twin: squareTwin,
    rounding: () => 1e-13,
  },
  {
    name: 'circle-packing-32',
    evaluator: circlePacking32,
    objective: 'sum_radii',
    shape: circle,
    twin: squareTwin,
    rounding: () => 1e-13,
  },
  {
    name: 'circle-packing-rect-21',
    evaluator: circlePackingRect,
    objective: 'sum_radii',
    shape: circle,
    twin: rectangleTwin,
    rounding: () => 1e-13,
  },
  {
    name: 'heilbronn-triangle-11',
    evaluator: heilbronnTriangle,
    objective: 'smallest_share',
    shape: (random) => {
      const [a, b] = [random(), random()]
      const [u, v] = a + b > 1 ? [1 - a, 1 - b] : [a, b]
      return [u + v / 2, (v * Math.sqrt(3)) / 2]
    },
    twin: triangleTwin,
    rounding: () => 1e-14,
  },
  {
    name: 'heilbronn-convex-13',
    evaluator: heilbronnConvex,
    objective: 'smallest_share',
    shape: point,
    twin: convexTwin,
    rounding: () => 1e-13,
  },
  {
    name: 'min-max-distance-2d-16',
    evaluator: minMaxDistance,
    objective: 'ratio_squared',
    shape: point,
    twin: distanceTwin,
    rounding: (score) => 1e-14 * score * Math.sqrt(score),
  },
  {
    name: 'hexagon-packing-11',
    evaluator: hexagonPacking,
    objective: 'side',
    shape: (random) => [8 * random(), 8 * random(), 60 * random()],
    twin: hexagonTwin,
    rounding: (score) => 1e-7 * score,
    share: 0.05,
  },
]

describe('an exact grader and its twin in floating point', { timeout: 60_000 + 600 * runs }, () => {
  it.each(pairings)('agree on $name', async ({ name, evaluator, objective, shape, twin, rounding, share = 1 }) => {
    let scored = 0
    const inputs = answers(Math.round(runs * share), shape, reference(name))
    for (const value of inputs) {
      const [exact, rough] = [await exactly(evaluator, objective, value), twin(value)]
      if (exact === undefined || rough === undefined) {
        // Where one refuses, the other finds nothing that is worth anything.
        expect(Math.min(exact ?? 0, rough ?? 0), JSON.stringify(value)).toBeLessThan(1e-9)
        continue
      }
      scored++
      expect(Math.abs(exact - rough), JSON.stringify(value)).toBeLessThanOrEqual(rounding(exact))
    }
    expect(scored).toBeGreaterThan(runs * share * 0.4)
  })

  it('agree on kissing-11', async () => {
    const random = mulberry32(7)
    let crowded = 0
    for (let run = 0; run < runs; run++) {
      const size = [1, 2, 3, 1000][run % 4]!
      const vectors = Array.from({ length: 4 + Math.floor(40 * random()) }, () =>
        Array.from({ length: 11 }, () => (random() < 0.5 ? 0 : Math.round((2 * random() - 1) * size)) + 0),
      )
      const exact = await exactly(kissing, 'vectors', vectors)
      expect(exact, JSON.stringify(vectors)).toBe(kissingTwin(vectors))
      if (exact !== vectors.length) crowded++
    }
    expect(crowded).toBeGreaterThan(runs * 0.2)
  })
})

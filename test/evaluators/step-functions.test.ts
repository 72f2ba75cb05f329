import { describe, expect, it } from 'vitest'
import type { Json } from '../../src/core/json.ts'
import { rngFromText } from '../../src/core/rng.ts'
import { scoreCases } from '../../src/evaluation/evaluator/score-cases.ts'
import autocorrelation1 from '../../evaluators/autocorrelation-1.ts'
import autocorrelation2 from '../../evaluators/autocorrelation-2.ts'
import erdos from '../../evaluators/erdos-overlap.ts'
import { compare, rationalOf, roundedDown, roundedUp } from '../../evaluators/grading/rational.ts'
import {
  exactNormRatio,
  exactPeakRatio,
  normRatio,
  peakRatio,
} from '../../evaluators/step-functions/autocorrelation.ts'
import { exactLargestOverlap, halfFilled, largestOverlap } from '../../evaluators/step-functions/overlap.ts'
import { makeSteps as first1 } from '../../problems/autocorrelation-1.ts'
import { makeSteps as first2 } from '../../problems/autocorrelation-2.ts'
import { makeSteps as firstErdos } from '../../problems/erdos-overlap.ts'

const problems = {
  'autocorrelation-1': { evaluator: autocorrelation1, objective: 'ratio' },
  'autocorrelation-2': { evaluator: autocorrelation2, objective: 'ratio' },
  'erdos-overlap': { evaluator: erdos, objective: 'overlap' },
} as const

async function score(name: keyof typeof problems, value: Json) {
  const { evaluator, objective } = problems[name]
  const setup = { cases: [{ id: 'steps', args: [] }], objectives: [objective], evaluatorPath: name, source: '' }
  const outcome = await scoreCases({ ...setup, evaluator }, [{ id: 'steps', ok: true, value, ms: 1 }])
  return outcome.ok
    ? { ...outcome.scored, value: outcome.scored.objectives[objective]!, message: '' }
    : { value: Number.NaN, feedback: undefined, descriptors: {}, message: outcome.failure.message }
}

const inputs = 10_000

/** Random lists of 1 to 24 heights: smooth ones, spikes on nothing, plateaus, heights of very different size. */
function randomHeights(index: number, from: number, to: number): number[] {
  const rng = rngFromText(`heights/${index}`)
  const kind = rng.int(4)
  const height = (): number => {
    const share = rng.next()
    if (kind === 0) return share
    if (kind === 1) return share < 0.7 ? 0 : rng.next()
    if (kind === 2) return Math.round(4 * share) / 4
    return 10 ** (-12 * share)
  }
  const list = Array.from({ length: 1 + rng.int(24) }, () => from + (to - from) * height())
  // Neither everywhere the lower nor everywhere the upper bound.
  return [...list, from + (to - from) * (0.1 + 0.8 * rng.next())]
}

describe('a ratio in floating point and its exact twin', () => {
  it.each([
    ['peak', (list: number[]) => peakRatio(list).ratio, exactPeakRatio, 3],
    ['norm', (list: number[]) => normRatio(list).ratio, exactNormRatio, 3],
    ['overlap', (list: number[]) => largestOverlap(list).overlap, exactLargestOverlap, 1],
  ] as const)(`agree to 13 digits on ${inputs} random functions: %s`, (_, float, exact, largest) => {
    let worst = 0
    for (let index = 0; index < inputs; index++) {
      const list = randomHeights(index, 0, largest)
      const fraction = exact(list)
      worst = Math.max(worst, Math.abs(float(list) / roundedUp(fraction) - 1))
      expect(compare(rationalOf(roundedDown(fraction)), fraction)).toBeLessThanOrEqual(0)
    }
    expect(worst).toBeLessThan(1e-13)
  })
})

describe('functions whose ratio is known in closed form', () => {
  it('gives a constant function 2, two thirds and one half, however many steps it has', async () => {
    for (const steps of [1, 2, 7, 600]) {
      const list = new Array<number>(steps).fill(0.37)
      expect((await score('autocorrelation-1', list)).value).toBeCloseTo(2, 13)
      expect((await score('autocorrelation-2', list)).value).toBeCloseTo(2 / 3, 13)
      expect((await score('erdos-overlap', list)).value).toBeCloseTo(0.5, 13)
    }
  })

  it('gives half a period of the cosine what is published for it', async () => {
    const cosine = Array.from({ length: 600 }, (_, index) => Math.cos(Math.PI * ((index + 0.5) / 600 - 0.5)))
    expect((await score('autocorrelation-1', cosine)).value).toBeCloseTo(2.467, 3)
    expect((await score('autocorrelation-2', cosine)).value).toBeCloseTo(0.7237, 4)
  })

  it('gives a raised cosine the overlap that is published for it', async () => {
    const raised = Array.from({ length: 600 }, (_, index) => 0.5 - 0.5 * Math.cos((2 * Math.PI * (index + 0.5)) / 600))
    expect((await score('erdos-overlap', raised)).value).toBeCloseTo(0.4528, 3)
  })

  it('does not depend on scale or on mirroring', async () => {
    const list = randomHeights(5, 0, 1)
    for (const name of ['autocorrelation-1', 'autocorrelation-2'] as const) {
      const { value } = await score(name, list)
      for (const other of [list.map((height) => height * 8), list.toReversed()]) {
        expect((await score(name, other)).value).toBeCloseTo(value, 14)
      }
    }
    expect((await score('erdos-overlap', list.toReversed())).value).toBeCloseTo(
      (await score('erdos-overlap', list)).value,
      14,
    )
  })
})

describe('heights that are out of bounds', () => {
  it('are worth what they are clipped to, and said to be clipped', async () => {
    const list = [1, 3, 2, 0, 1]
    const below = [1, 3, 2, -5, 1]
    for (const name of ['autocorrelation-1', 'autocorrelation-2'] as const) {
      const clipped = await score(name, below)
      expect(clipped.value).toBe((await score(name, list)).value)
      expect(clipped.feedback).toContain('1 negative heights were taken for 0')
    }
    const outside = await score('erdos-overlap', [0, 0.5, 1.5, 7, -1])
    expect(outside.value).toBe((await score('erdos-overlap', [0, 0.5, 1, 1, 0])).value)
    expect(outside.feedback).toContain('3 heights outside of 0 to 1 were clipped')
  })

  it.each(Object.keys(problems) as (keyof typeof problems)[])('are refused when nothing is left: %s', async (name) => {
    for (const list of [
      [0, 0],
      [-1, -2],
      [1e-161, 1e-161],
      [1e-13, 0],
    ]) {
      expect((await score(name, list)).message).toMatch(/largest height is|mean of the clipped/)
    }
    expect((await score(name, [])).message).toMatch(/output: .*got an array of 0/)
    expect((await score(name, [1, 1e11])).message).toContain('output[1]')
    expect((await score(name, new Array<number>(4097).fill(1))).message).toContain('got an array of 4097')
  })

  it('are refused when a function of the overlap problem is 1 everywhere', async () => {
    expect((await score('erdos-overlap', [1, 2, 3])).message).toContain('a function that is 1 everywhere')
  })
})

describe('scaling to half the interval', () => {
  it('leaves no height outside of 0 to 1 and makes the sum half the number', () => {
    for (let index = 0; index < 1000; index++) {
      const list = halfFilled(randomHeights(index, 0, 1))
      expect(Math.min(...list)).toBeGreaterThanOrEqual(0)
      expect(Math.max(...list)).toBeLessThanOrEqual(1)
      expect(list.reduce((sum, height) => sum + height, 0)).toBeCloseTo(list.length / 2, 12)
    }
  })

  it('gains nothing from asking for more or less than the whole', async () => {
    const { value } = await score('erdos-overlap', firstErdos())
    const filled = halfFilled(firstErdos())
    expect((await score('erdos-overlap', filled)).value).toBeCloseTo(value, 14)
  })
})

describe('feedback', () => {
  it('says where a function can be improved', async () => {
    expect((await score('autocorrelation-1', first1())).feedback).toMatch(
      /100 steps peaks at x = -?[\d.]+ of -0\.5 to 0\.5/,
    )
    expect((await score('autocorrelation-2', first2())).feedback).toMatch(/peaks at \d+(\.\d)? % of its length/)
    expect((await score('erdos-overlap', firstErdos())).feedback).toMatch(/overlap most at shift -?\d/)
  })

  it('describes how a function is built', async () => {
    const { descriptors } = await score('autocorrelation-1', [0, 0, 0, 4])
    expect(descriptors).toEqual({ steps: 4, support: 0.25, asymmetry: 1 })
    expect((await score('erdos-overlap', [0, 1, 1, 0])).descriptors).toEqual({ steps: 4, asymmetry: 0, saturated: 1 })
  })
})

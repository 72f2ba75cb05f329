import { describe, expect, it } from 'vitest'
import type { Rng } from '../../src/core/rng.ts'
import { rngFromText } from '../../src/core/rng.ts'
import type { Trial } from '../../src/variation/cma-es.ts'
import { ask, batchSize, cmaState, tell } from '../../src/variation/cma-es.ts'
import { eigenOf } from '../../src/variation/symmetric-eigen.ts'

const n = 10

/** An orthonormal basis drawn at random. */
function rotation(rng: Rng): number[][] {
  const rows: number[][] = []
  for (let row = 0; row < n; row++) {
    let vector = Array.from({ length: n }, () => rng.normal())
    for (const other of rows) {
      const along = dot(vector, other)
      vector = vector.map((value, index) => value - along * (other[index] ?? 0))
    }
    const length = Math.hypot(...vector)
    rows.push(vector.map((value) => value / length))
  }
  return rows
}

function dot(one: readonly number[], other: readonly number[]): number {
  return one.reduce((sum, value, index) => sum + value * (other[index] ?? 0), 0)
}

function evaluationsTo(target: number, from: number, f: (x: readonly number[]) => number, rng: Rng): number {
  let state = cmaState(
    Array.from({ length: n }, () => from),
    0.3,
  )
  for (let count = 0; count < 20_000;) {
    const batch: Trial[] = []
    for (let index = 0; index < batchSize(n); index++) {
      const at = ask(state, rng)
      const value = f(at)
      count++
      if (value <= target) return count
      batch.push({ at, fitness: -value })
    }
    state = tell(state, batch)
  }
  return Infinity
}

function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN
}

const seeds = Array.from({ length: 7 }, (_, seed) => rngFromText(`cma ${String(seed)}`))

describe('the CMA evolution strategy', () => {
  // The references are medians of 11 runs of pycma 4.5.0 (by the author of the method) from the same start with the same
  // target and population: sphere 1530 to 1800, rotated ellipsoid 3600 to 4190 evaluations.
  it('needs about as many evaluations on the 10-D sphere as its author says', () => {
    const needed = seeds.map((rng) => evaluationsTo(1e-10, 1, (x) => dot(x, x), rng))
    expect(median(needed)).toBeLessThan(1.15 * 1660)
  })

  it('needs about as many evaluations on a rotated 10-D ellipsoid of condition 10^6 as its author says', () => {
    const needed = seeds.map((rng) => {
      const rows = rotation(rng)
      const f = (x: readonly number[]) =>
        rows.reduce((sum, row, index) => sum + 10 ** ((6 * index) / (n - 1)) * dot(row, x) ** 2, 0)
      return evaluationsTo(5.3e-10, 0.5, f, rng)
    })
    expect(median(needed)).toBeLessThan(1.15 * 4050)
  })

  it('has the batch sizes of the tutorial', () => {
    expect([1, 2, 5, 10, 20, 40].map(batchSize)).toEqual([4, 6, 8, 10, 12, 15])
  })

  it('moves the mean by the weights of the tutorial', () => {
    // In one dimension 4 points have the weights ln 2.5 - ln i over their sum for i = 1 and 2.
    const [first, second] = [Math.log(2.5), Math.log(2.5) - Math.log(2)]
    const trials = [0.5, -0.2, 0.1, -0.4].map((at) => ({ at: [at], fitness: at }))
    const { mean } = tell(cmaState([0], 1), trials)
    expect(mean[0]).toBeCloseTo((first * 0.5 + second * 0.1) / (first + second), 12)
  })

  it('depends on the ranks of fitness alone', () => {
    const trials = [3, 1, 2, 0].map((fitness) => ({ at: [fitness / 4, 1 - fitness], fitness }))
    const same = trials.map(({ at, fitness }) => ({ at, fitness: Math.exp(fitness) }))
    expect(tell(cmaState([0, 0], 1), same)).toEqual(tell(cmaState([0, 0], 1), trials))
  })

  it('halves its step when nothing could be scored, and learns from what was when something was', () => {
    const state = cmaState([1, 1], 0.5)
    const failed = Array.from({ length: 6 }, () => ({ at: [2, 2], fitness: undefined }))
    expect(tell(state, failed)).toEqual({ ...state, sigma: 0.25, batches: 1 })
    const one = tell(state, failed.with(3, { at: [1.25, 1], fitness: 1 } as never))
    expect(one.mean[0]).toBeCloseTo(1.25, 12)
    expect(one.mean[1]).toBeCloseTo(1, 12)
  })

  it('draws a point that lies far out in before it counts', () => {
    const far = tell(
      cmaState([0], 1),
      [1e9, 2e9, 3e9, 4e9].map((at) => ({ at: [at], fitness: at })),
    )
    // At most sqrt(n) + 2n / (n + 2) step sizes.
    expect(far.mean[0]).toBeCloseTo(1 + 2 / 3, 12)
    expect(far.sigma).toBeLessThan(Math.E + 1e-9)
  })

  it('stays finite over hundreds of batches of noise', () => {
    const rng = rngFromText('noise')
    let state = cmaState([1, 2, 3], 0.1)
    for (let batch = 0; batch < 400; batch++) {
      state = tell(
        state,
        Array.from({ length: batchSize(3) }, () => ({
          at: ask(state, rng),
          fitness: rng.next() < 0.3 ? undefined : rng.next(),
        })),
      )
    }
    for (const value of [...state.mean, ...state.scales, state.sigma, ...state.covariance.flat()]) {
      expect(Number.isFinite(value)).toBe(true)
    }
    expect(Math.min(...state.scales)).toBeGreaterThan(0)
  })
})

describe('eigenvectors of a symmetric matrix', () => {
  it('are right for a matrix worked out by hand', () => {
    const { vectors, values } = eigenOf([
      [2, 1],
      [1, 2],
    ])
    expect(values.toSorted()).toEqual([expect.closeTo(1, 12), expect.closeTo(3, 12)])
    const along = vectors.map((row) => row[values.findIndex((value) => value > 2)] ?? 0)
    expect(Math.abs(along[0] ?? 0)).toBeCloseTo(Math.SQRT1_2, 12)
    expect(along[0]).toBeCloseTo(along[1] ?? 0, 12)
  })

  it('give the matrix back, condition 10^12 included', () => {
    const rng = rngFromText('eigen')
    const rows = rotation(rng)
    const scales = rows.map((_, index) => 10 ** ((12 * index) / (n - 1)))
    const matrix = rows.map((_, i) =>
      rows.map((__, j) => rows.reduce((sum, row, k) => sum + (row[i] ?? 0) * (scales[k] ?? 0) * (row[j] ?? 0), 0)),
    )
    const { values } = eigenOf(matrix)
    const sorted = values.toSorted((one, other) => one - other)
    // Absolute errors are bounded by rounding in the largest eigenvalue.
    sorted.forEach((value, index) => expect(Math.abs(value - (scales[index] ?? 0))).toBeLessThan(1e-2))
  })
})

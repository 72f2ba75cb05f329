import type { Rng } from '../core/rng.ts'
import { eigenOf } from './symmetric-eigen.ts'

/** A point with what it was worth; `undefined` when it could not be scored at all. */
export interface Trial {
  readonly at: readonly number[]
  /** Higher is better. */
  readonly fitness: number | undefined
}

type Vector = readonly number[]
type Matrix = readonly Vector[]

/**
 * The state of a CMA evolution strategy: the normal distribution that the next points are drawn from, and its paths.
 * A value; {@link tell} gives the next one.
 */
export interface CmaState {
  readonly mean: Vector
  /** The overall step size. */
  readonly sigma: number
  readonly covariance: Matrix
  /** Columns are the principal axes of the covariance. */
  readonly basis: Matrix
  /** Standard deviations along the principal axes. */
  readonly scales: Vector
  readonly sigmaPath: Vector
  readonly covariancePath: Vector
  /** Batches told so far. */
  readonly batches: number
}

/** Constants of the strategy in `n` dimensions, by the defaults of the tutorial's table 1. */
interface Constants {
  readonly lambda: number
  readonly mu: number
  readonly muEff: number
  /** One per rank; those past `mu` are negative. The first `mu` add up to 1. */
  readonly weights: Vector
  readonly cSigma: number
  readonly dSigma: number
  readonly cC: number
  readonly c1: number
  readonly cMu: number
  /** The expected length of a standard normal vector. */
  readonly chi: number
}

/** How many points one batch has in `n` dimensions: `4 + floor(3 ln n)`. */
export function batchSize(n: number): number {
  return 4 + Math.floor(3 * Math.log(n))
}

/** Begins around a point, equally wide in every direction. @param sigma - Standard deviation in each coordinate. */
export function cmaState(mean: Vector, sigma: number): CmaState {
  const n = mean.length
  const identity = mean.map((_, row) => mean.map((_, column) => (row === column ? 1 : 0)))
  return {
    ...{ mean, sigma, covariance: identity, basis: identity, batches: 0 },
    scales: filled(n, 1),
    sigmaPath: filled(n, 0),
    covariancePath: filled(n, 0),
  }
}

/** Draws a point of the distribution. */
export function ask({ mean, sigma, basis, scales }: CmaState, rng: Rng): Vector {
  const normal = scales.map((scale) => scale * rng.normal())
  const step = times(basis, normal)
  return mean.map((value, index) => value + sigma * (step[index] ?? 0))
}

/**
 * The distribution after a batch of {@link batchSize} trials, best ranked first, equals as they came.
 *
 * Trials need not come from the present distribution: one that lies too far out for it is drawn in before it counts. A
 * batch in which nothing could be scored halves the step size and changes nothing else; one that was scored in part
 * takes its mean from that part.
 *
 * @see Hansen 2016, "The CMA evolution strategy: a tutorial", arXiv:1604.00772 (the update, with negative weights).
 * @see Hansen 2011, "Injecting external solutions into CMA-ES", arXiv:1110.4181 (the bound on a step's length).
 */
export function tell(state: CmaState, batch: readonly Trial[]): CmaState {
  const n = state.mean.length
  const { weights, mu, muEff, cSigma, dSigma, cC, c1, cMu, chi } = constantsOf(n)
  const scored = batch.filter((trial): trial is Trial & { fitness: number } => trial.fitness !== undefined)
  if (scored.length === 0) return { ...state, sigma: state.sigma / 2, batches: state.batches + 1 }
  const ranked = scored.toSorted((one, other) => other.fitness - one.fitness)
  const failed = batch.filter(({ fitness }) => fitness === undefined)
  const steps = [...ranked, ...failed].map(({ at }) => stepTo(state, at))

  const parents = Math.min(mu, ranked.length)
  const share = 1 / sum(weights.slice(0, parents))
  const mean = filled(n, 0).map((_, index) =>
    sum(steps.slice(0, parents).map((step, rank) => share * (weights[rank] ?? 0) * (step.y[index] ?? 0))),
  )
  const whitened = filled(n, 0).map((_, index) =>
    sum(steps.slice(0, parents).map((step, rank) => share * (weights[rank] ?? 0) * (step.z[index] ?? 0))),
  )
  // The path lives in the coordinates of C^(-1/2) y, which is B z.
  const white = times(state.basis, whitened)
  const sigmaPath = state.sigmaPath.map(
    (value, index) => (1 - cSigma) * value + Math.sqrt(cSigma * (2 - cSigma) * muEff) * (white[index] ?? 0),
  )
  const length = norm(sigmaPath)
  const batches = state.batches + 1
  const settled = length / Math.sqrt(1 - (1 - cSigma) ** (2 * batches)) < (1.4 + 2 / (n + 1)) * chi ? 1 : 0
  const covariancePath = state.covariancePath.map(
    (value, index) => (1 - cC) * value + settled * Math.sqrt(cC * (2 - cC) * muEff) * (mean[index] ?? 0),
  )

  const kept = 1 + c1 * (1 - settled) * cC * (2 - cC) - c1 - cMu * sum(weights)
  const shares = steps.map(({ z }, rank) => {
    const weight = weights[rank] ?? 0
    // A bad step counts by its direction alone, so that the covariance stays positive definite.
    return cMu * weight * (weight >= 0 ? 1 : n / Math.max(norm(z) ** 2, 1e-300))
  })
  const covariance = state.covariance.map((row, i) =>
    row.map(
      (value, j) =>
        kept * value +
        c1 * (covariancePath[i] ?? 0) * (covariancePath[j] ?? 0) +
        sum(steps.map(({ y }, rank) => (shares[rank] ?? 0) * (y[i] ?? 0) * (y[j] ?? 0))),
    ),
  )
  const { vectors, values } = eigenOf(covariance)
  const sigma = state.sigma * Math.exp(Math.min(1, (cSigma / dSigma) * (length / chi - 1)))
  return {
    mean: state.mean.map((value, index) => value + state.sigma * (mean[index] ?? 0)),
    sigma,
    covariance,
    basis: vectors,
    // Rounding may leave a direction without any width; it keeps the least that can be told apart.
    scales: values.map((value) => Math.sqrt(Math.max(value, 1e-20 * Math.max(...values)))),
    sigmaPath,
    covariancePath,
    batches,
  }
}

/** A trial seen from the mean, in units of the step size; `z` in the coordinates of the principal axes, each of width 1. */
function stepTo({ mean, sigma, basis, scales }: CmaState, at: Vector): { readonly y: Vector; readonly z: Vector } {
  const n = mean.length
  const y = at.map((value, index) => (value - (mean[index] ?? 0)) / sigma)
  const z = scales.map((scale, axis) => sum(basis.map((row, index) => (row[axis] ?? 0) * (y[index] ?? 0))) / scale)
  const most = Math.sqrt(n) + (2 * n) / (n + 2)
  const shrink = Math.min(1, most / Math.max(norm(z), 1e-300))
  return { y: y.map((value) => shrink * value), z: z.map((value) => shrink * value) }
}

const known = new Map<number, Constants>()

function constantsOf(n: number): Constants {
  const found = known.get(n) ?? computed(n)
  known.set(n, found)
  return found
}

function computed(n: number): Constants {
  const lambda = batchSize(n)
  const mu = Math.floor(lambda / 2)
  const raw = Array.from({ length: lambda }, (_, rank) => Math.log((lambda + 1) / 2) - Math.log(rank + 1))
  const [good, bad] = [raw.slice(0, mu), raw.slice(mu)]
  const muEff = effective(good)
  const cC = (4 + muEff / n) / (n + 4 + (2 * muEff) / n)
  const cSigma = (muEff + 2) / (n + muEff + 5)
  const c1 = 2 / ((n + 1.3) ** 2 + muEff)
  const cMu = Math.min(1 - c1, (2 * (1 / 4 + muEff + 1 / muEff - 2)) / ((n + 2) ** 2 + muEff))
  const badSum = Math.abs(sum(bad))
  const badShare = Math.min(1 + c1 / cMu, 1 + (2 * effective(bad)) / (muEff + 2), (1 - c1 - cMu) / (n * cMu))
  const goodSum = sum(good)
  return {
    ...{ lambda, mu, muEff, cC, cSigma, c1, cMu },
    weights: raw.map((weight, rank) => (rank < mu ? weight / goodSum : (badShare * weight) / badSum)),
    dSigma: 1 + 2 * Math.max(0, Math.sqrt((muEff - 1) / (n + 1)) - 1) + cSigma,
    chi: Math.sqrt(n) * (1 - 1 / (4 * n) + 1 / (21 * n * n)),
  }
}

/** How many equal weights would be worth as much. */
function effective(weights: Vector): number {
  return sum(weights) ** 2 / sum(weights.map((weight) => weight * weight))
}

function times(matrix: Matrix, vector: Vector): Vector {
  return matrix.map((row) => sum(row.map((value, index) => value * (vector[index] ?? 0))))
}

function filled(length: number, value: number): Vector {
  return Array.from({ length }, () => value)
}

function sum(values: Vector): number {
  let total = 0
  for (const value of values) total += value
  return total
}

function norm(values: Vector): number {
  return Math.sqrt(sum(values.map((value) => value * value)))
}

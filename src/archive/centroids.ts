import type { Axis } from '../core/descriptor.ts'
import { InvariantError } from '../core/errors.ts'
import type { Rng } from '../core/rng.ts'
import { onAxis } from './cell-space.ts'
import type { CellSpace } from './cell-space.ts'
import { indexPoints } from './nearest-point.ts'

type Point = readonly number[]

/** Samples drawn for each centroid: enough that its mean is known to a small part of a cell. */
const samplesPerCell = 10
/** At least so many samples, so that a handful of cells come out even. */
const leastSamples = 4000
/** Rounds of Lloyd's algorithm; later ones move the centroids by less than the samples' own chance. */
const rounds = 8

/**
 * Spreads centroids over the unit cube so that their cells have about the same volume: Lloyd's algorithm over samples
 * drawn evenly, started from the first samples.
 *
 * @param dimensions - Axes, 1 or more.
 * @param count - Centroids, 1 or more.
 * @returns `[count][dimensions]`, each value from 0 to 1. The same draws give the same centroids.
 * @see Vassiliades, Chatzilygeroudis and Mouret 2018, "Using Centroidal Voronoi Tessellations to Scale Up the
 * Multidimensional Archive of Phenotypic Elites Algorithm", arXiv:1610.05729; Lloyd 1982.
 */
export function spreadCentroids(dimensions: number, count: number, rng: Rng): readonly Point[] {
  const total = Math.max(leastSamples, samplesPerCell * count)
  const samples = Array.from({ length: total }, () => Array.from({ length: dimensions }, () => rng.next()))
  let centroids: readonly Point[] = samples.slice(0, count)
  for (let round = 0; round < rounds; round++) centroids = lloydStep(centroids, samples)
  return centroids
}

/** One round of Lloyd's algorithm: every centroid moves to the mean of the samples nearest to it; one without stays. */
export function lloydStep(centroids: readonly Point[], samples: readonly Point[]): readonly Point[] {
  const index = indexPoints(centroids)
  const sums = centroids.map((centroid) => centroid.map(() => 0))
  const counts = centroids.map(() => 0)
  for (const sample of samples) {
    const nearest = index.nearest(sample)
    const sum = sums[nearest] ?? []
    for (const [axis, value] of sample.entries()) sum[axis] = (sum[axis] ?? 0) + value
    counts[nearest] = (counts[nearest] ?? 0) + 1
  }
  return centroids.map((centroid, at) => {
    const count = counts[at] ?? 0
    return count === 0 ? centroid : (sums[at] ?? []).map((sum) => sum / count)
  })
}

/**
 * A space of cells around centroids: a program belongs to the nearest one. The number of cells is chosen, whatever the
 * number of axes, which is what makes it fit for more than three.
 *
 * @param axes - `[D]`; positions on them are normalised by their range and scale. Their `bins` are not used.
 * @param centroids - `[N][D]`, at least one, each value from 0 to 1. Cells are called `c0` to `c<N - 1>`.
 */
export function centroidSpace(axes: readonly Axis[], centroids: readonly Point[]): CellSpace {
  const index = indexPoints(centroids)
  return {
    axes,
    size: centroids.length,
    cellOf: (values) => {
      const found = axes.map((axis) => ({ axis, ...onAxis(axis, values[axis.descriptor]) }))
      return {
        cell: `c${String(index.nearest(found.map(({ position }) => position)))}`,
        clamped: found.flatMap(({ axis, clamped }) => (clamped ? [axis.descriptor] : [])),
      }
    },
    centre: (cell) => {
      const centroid = centroids[Number(cell.slice(1))]
      if (centroid === undefined) throw new InvariantError(`there is no cell ${cell}`)
      return centroid
    },
  }
}

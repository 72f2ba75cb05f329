import { mulberry32 } from '../grading/mulberry32.ts'

/** Room of an empty bin, in the unit of the items; of an empty machine, for each resource. */
export const capacity = 100

/** A job's need of two resources. */
export type Job = readonly [first: number, second: number]

/**
 * Draws whole items of 1 to 100 whose sizes follow the Weibull distribution of shape 3 and scale 45.
 *
 * @see Romera-Paredes et al. 2024, "Mathematical discoveries from program search with large language models" (FunSearch).
 */
export function weibullItems(seed: number, count: number): readonly number[] {
  const next = mulberry32(seed)
  return Array.from({ length: count }, () => {
    const size = Math.round(45 * Math.cbrt(-Math.log(1 - next())))
    return Math.min(capacity, Math.max(1, size))
  })
}

/** Draws jobs: half of them small in both resources, a quarter heavy in the first one, a quarter in the second. */
export function twoResourceJobs(seed: number, count: number): readonly Job[] {
  const next = mulberry32(seed)
  return Array.from({ length: count }, (): Job => {
    const [u, v, kind] = [next(), next(), next()]
    if (kind < 0.5) return [1 + Math.floor(30 * u), 1 + Math.floor(30 * v)]
    if (kind < 0.75) return [20 + Math.floor(40 * u), 1 + Math.floor(15 * v)]
    return [1 + Math.floor(15 * u), 20 + Math.floor(40 * v)]
  })
}

/** The fewest bins that could hold items of this total: no packing needs less. */
export function leastBins(items: readonly number[]): number {
  return Math.ceil(items.reduce((sum, item) => sum + item, 0) / capacity)
}

/** The fewest machines that could run jobs of these totals. */
export function leastMachines(jobs: readonly Job[]): number {
  return Math.max(leastBins(jobs.map(([first]) => first)), leastBins(jobs.map(([, second]) => second)))
}

import { z } from 'evolve-agent'
import { capacity } from './instances.ts'

/** What a driver brings back. Everything that is scored is recomputed from `placed`. */
export const played = z.object({
  /** Why the candidate was given up; empty when it was not. */
  problem: z.string(),
  instances: z.array(
    z.object({
      /** The bin of each item, in the order of the items; bins are numbered in the order in which they are opened. */
      placed: z.array(z.int().min(0)),
      /** Mean number of bins that an item could go into. */
      choices: z.number(),
      /** Share of the items that went where they left the least room. */
      tightness: z.number(),
    }),
  ),
})

/** A finished instance: what was played and what it would take at least. */
export interface Packed {
  /** By item, one number for each resource. */
  readonly sizes: readonly (readonly number[])[]
  readonly placed: readonly number[]
  /** A lower bound of the bins needed. */
  readonly least: number
}

/** Bins used over the least number of bins, minus 1, of all instances together. */
export function excessOf(instances: readonly Packed[]): number {
  const used = instances.reduce((sum, { placed }) => sum + new Set(placed).size, 0)
  return used / instances.reduce((sum, { least }) => sum + least, 0) - 1
}

/** Checks that every item has a bin and no bin holds more than it can: what is wrong, or nothing. */
export function overfull({ placed, sizes }: Packed): string | undefined {
  if (placed.length !== sizes.length) return `${placed.length} of ${sizes.length} items were placed`
  const used = new Map<number, readonly number[]>()
  for (const [index, bin] of placed.entries()) {
    const before = used.get(bin) ?? []
    const now = (sizes[index] ?? []).map((size, resource) => size + (before[resource] ?? 0))
    if (now.some((load) => load > capacity)) return `bin ${bin} is overfull with item ${index}`
    used.set(bin, now)
  }
  return undefined
}

/** What is left free in every bin, by resource. */
export function roomsLeft({ placed, sizes }: Packed): readonly (readonly number[])[] {
  const rooms = new Map<number, readonly number[]>()
  for (const [index, bin] of placed.entries()) {
    const size = sizes[index] ?? []
    const before = rooms.get(bin) ?? size.map(() => capacity)
    rooms.set(
      bin,
      before.map((room, resource) => room - (size[resource] ?? 0)),
    )
  }
  return [...rooms.values()]
}

/** The arithmetic mean of at least one value. */
export function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

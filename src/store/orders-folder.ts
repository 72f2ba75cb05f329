import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { z } from 'zod'
import type { Order, OrderSource } from '../run/steering.ts'

const limit = z.number().positive()

const orderSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    id: z.string(),
    kind: z.literal('set'),
    settings: z.strictObject({
      candidates: limit.int().optional(),
      usd: limit.optional(),
      tokens: limit.int().optional(),
      wallMs: limit.optional(),
      target: z.number().optional(),
      patience: limit.int().optional(),
      concurrency: limit.int().max(1024).optional(),
    }),
  }),
  z.strictObject({ id: z.string(), kind: z.literal('hint'), text: z.string().min(1) }),
  z.strictObject({ id: z.string(), kind: z.literal('stop') }),
])

/** Orders to a run that another process owns: one file each in the run's folder, taken by the owner. */
function folderOf(dir: string): string {
  return path.join(dir, 'orders')
}

/** Path of the file that stops a run for as long as it is there. */
function stopFileOf(dir: string): string {
  return path.join(dir, 'stop')
}

/**
 * Leaves an order for the process that owns a run. Whoever takes it finds it whole or not at all.
 *
 * @returns Path of the file; it is gone once the order was taken.
 */
export function giveOrder(dir: string, order: Order, now: number): string {
  mkdirSync(folderOf(dir), { recursive: true })
  // Names sort in the order in which orders were given.
  const file = path.join(folderOf(dir), `${String(Math.round(now)).padStart(15, '0')}-${order.id}.json`)
  writeFileSync(`${file}.part`, JSON.stringify(order))
  renameSync(`${file}.part`, file)
  return file
}

/** Takes orders out of a run's folder. What is no order is removed and told to nobody. */
export function ordersIn(dir: string): OrderSource {
  return {
    take: () => waiting(dir).flatMap((file) => takeOrder(file)),
    stopFile: () => (existsSync(stopFileOf(dir)) ? stopFileOf(dir) : undefined),
  }
}

/** Forgets orders to stop: they were meant for a process that has ended. */
export function forgetStops(dir: string): void {
  for (const file of waiting(dir)) {
    if (readOrder(file)?.kind === 'stop') rmSync(file, { force: true })
  }
}

function waiting(dir: string): readonly string[] {
  const folder = folderOf(dir)
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => path.join(folder, name))
}

function takeOrder(file: string): readonly Order[] {
  const order = readOrder(file)
  rmSync(file, { force: true })
  return order === undefined ? [] : [order]
}

function readOrder(file: string): Order | undefined {
  try {
    const { data } = orderSchema.safeParse(JSON.parse(readFileSync(file, 'utf8')))
    return data
  } catch {
    // Not JSON, or taken back by whoever gave it.
    return undefined
  }
}

import { existsSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { InfrastructureError } from '../../core/errors.ts'
import type { Device } from '../process/backend.ts'
import { createTurnstile } from '../trusted/turnstile.ts'
import { findGpus } from './find.ts'
import type { Gpu } from './find.ts'
import { mostShares } from './spec.ts'
import type { DeviceSpec } from './spec.ts'
import { tryLock } from './machine-lock.ts'
import type { MachineLock } from './machine-lock.ts'

/** Lends a device for the time of `use`; see `ProcessBackendOptions.lease`. */
export type Lend = <Value>(use: (device: Device) => Promise<Value>, signal: AbortSignal) => Promise<Value>

/** How long until a device that another process holds is asked for again, in milliseconds. */
const pollMs = 25

/**
 * Lends GPUs to evaluations, over all runs on this machine: one lease per evaluation, in the order of asking.
 *
 * An exclusive lease waits until nobody else uses the device and keeps everybody out; others share a device up to its
 * slots. A lease ends with the evaluation, or with this process, whatever ends it. The devices are looked for when the
 * first lease is asked for.
 *
 * @param find - Default: {@link findGpus}.
 */
export function deviceLeases(spec: DeviceSpec, find: typeof findGpus = findGpus): Lend {
  let opened: Promise<Lend> | undefined
  return async (use, signal) => (await (opened ??= find(spec.ids).then((gpus) => lender(gpus, spec))))(use, signal)
}

function lender(gpus: readonly Gpu[], { slots, exclusive }: DeviceSpec): Lend {
  const shares = exclusive ? 1 : slots
  const turnstile = createTurnstile(gpus.length * shares)
  return (use, signal) =>
    turnstile.pass(async () => {
      const { gpu, locks } = await taken(gpus, shares, exclusive, signal)
      try {
        return await use(deviceOf(gpu))
      } finally {
        await release(locks)
      }
    })
}

interface Taken {
  readonly gpu: Gpu
  readonly locks: readonly MachineLock[]
}

async function taken(gpus: readonly Gpu[], shares: number, exclusive: boolean, signal: AbortSignal): Promise<Taken> {
  for (;;) {
    // Share by share, so that a second evaluation goes to another device while there is one.
    for (let share = 0; share < shares; share++) {
      for (const gpu of gpus) {
        const locks = exclusive ? await wholeOf(gpu, signal) : await shareOf(gpu, share)
        if (locks !== undefined) return { gpu, locks }
      }
    }
    await pause(signal)
  }
}

/** Whoever holds the gate decides who comes in. */
const gateOf = ({ uuid }: Gpu): string => `${uuid}/gate`
const shareName = ({ uuid }: Gpu, share: number): string => `${uuid}/${String(share)}`

async function shareOf(gpu: Gpu, share: number): Promise<readonly MachineLock[] | undefined> {
  const gate = await tryLock(gateOf(gpu))
  if (gate === undefined) return undefined
  try {
    const lock = await tryLock(shareName(gpu, share))
    return lock && [lock]
  } finally {
    await gate.release()
  }
}

/** Holds the gate, so that nobody new comes in, until the last share has been given back. */
async function wholeOf(gpu: Gpu, signal: AbortSignal): Promise<readonly MachineLock[] | undefined> {
  const gate = await tryLock(gateOf(gpu))
  if (gate === undefined) return undefined
  const locks = [gate]
  try {
    for (let share = 0; share < mostShares;) {
      const lock = await tryLock(shareName(gpu, share))
      if (lock === undefined) {
        await pause(signal)
        continue
      }
      locks.push(lock)
      share++
    }
    return locks
  } catch (error) {
    await release(locks)
    throw error
  }
}

async function release(locks: readonly MachineLock[]): Promise<void> {
  await Promise.all(locks.map((lock) => lock.release()))
}

async function pause(signal: AbortSignal): Promise<void> {
  if (signal.aborted) throw new InfrastructureError('the evaluation was called off while it waited for a device')
  await new Promise((resolve) => setTimeout(resolve, pollMs))
}

/**
 * What a program needs to use the card. A UUID keeps its meaning where only some of the cards are to be seen; it chooses
 * the card and is no wall, since the numbers of device files need not be those of the cards.
 */
function deviceOf({ uuid }: Gpu): Device {
  const shared = ['/dev/nvidiactl', '/dev/nvidia-uvm', '/dev/nvidia-uvm-tools', '/dev/nvidia-modeset']
  const cards = existsSync('/dev') ? readdirSync('/dev').filter((name) => /^nvidia\d+$/.test(name)) : []
  const files = [...cards.map((name) => path.join('/dev', name)), ...shared.filter((file) => existsSync(file))]
  return { env: { CUDA_VISIBLE_DEVICES: uuid }, files }
}

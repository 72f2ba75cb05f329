import { tryLock } from './machine-lock.ts'

/** How long until a device that somebody else holds is asked for again, in milliseconds. */
const pollMs = 25

/**
 * Lends a device to one evaluation at a time, over all runs on this machine: for evaluators that time programs on a GPU.
 *
 * The lease ends with `use`, or with this process, whatever ends it. The wait counts as time of the evaluator.
 *
 * @param device - What the device is called; leases of other names do not wait for each other.
 */
export async function exclusively<Value>(device: string, use: () => Promise<Value>): Promise<Value> {
  for (;;) {
    const lock = await tryLock(`device/${device}`)
    if (lock === undefined) {
      await new Promise((resolve) => setTimeout(resolve, pollMs))
      continue
    }
    try {
      return await use()
    } finally {
      await lock.release()
    }
  }
}

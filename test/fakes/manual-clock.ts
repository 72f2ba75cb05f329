import type { Clock } from '../../src/core/clock.ts'

/** A clock that stands still until a test moves it. */
export interface ManualClock extends Clock {
  /** Moves the time, waking sleepers in the order of their deadlines and letting each go on before the next. */
  advance(ms: number): Promise<void>
  /** How many sleep now. */
  sleepers(): number
}

/** Makes a clock that starts at `now` milliseconds. */
export function manualClock(now = 0): ManualClock {
  const sleeping = new Set<{ readonly at: number; readonly wake: () => void }>()
  const next = () => [...sleeping].sort((one, other) => one.at - other.at)[0]
  return {
    now: () => now,
    sleepers: () => sleeping.size,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted === true) {
          resolve()
          return
        }
        const wake = (): void => {
          sleeping.delete(sleeper)
          resolve()
        }
        const sleeper = { at: now + ms, wake }
        sleeping.add(sleeper)
        signal?.addEventListener('abort', wake, { once: true })
      }),
    advance: async (ms) => {
      const end = now + ms
      await settled()
      for (let first = next(); first !== undefined && first.at <= end; first = next()) {
        now = Math.max(now, first.at)
        first.wake()
        await settled()
      }
      now = end
      await settled()
    },
  }
}

/** Lets everything that can go on without time do so. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await new Promise<void>((resolve) => setImmediate(resolve))
}

import type { Clock } from '../core/clock.ts'
import type { Rng } from '../core/rng.ts'
import { chooseModel } from './choice.ts'
import type { Lane } from './lane.ts'

/** Decides which model takes a call while some are down, and holds calls back while all are. */
export class LaneChoice {
  readonly #lanes: readonly Lane[]
  readonly #clock: Clock
  readonly #notify: (message: string) => void
  readonly #announced = new Set<Lane>()
  #outage = false
  #change = new AbortController()

  /** @param lanes - The ensemble that takes over for a model that is down. */
  constructor(lanes: readonly Lane[], clock: Clock, notify: (message: string) => void) {
    this.#lanes = lanes
    this.#clock = clock
    this.#notify = notify
  }

  /**
   * The wanted model while it is up, or due for a probe; else one of the others by weight. Waits while all are down.
   *
   * @returns `undefined` when `signal` aborted while it waited.
   */
  async pick(wanted: Lane, rng: () => Rng, signal: AbortSignal): Promise<Lane | undefined> {
    while (!signal.aborted) {
      const now = this.#clock.now()
      if (wanted.breaker.look(now).kind !== 'wait') return wanted
      const others = this.#lanes.filter((lane) => lane !== wanted && lane.breaker.look(now).kind !== 'wait')
      if (others.length > 0) {
        this.#announceFallback(wanted)
        return chooseModel(
          others.map((lane) => ({ lane, weight: lane.config.weight })),
          rng(),
        ).lane
      }
      const wait = this.#shortestWait(wanted, now)
      this.#announceOutage(wanted, wait)
      await this.#clock.sleep(wait, AbortSignal.any([signal, this.#change.signal]))
    }
    return undefined
  }

  /** Reports that a model answered. */
  answered(lane: Lane): void {
    if (this.#outage) this.#notify(`model ${lane.config.name} answers again; the run continues`)
    this.#outage = false
    this.#announced.delete(lane)
    this.wake()
  }

  /** Lets the waiting look again. */
  wake(): void {
    this.#change.abort()
    this.#change = new AbortController()
  }

  #shortestWait(wanted: Lane, now: number): number {
    const waits = [wanted, ...this.#lanes].map((lane) => {
      const admission = lane.breaker.look(now)
      return admission.kind === 'wait' ? admission.ms : 0
    })
    return Math.max(1, Math.min(...waits))
  }

  #announceFallback(lane: Lane): void {
    if (this.#announced.has(lane)) return
    this.#announced.add(lane)
    this.#notify(`model ${lane.config.name} is down (${lane.lastError}); other models take its calls until it answers`)
  }

  #announceOutage(wanted: Lane, wait: number): void {
    if (this.#outage) return
    this.#outage = true
    const down = [...new Set([wanted, ...this.#lanes])].map((lane) => `${lane.config.name} (${lane.lastError})`)
    this.#notify(`all models are down: ${down.join(', ')}; retrying in ${Math.ceil(wait / 1000)} s, stop with Ctrl+C`)
  }
}

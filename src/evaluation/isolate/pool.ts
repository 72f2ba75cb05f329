import { InfrastructureError, messageOf } from '../../core/errors.ts'
import type { HostEnd } from './classify.ts'
import { type Host, startHost } from './host.ts'
import type { LibraryModule } from './messages.ts'

/** How often a host is tried to be started before the machine is given up. */
const tries = 3
/** The same for a host that somebody killed while it started: that says little about the machine. */
const triesWhenKilled = 20

/** Host processes, lent to one candidate at a time. */
export interface HostPool {
  /**
   * Lends an idle host made for `memoryBytes`, starting one if need be; waits while all places are taken.
   *
   * @throws InfrastructureError when three hosts in a row could not start (twenty, if somebody killed them), the pool closed, or `signal` aborted.
   */
  acquire(memoryBytes: number, signal: AbortSignal): Promise<Host>
  /** Takes a host back: `keep` it for the next candidate, or end it and start its successor. */
  release(host: Host, verdict: 'keep' | 'end'): void
  /**
   * Works while no other host is lent, so that nothing but this process's own threads disturbs a measurement. Waits for
   * what is lent to come back; whoever asks meanwhile waits behind it.
   *
   * @param use - Gets two hosts that are made for measurements: one for the candidate, which ends where the verdict says
   * so, and one in which no candidate has ever been.
   */
  exclusively<T>(
    memoryBytes: number,
    signal: AbortSignal,
    use: (hosts: ExclusiveHosts) => Promise<{ readonly result: T; readonly verdict: 'keep' | 'end' }>,
  ): Promise<T>
  /** Process ids of all hosts that run. */
  pids(): readonly number[]
  /** Ends every host and resolves when they are gone. */
  close(): Promise<void>
}

/** The two hosts of a measurement. */
export interface ExclusiveHosts {
  readonly candidate: Host
  readonly reference: Host
}

/**
 * Keeps up to `places` hosts at work and one warm spare, so that a killed host costs nobody its start.
 *
 * @param places - Hosts that may be lent at the same time, at least 1.
 * @param libraries - What candidates may import in every host.
 */
export function createHostPool(places: number, libraries: readonly LibraryModule[]): HostPool {
  const idle: Host[] = []
  const alive = new Set<Host>()
  const starting = new Set<Promise<unknown>>()
  const closing = new AbortController()
  const turns: (() => void)[] = []
  let lent = 0
  let spare: { memoryBytes: number; host: Promise<Host | undefined> } | undefined

  const start = async (memoryBytes: number, purpose: 'cases' | 'timing' = 'cases'): Promise<Host> => {
    const started = startPatiently(() => startHost(memoryBytes, libraries, closing.signal, purpose), closing.signal)
    starting.add(started)
    try {
      const host = await started
      alive.add(host)
      void host.ended.then(() => {
        alive.delete(host)
        forget(idle, host)
      })
      if (closing.signal.aborted) host.kill()
      return host
    } finally {
      starting.delete(started)
    }
  }

  const keepSpare = (memoryBytes: number): void => {
    if (closing.signal.aborted || idle.length > 0 || starting.size > 0) return
    // Nobody waits for a spare, so a failed start is told to the one who needs the next host.
    const coming = { memoryBytes, host: start(memoryBytes).catch(() => undefined) }
    spare = coming
    void coming.host.then((host) => {
      if (spare !== coming) return
      spare = undefined
      if (host !== undefined) idle.push(host)
    })
  }

  const take = async (memoryBytes: number): Promise<Host> => {
    const fitting = idle.findLast((host) => host.memoryBytes === memoryBytes)
    if (fitting !== undefined) {
      forget(idle, fitting)
      return fitting
    }
    if (idle.length + lent > places) idle.shift()?.kill()
    const coming = spare
    if (coming?.memoryBytes !== memoryBytes) return start(memoryBytes)
    spare = undefined
    return (await coming.host) ?? start(memoryBytes)
  }

  const takeTurn = async (signal: AbortSignal): Promise<void> => {
    if (lent < places) {
      lent++
      return
    }
    await new Promise<void>((resolve, reject) => {
      const turn = (): void => {
        signal.removeEventListener('abort', giveUp)
        resolve()
      }
      const giveUp = (): void => {
        forget(turns, turn)
        reject(new InfrastructureError('the evaluation was called off while it waited for a host'))
      }
      signal.addEventListener('abort', giveUp, { once: true })
      turns.push(turn)
    })
  }

  const endTurn = (): void => {
    const turn = turns.shift()
    if (turn === undefined) lent--
    else turn()
  }

  const giveBack = (host: Host, verdict: 'keep' | 'end'): void => {
    if (verdict === 'keep' && !closing.signal.aborted && alive.has(host)) {
      if (idle.length > places) host.kill()
      else idle.push(host)
    } else {
      host.kill()
      keepSpare(host.memoryBytes)
    }
  }

  /** The hosts of measurements, by whose program is timed there: outside of the places, never idle, never mixed up. */
  const timing = new Map<keyof ExclusiveHosts, Host>()
  let queue: Promise<unknown> = Promise.resolve()

  const timingHost = async (whose: keyof ExclusiveHosts, memoryBytes: number): Promise<Host> => {
    const kept = timing.get(whose)
    if (kept !== undefined && alive.has(kept) && kept.memoryBytes === memoryBytes) return kept
    kept?.kill()
    const host = await start(memoryBytes, 'timing')
    timing.set(whose, host)
    return host
  }

  const whileNothingIsLent = async <T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> => {
    let taken = 0
    try {
      for (; taken < places; taken++) await takeTurn(signal)
      return await work()
    } finally {
      for (; taken > 0; taken--) endTurn()
    }
  }

  return {
    exclusively(memoryBytes, signal, use) {
      const any = AbortSignal.any([signal, closing.signal])
      // One at a time: two that each hold half of the places would wait for each other for ever.
      const next = queue.then(() =>
        whileNothingIsLent(any, async () => {
          if (any.aborted) throw new InfrastructureError('the evaluation was called off')
          const [reference, candidate] = await Promise.all([
            timingHost('reference', memoryBytes),
            timingHost('candidate', memoryBytes),
          ])
          let verdict: 'keep' | 'end' = 'end'
          try {
            const used = await use({ reference, candidate })
            verdict = used.verdict
            return used.result
          } finally {
            if (verdict === 'end') candidate.kill()
          }
        }),
      )
      queue = next.catch(() => undefined)
      return next
    },
    async acquire(memoryBytes, signal) {
      const any = AbortSignal.any([signal, closing.signal])
      if (any.aborted) throw new InfrastructureError('the evaluation was called off')
      await takeTurn(any)
      try {
        const host = await take(memoryBytes)
        keepSpare(memoryBytes)
        return host
      } catch (error) {
        endTurn()
        throw error
      }
    },
    release(host, verdict) {
      giveBack(host, verdict)
      endTurn()
    },
    pids: () => [...alive].map((host) => host.pid),
    async close() {
      closing.abort()
      await Promise.allSettled(starting)
      const hosts = [...alive]
      for (const host of hosts) host.kill()
      await Promise.all(hosts.map((host) => host.ended))
    },
  }
}

async function startPatiently(start: () => Promise<Host>, signal: AbortSignal): Promise<Host> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await start()
    } catch (error) {
      const most = wasKilled(error) ? triesWhenKilled : tries
      if (attempt < most && !signal.aborted) continue
      throw new InfrastructureError(`${messageOf(error)} (tried ${String(attempt)} times)`, { cause: error })
    }
  }
}

function wasKilled(error: unknown): boolean {
  const end = error instanceof InfrastructureError ? (error.cause as Partial<HostEnd> | undefined) : undefined
  return end?.signal === 'SIGKILL' || end?.signal === 'SIGTERM'
}

function forget<T>(items: T[], item: T): void {
  const index = items.indexOf(item)
  if (index >= 0) items.splice(index, 1)
}

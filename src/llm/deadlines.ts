import type { Clock } from '../core/clock.ts'
import { ProviderError } from './provider.ts'
import type { CallDeadlines } from './provider.ts'

/** What a call in flight tells its deadlines. */
export interface CallWatch {
  /** Aborts the HTTP request when a deadline passes or the caller gives up. */
  readonly signal: AbortSignal
  /** A piece of the reply has come; thinking counts, headers and keep-alives do not. */
  progress(): void
  /** Everything has come but the end of the response, which is worth only a short wait. */
  settled(): void
}

const silence = ' (a model that thinks in silence needs a longer llm.deadlines.first_token)'

/** How long the end of a response may take once its content is there, in milliseconds. */
const graceMs = 2000

/**
 * Runs a call under its three deadlines.
 *
 * The promise is settled by the deadline itself, not by the library's reaction to the abort, so a call ends on time
 * even when the library ignores the signal.
 *
 * @throws {@link ProviderError} when a deadline passes (`transient`) or `signal` aborts (`never`, to be given up).
 */
export async function underDeadlines<T>(
  request: { readonly deadlines: CallDeadlines; readonly signal: AbortSignal },
  clock: Clock,
  work: (watch: CallWatch) => Promise<T>,
): Promise<T> {
  if (request.signal.aborted) throw cancelled(false)
  const http = new AbortController()
  const over = new AbortController()
  const startedAt = clock.now()
  let lastAt: number | undefined
  let settledAt: number | undefined
  let moved = new AbortController()
  const nearer = (): void => {
    moved.abort()
    moved = new AbortController()
  }
  const ended = new Promise<never>((_, reject) => {
    const end = (error: ProviderError): void => {
      reject(error)
      http.abort()
    }
    request.signal.addEventListener('abort', () => end(cancelled(true)), { once: true, signal: over.signal })
    const next = () => nextDeadline(request.deadlines, startedAt, lastAt, settledAt)
    void watchClock(next, () => moved.signal, clock, over.signal).then((missed) => {
      if (missed !== undefined) end(new ProviderError(missed, { retry: 'transient' }))
    })
  })
  const progress = (): void => {
    const first = lastAt === undefined
    lastAt = clock.now()
    // From the second piece on, the deadline only moves away.
    if (first) nearer()
  }
  const settled = (): void => {
    if (settledAt !== undefined) return
    settledAt = clock.now()
    nearer()
  }
  const working = work({ signal: http.signal, progress, settled })
  // Once the deadline has won, nobody waits for this promise any more.
  working.catch(() => undefined)
  try {
    return await Promise.race([working, ended])
  } finally {
    over.abort()
  }
}

function cancelled(sent: boolean): ProviderError {
  return new ProviderError('the call was cancelled', { retry: 'never', giveUp: true, mayBeBilled: sent })
}

interface Deadline {
  readonly at: number
  readonly missed: string
}

function nextDeadline(
  limits: CallDeadlines,
  startedAt: number,
  lastAt: number | undefined,
  settledAt: number | undefined,
): Deadline {
  const total = { at: startedAt + limits.totalMs, missed: `no complete reply within ${seconds(limits.totalMs)}` }
  const token =
    lastAt === undefined
      ? {
          at: startedAt + limits.firstTokenMs,
          missed: `no first token within ${seconds(limits.firstTokenMs)}${silence}`,
        }
      : { at: lastAt + limits.betweenTokensMs, missed: `the reply stalled for ${seconds(limits.betweenTokensMs)}` }
  const end = settledAt === undefined ? [] : [{ at: settledAt + graceMs, missed: 'the response does not end' }]
  return [total, token, ...end].reduce((first, next) => (next.at < first.at ? next : first))
}

/**
 * One sleeper per call however many tokens come: it looks again when the last known deadline would have passed, or when
 * `moved` says that the deadline has come nearer.
 */
async function watchClock(
  next: () => Deadline,
  moved: () => AbortSignal,
  clock: Clock,
  over: AbortSignal,
): Promise<string | undefined> {
  while (!over.aborted) {
    const deadline = next()
    const left = deadline.at - clock.now()
    if (left <= 0) return deadline.missed
    await clock.sleep(left, AbortSignal.any([over, moved()]))
  }
  return undefined
}

function seconds(ms: number): string {
  return `${ms / 1000} s`
}

import type { Rng } from '../core/rng.ts'

/** How long to wait between attempts. */
export interface BackoffPolicy {
  /** Longest wait before the second attempt, in milliseconds; it doubles with each further one. Default 1,000. */
  readonly baseMs: number
  /** Longest wait at all, in milliseconds. Default 60,000. */
  readonly capMs: number
}

/**
 * Draws the wait after a failure: exponential with full jitter, so that callers who failed together do not return together.
 *
 * @param failures - Failures so far, at least 1.
 * @returns milliseconds in [0, min(`capMs`, `baseMs` 2^(`failures` - 1))).
 * @see Brooker 2015, "Exponential Backoff And Jitter", AWS Architecture Blog.
 */
export function backoff(failures: number, policy: BackoffPolicy, rng: Rng): number {
  return rng.next() * Math.min(policy.capMs, policy.baseMs * 2 ** (failures - 1))
}

import type { ModelConfig } from '../config/problem.ts'
import type { Clock } from '../core/clock.ts'
import { CircuitBreaker } from './breaker.ts'
import type { BreakerPolicy } from './breaker.ts'
import { AdaptiveConcurrency } from './concurrency.ts'
import type { Slot } from './concurrency.ts'
import { priceOf } from './prices.ts'
import type { ModelPrice } from './prices.ts'
import type { LlmProvider, ProviderError } from './provider.ts'
import { RateLimit } from './rate-limit.ts'

/** A call's right to go out on a lane. */
export interface Pass {
  readonly slot: Slot
  /** Whether this call finds out if a model that was down is back. */
  readonly probe: boolean
  /** Tokens taken from the rate limit, to be corrected when the call's usage is known. */
  readonly takenTokens: number
}

/** One model with everything that governs its traffic. */
export class Lane {
  readonly config: ModelConfig
  readonly price: ModelPrice | undefined
  readonly slots: AdaptiveConcurrency
  readonly breaker: CircuitBreaker
  /** What the model failed with last, for the message when it is down. */
  lastError = ''
  readonly #clock: Clock
  readonly #requests: RateLimit | undefined
  readonly #tokens: RateLimit | undefined
  readonly #open: () => Promise<LlmProvider>
  #provider: Promise<LlmProvider> | undefined
  #pausedUntil = 0

  constructor(config: ModelConfig, open: () => Promise<LlmProvider>, breaker: BreakerPolicy, clock: Clock) {
    this.config = config
    this.price = priceOf(config)
    this.slots = new AdaptiveConcurrency(config.concurrency)
    this.breaker = new CircuitBreaker(breaker)
    this.#clock = clock
    this.#open = open
    const now = clock.now()
    this.#requests = config.requestsPerMinute === undefined ? undefined : new RateLimit(config.requestsPerMinute, now)
    this.#tokens = config.tokensPerMinute === undefined ? undefined : new RateLimit(config.tokensPerMinute, now)
  }

  /** Opened with the first call, so that a model that is never drawn needs no key and loads no library. */
  provider(): Promise<LlmProvider> {
    this.#provider ??= this.#open()
    return this.#provider
  }

  /** Holds back every call of this model: a server that asks for patience asks all its callers. */
  pause(ms: number): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, this.#clock.now() + ms)
  }

  /**
   * Waits for a place among the calls in flight, for the rate limits and for the end of a pause.
   *
   * @param tokens - What the call will probably use.
   * @returns `undefined` when `signal` aborted, or the model went down, while it waited.
   */
  async enter(tokens: number, signal: AbortSignal): Promise<Pass | undefined> {
    const slot = await this.slots.acquire(signal)
    if (slot === undefined) return undefined
    await this.#wait(this.#take(tokens), signal)
    while (!signal.aborted && this.#clock.now() < this.#pausedUntil) {
      await this.#wait(this.#pausedUntil - this.#clock.now(), signal)
    }
    const admission = signal.aborted ? undefined : this.breaker.admit(this.#clock.now())
    if (admission === undefined || admission.kind === 'wait') {
      slot.release()
      this.#correct(tokens)
      this.#requests?.giveBack(1, this.#clock.now())
      return undefined
    }
    return { slot, probe: admission.kind === 'probe', takenTokens: tokens }
  }

  /** Reports a reply. `usedTokens` corrects what was taken from the rate limit. */
  succeeded(pass: Pass, usedTokens: number): void {
    this.#correct(pass.takenTokens - usedTokens)
    pass.slot.succeeded()
    this.breaker.succeeded()
  }

  /** Reports a call without a reply; what it says about the model decides how the next calls are treated. */
  failed(pass: Pass, usedTokens: number, error: ProviderError): void {
    this.#correct(pass.takenTokens - usedTokens)
    this.lastError = error.message
    if (error.retry === 'rate-limit') pass.slot.limited()
    if (error.retry === 'transient') this.breaker.failed(this.#clock.now(), pass.probe)
  }

  /** Ends a pass, whatever came of it. Must follow every `enter` that gave one. */
  leave(pass: Pass): void {
    this.breaker.abandoned(pass.probe)
    pass.slot.release()
  }

  #correct(tokens: number): void {
    this.#tokens?.giveBack(tokens, this.#clock.now())
  }

  #take(tokens: number): number {
    const now = this.#clock.now()
    return Math.max(this.#requests?.take(1, now) ?? 0, this.#tokens?.take(tokens, now) ?? 0)
  }

  async #wait(ms: number, signal: AbortSignal): Promise<void> {
    if (ms > 0) await this.#clock.sleep(ms, signal)
  }
}

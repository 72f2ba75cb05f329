/** When a model counts as down. */
export interface BreakerPolicy {
  /** Consecutive failures that open the circuit. Default 5. */
  readonly failures: number
  /** How long a model is left alone after it went down, in milliseconds; doubles with every failed probe. Default 30,000. */
  readonly cooldownMs: number
  /** Longest time between two probes, in milliseconds. Default 300,000. */
  readonly longestCooldownMs: number
}

/** Whether a call may go out: freely, as the one probe of a model that was down, or only after a wait. */
export type Admission =
  { readonly kind: 'go' } | { readonly kind: 'probe' } | { readonly kind: 'wait'; readonly ms: number }

/**
 * Notices that a model is down and keeps calls from it until one probe has come through.
 *
 * @see Nygard 2007, "Release It!", chapter on circuit breakers.
 */
export class CircuitBreaker {
  readonly #policy: BreakerPolicy
  #failures = 0
  #openUntil: number | undefined
  #cooldownMs: number
  #probing = false

  constructor(policy: BreakerPolicy) {
    this.#policy = policy
    this.#cooldownMs = policy.cooldownMs
  }

  /** Whether calls go out freely. */
  get isClosed(): boolean {
    return this.#openUntil === undefined
  }

  /** What a call that comes now would be told; changes nothing. While a probe is out, the wait is its cooldown. */
  look(now: number): Admission {
    if (this.#openUntil === undefined) return { kind: 'go' }
    if (this.#probing) return { kind: 'wait', ms: this.#cooldownMs }
    return now >= this.#openUntil ? { kind: 'probe' } : { kind: 'wait', ms: this.#openUntil - now }
  }

  /** Lets a call out if it may go; a probe must be followed by one of the three reports. */
  admit(now: number): Admission {
    const admission = this.look(now)
    if (admission.kind === 'probe') this.#probing = true
    return admission
  }

  succeeded(): void {
    this.#failures = 0
    this.#openUntil = undefined
    this.#probing = false
    this.#cooldownMs = this.#policy.cooldownMs
  }

  /** Reports a failure that speaks against the model. Calls that were in flight when it opened change nothing more. */
  failed(now: number, probe: boolean): void {
    if (probe) {
      this.#probing = false
      this.#cooldownMs = Math.min(this.#policy.longestCooldownMs, this.#cooldownMs * 2)
      this.#openUntil = now + this.#cooldownMs
    } else if (this.#openUntil === undefined && ++this.#failures >= this.#policy.failures) {
      this.#openUntil = now + this.#cooldownMs
    }
  }

  /** The probe never got an answer about the model, for example because its caller was stopped. */
  abandoned(probe: boolean): void {
    if (probe) this.#probing = false
  }
}

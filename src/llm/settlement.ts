import type { CallEnding } from '../store/run-store.ts'
import { costOf, highestCost } from './prices.ts'
import type { ModelPrice } from './prices.ts'
import type { LlmReply, ProviderError, TokenUsage } from './provider.ts'

/** The most a call can use. */
export interface Reservation {
  readonly tokens: number
  /** `undefined` when the model's price is unknown. */
  readonly usd: number | undefined
}

/** The most a call can use when its prompt has at most `input` tokens. */
export function reserve(price: ModelPrice | undefined, input: number, maxTokens: number): Reservation {
  return { tokens: input + maxTokens, usd: price === undefined ? undefined : highestCost(price, input, maxTokens) }
}

/** How a call that brought a reply ends: charged with its usage, or with the reservation when the server told none. */
export function settleReply(
  reply: LlmReply,
  price: ModelPrice | undefined,
  reservation: Reservation,
  endedAt: number,
): CallEnding {
  return {
    status: 'ok',
    reply: reply.text,
    finish: reply.finish,
    error: undefined,
    usage: reply.usage,
    ...charge(reply.usage, price, reservation),
    endedAt,
  }
}

/**
 * How a call that brought no reply ends: charged with the usage the server told, else with nothing when it was refused
 * outright, else with the reservation, since the vendor may bill what we never received.
 */
export function settleFailure(
  error: Pick<ProviderError, 'message' | 'usage' | 'mayBeBilled'>,
  price: ModelPrice | undefined,
  reservation: Reservation,
  endedAt: number,
): CallEnding {
  const nothing = { chargedTokens: 0, chargedUsd: price === undefined ? undefined : 0 }
  return {
    status: 'error',
    reply: undefined,
    finish: undefined,
    error: error.message,
    usage: error.usage,
    ...(error.usage === undefined && !error.mayBeBilled ? nothing : charge(error.usage, price, reservation)),
    endedAt,
  }
}

function charge(usage: TokenUsage | undefined, price: ModelPrice | undefined, reservation: Reservation) {
  if (usage === undefined) return { chargedTokens: reservation.tokens, chargedUsd: reservation.usd }
  return {
    chargedTokens: usage.input + usage.output,
    chargedUsd: price === undefined ? undefined : costOf(price, usage),
  }
}

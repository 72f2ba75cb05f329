import { vectorOf } from './openai-embeddings.ts'
import type { CallName, LlmProvider, LlmReply, TokenUsage } from './provider.ts'
import { ProviderError } from './provider.ts'
import type { ProviderFactory } from './provider-factory.ts'

/** How a call of an earlier run ended. */
export type StoredCall =
  | { readonly status: 'ok'; readonly reply: LlmReply }
  | {
      readonly status: 'error' | 'lost'
      readonly error: string | undefined
      readonly usage: TokenUsage | undefined
      /** Whether anything was charged for it; the replayed run's ledger then charges it too. */
      readonly charged: boolean
    }

/** Where the calls of an earlier run are looked up. */
export interface StoredCalls {
  find(call: CallName): StoredCall | undefined
}

/**
 * Serves the stored replies of a run instead of asking a model.
 *
 * Failed and lost calls fail again, so that the replayed run makes the same attempts; give its gateway a backoff of 0, for
 * there is nobody to spare. The last failure of a call that was never answered is final.
 *
 * A request that the stored run never made is refused (`never`): the two runs have parted ways.
 */
export function openReplay(calls: StoredCalls): LlmProvider {
  return {
    name: 'replay',
    complete: ({ call, signal }) => Promise.resolve().then(() => served(calls, call, signal)),
    embed: async ({ call, signal }) => {
      const { text, usage, model } = await Promise.resolve().then(() => served(calls, call, signal))
      return { vector: vectorOf(text), usage, model }
    },
  }
}

/** Makes the `replay` provider of a problem from the calls of one stored run. */
export function replayFactory(calls: StoredCalls): ProviderFactory {
  return () => Promise.resolve(openReplay(calls))
}

function served(calls: StoredCalls, call: CallName | undefined, signal: AbortSignal): LlmReply {
  if (signal.aborted) throw refused('the call was cancelled', true)
  if (call === undefined) throw refused('only a run can replay calls')
  const stored = calls.find(call)
  if (stored === undefined) throw refused(`the stored run has no ${nameOf(call)}`)
  if (stored.status === 'ok') return stored.reply
  const retried = calls.find({ ...call, attempt: call.attempt + 1 }) !== undefined
  throw new ProviderError(stored.error ?? `${nameOf(call)} was lost`, {
    // Not `transient`: whether to try again was decided by the stored run, not by a count of failures.
    retry: retried ? 'rate-limit' : 'never',
    giveUp: !retried,
    usage: stored.usage,
    mayBeBilled: stored.charged,
  })
}

function refused(message: string, giveUp = false): ProviderError {
  return new ProviderError(message, { retry: 'never', giveUp, mayBeBilled: false })
}

function nameOf(call: CallName): string {
  return `call ${call.purpose}, attempt ${call.attempt}, of candidate ${call.ordinal}`
}

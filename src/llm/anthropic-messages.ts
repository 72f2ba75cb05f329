import type { CallWatch } from './deadlines.ts'
import type { FinishReason, TokenUsage } from './provider.ts'
import { tokenCount } from './reply-stream.ts'
import type { ReplyStream } from './reply-stream.ts'

interface MessageEvent {
  readonly type?: unknown
  readonly message?: WholeMessage | null
  readonly content_block?: { readonly type?: unknown; readonly text?: unknown } | null
  readonly delta?: MessageDelta | null
  readonly usage?: MessageUsage | null
}

interface MessageDelta {
  readonly type?: unknown
  readonly text?: unknown
  readonly thinking?: unknown
  readonly stop_reason?: unknown
}

interface WholeMessage {
  readonly model?: unknown
  readonly content?: readonly { readonly type?: unknown; readonly text?: unknown }[] | null
  readonly stop_reason?: unknown
  readonly usage?: MessageUsage | null
}

interface MessageUsage {
  readonly input_tokens?: unknown
  readonly output_tokens?: unknown
  readonly cache_read_input_tokens?: unknown
  readonly cache_creation_input_tokens?: unknown
  readonly output_tokens_details?: { readonly thinking_tokens?: unknown } | null
}

/**
 * Reads the events of a message to the last.
 *
 * Usage comes in two parts: the input with the first event, the output with the last. It counts only when both are there,
 * since a cut stream has told the input alone.
 *
 * @throws whatever the library throws for a broken stream or an error event.
 */
export async function readMessage(events: AsyncIterable<unknown>, into: ReplyStream, watch: CallWatch): Promise<void> {
  let started: MessageUsage = {}
  for await (const raw of events) {
    const event = raw as MessageEvent
    switch (event.type) {
      case 'message_start':
        into.model(event.message?.model)
        started = event.message?.usage ?? {}
        break
      case 'content_block_start':
        into.text(event.content_block?.type === 'text' ? event.content_block.text : undefined)
        break
      case 'content_block_delta':
        watch.progress()
        into.text(event.delta?.type === 'text_delta' ? event.delta.text : undefined)
        break
      case 'message_delta':
        into.usage(usageOf({ ...started, ...present(event.usage) }))
        into.finish(finishOf(event.delta?.stop_reason))
        break
      case 'message_stop':
        watch.settled()
        break
      default:
    }
  }
}

/** Reads a message that came in one piece. */
export function readMessageWhole(body: unknown, into: ReplyStream): void {
  const message = (body ?? {}) as WholeMessage
  into.model(message.model)
  for (const block of message.content ?? []) into.text(block.type === 'text' ? block.text : undefined)
  into.usage(usageOf(message.usage ?? {}))
  if (typeof message.stop_reason === 'string') into.finish(finishOf(message.stop_reason))
}

/** The last event repeats the input counts only on newer servers and says `null` on others. */
function present(usage: MessageUsage | null | undefined): MessageUsage {
  return Object.fromEntries(Object.entries(usage ?? {}).filter(([, value]) => value !== null))
}

function finishOf(reason: unknown): FinishReason {
  switch (reason) {
    case 'end_turn':
    case 'stop_sequence':
      return 'stop'
    case 'max_tokens':
    case 'model_context_window_exceeded':
      return 'length'
    case 'refusal':
      return 'refusal'
    default:
      return 'other'
  }
}

function usageOf(usage: MessageUsage): TokenUsage | undefined {
  const uncached = tokenCount(usage.input_tokens)
  const output = tokenCount(usage.output_tokens)
  if (uncached === undefined || output === undefined) return undefined
  const cached = tokenCount(usage.cache_read_input_tokens)
  const cacheWrites = tokenCount(usage.cache_creation_input_tokens)
  return {
    input: uncached + (cached ?? 0) + (cacheWrites ?? 0),
    output,
    cached,
    cacheWrites,
    reasoning: tokenCount(usage.output_tokens_details?.thinking_tokens),
  }
}

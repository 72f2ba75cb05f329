import type { CallWatch } from './deadlines.ts'
import { ProviderError } from './provider.ts'
import type { TokenUsage } from './provider.ts'
import { tokenCount } from './reply-stream.ts'
import type { ReplyStream } from './reply-stream.ts'

interface ResponsesEvent {
  readonly type?: unknown
  readonly delta?: unknown
  readonly response?: ResponsesAnswer | null
  readonly message?: unknown
  readonly code?: unknown
}

interface ResponsesAnswer {
  readonly model?: unknown
  readonly status?: unknown
  readonly incomplete_details?: { readonly reason?: unknown } | null
  readonly error?: { readonly code?: unknown; readonly message?: unknown } | null
  readonly output?: readonly ResponsesItem[] | null
  readonly usage?: ResponsesUsage | null
}

interface ResponsesItem {
  readonly content?: readonly { readonly text?: unknown; readonly refusal?: unknown; readonly type?: unknown }[] | null
  readonly type?: unknown
}

interface ResponsesUsage {
  readonly input_tokens?: unknown
  readonly output_tokens?: unknown
  readonly input_tokens_details?: { readonly cached_tokens?: unknown; readonly cache_write_tokens?: unknown } | null
  readonly output_tokens_details?: { readonly reasoning_tokens?: unknown } | null
}

/**
 * Reads the events of the Responses API to the last.
 *
 * @throws {@link ProviderError} when the server reports that the response failed.
 */
export async function readResponses(
  events: AsyncIterable<unknown>,
  into: ReplyStream,
  watch: CallWatch,
): Promise<void> {
  for await (const raw of events) {
    const event = raw as ResponsesEvent
    if (typeof event.delta === 'string' && event.delta !== '') watch.progress()
    switch (event.type) {
      case 'response.output_text.delta':
        into.text(event.delta)
        break
      case 'response.refusal.delta':
        into.refusal(event.delta)
        break
      case 'response.completed':
      case 'response.incomplete':
      case 'response.failed':
        conclude(event.response ?? {}, into)
        watch.settled()
        break
      case 'error':
        throw failed(event.code, event.message, undefined)
      default:
    }
  }
}

/** Reads a response that came in one piece. */
export function readResponsesWhole(body: unknown, into: ReplyStream): void {
  const answer = (body ?? {}) as ResponsesAnswer
  for (const part of (answer.output ?? []).flatMap((item) => (item.type === 'message' ? (item.content ?? []) : []))) {
    if (part.type === 'output_text') into.text(part.text)
    into.refusal(part.refusal)
  }
  conclude(answer, into)
}

function conclude(answer: ResponsesAnswer, into: ReplyStream): void {
  const usage = usageOf(answer.usage)
  into.model(answer.model)
  into.usage(usage)
  if (answer.status === 'completed') {
    into.finish('stop')
    return
  }
  if (answer.status !== 'incomplete') throw failed(answer.error?.code, answer.error?.message, usage)
  const reason = answer.incomplete_details?.reason
  into.finish(reason === 'max_output_tokens' ? 'length' : reason === 'content_filter' ? 'refusal' : 'other')
}

function failed(code: unknown, message: unknown, usage: TokenUsage | undefined): ProviderError {
  const name = typeof code === 'string' ? code : 'unknown'
  const text = typeof message === 'string' ? message.slice(0, 400) : 'no reason given'
  const refused = name === 'insufficient_quota'
  const thisPrompt = /invalid_prompt|content|context_length|image/.test(name)
  const retry = refused || thisPrompt ? 'never' : name === 'rate_limit_exceeded' ? 'rate-limit' : 'transient'
  return new ProviderError(`the response failed (${name}): ${text}`, { retry, giveUp: thisPrompt, usage })
}

function usageOf(usage: ResponsesUsage | null | undefined): TokenUsage | undefined {
  const input = tokenCount(usage?.input_tokens)
  const output = tokenCount(usage?.output_tokens)
  if (input === undefined || output === undefined) return undefined
  return {
    input,
    output,
    cached: tokenCount(usage?.input_tokens_details?.cached_tokens),
    cacheWrites: tokenCount(usage?.input_tokens_details?.cache_write_tokens),
    reasoning: tokenCount(usage?.output_tokens_details?.reasoning_tokens),
  }
}

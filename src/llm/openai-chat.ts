import type { CallWatch } from './deadlines.ts'
import type { FinishReason, TokenUsage } from './provider.ts'
import { tokenCount } from './reply-stream.ts'
import type { ReplyStream } from './reply-stream.ts'

/** What is read of a chunk or a whole answer. Compatible servers leave out what they like, so all of it is optional. */
interface ChatAnswer {
  readonly model?: unknown
  readonly choices?: readonly (ChatChoice | undefined)[] | null
  readonly usage?: ChatUsage | null
}

interface ChatChoice {
  readonly delta?: ChatMessage | null
  readonly message?: ChatMessage | null
  readonly finish_reason?: unknown
}

interface ChatMessage {
  readonly content?: unknown
  readonly refusal?: unknown
  /** Thinking as vLLM, llama.cpp and DeepSeek send it. */
  readonly reasoning_content?: unknown
  /** Thinking as OpenRouter and Ollama send it. */
  readonly reasoning?: unknown
}

interface ChatUsage {
  readonly prompt_tokens?: unknown
  readonly completion_tokens?: unknown
  readonly prompt_tokens_details?: { readonly cached_tokens?: unknown; readonly cache_write_tokens?: unknown } | null
  readonly completion_tokens_details?: { readonly reasoning_tokens?: unknown } | null
}

/**
 * Reads a chat completion's stream to its end.
 *
 * @throws whatever the library throws for a broken stream.
 */
export async function readChat(chunks: AsyncIterable<unknown>, into: ReplyStream, watch: CallWatch): Promise<void> {
  for await (const chunk of chunks) {
    const answer = chunk as ChatAnswer
    const delta = answer.choices?.[0]?.delta
    if (
      isText(delta?.content) ||
      isText(delta?.refusal) ||
      isText(delta?.reasoning_content) ||
      isText(delta?.reasoning)
    ) {
      watch.progress()
    }
    readAnswer(answer, delta, into)
    if (into.isSettled) watch.settled()
  }
}

/** Reads a chat completion that came in one piece. */
export function readChatWhole(body: unknown, into: ReplyStream): void {
  const answer = (body ?? {}) as ChatAnswer
  readAnswer(answer, answer.choices?.[0]?.message, into)
}

function readAnswer(answer: ChatAnswer, message: ChatMessage | null | undefined, into: ReplyStream): void {
  into.model(answer.model)
  into.text(message?.content)
  into.refusal(message?.refusal)
  into.usage(usageOf(answer.usage))
  const finish = answer.choices?.[0]?.finish_reason
  if (isText(finish)) into.finish(finishOf(finish))
}

function finishOf(reason: string): FinishReason {
  if (reason === 'stop' || reason === 'length') return reason
  return reason === 'content_filter' ? 'refusal' : 'other'
}

function usageOf(usage: ChatUsage | null | undefined): TokenUsage | undefined {
  const input = tokenCount(usage?.prompt_tokens)
  const output = tokenCount(usage?.completion_tokens)
  if (input === undefined || output === undefined) return undefined
  return {
    input,
    output,
    cached: tokenCount(usage?.prompt_tokens_details?.cached_tokens),
    cacheWrites: tokenCount(usage?.prompt_tokens_details?.cache_write_tokens),
    reasoning: tokenCount(usage?.completion_tokens_details?.reasoning_tokens),
  }
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}

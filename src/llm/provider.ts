import type { Prompt } from '../core/prompt.ts'

/** How much a call used. A provider that does not report a figure leaves it `undefined`. */
export interface TokenUsage {
  /** All input tokens, cached ones included. */
  readonly input: number
  /** All output tokens, reasoning included. */
  readonly output: number
  readonly cached: number | undefined
  readonly reasoning: number | undefined
}

/** Why a reply ended. `length` means it was cut by the token limit; `refusal` that the model declined. */
export type FinishReason = 'stop' | 'length' | 'refusal' | 'other'

/** A reply that was received whole. */
export interface LlmReply {
  readonly text: string
  readonly finish: FinishReason
  /** `undefined` when the server reported no usage. */
  readonly usage: TokenUsage | undefined
  /** The model that the server says has answered. */
  readonly model: string
}

/** One request to one model. Times in milliseconds. */
export interface LlmRequest {
  readonly model: string
  readonly prompt: Prompt
  readonly temperature: number | undefined
  /** Hard limit on output tokens. */
  readonly maxTokens: number
  readonly reasoningEffort: 'minimal' | 'low' | 'medium' | 'high' | undefined
  readonly deadlines: CallDeadlines
  readonly signal: AbortSignal
}

/** Waits that end a call, in milliseconds. */
export interface CallDeadlines {
  /** From sending to the first byte of the reply's text. */
  readonly firstTokenMs: number
  /** Between two pieces of the reply. */
  readonly betweenTokensMs: number
  /** From sending to the end. */
  readonly totalMs: number
}

/** What to do about a failed call. `never`: a retry cannot help; the message says what the user must do. */
export type Retryability = 'never' | 'transient' | 'rate-limit'

/** A call that brought no usable reply. */
export class ProviderError extends Error {
  override readonly name = 'ProviderError'
  readonly retry: Retryability
  /** What the server asked for, in milliseconds; only with `rate-limit` and overload. */
  readonly retryAfterMs: number | undefined
  readonly status: number | undefined
  /** Tokens the server reported before the call broke, when it did. */
  readonly usage: TokenUsage | undefined
  constructor(
    message: string,
    detail: { retry: Retryability; retryAfterMs?: number; status?: number; usage?: TokenUsage; cause?: unknown },
  ) {
    super(message, { cause: detail.cause })
    this.retry = detail.retry
    this.retryAfterMs = detail.retryAfterMs
    this.status = detail.status
    this.usage = detail.usage
  }
}

/** The language-model seam. One request, no retries of its own. */
export interface LlmProvider {
  readonly name: string
  /**
   * Sends the prompt and waits for the whole reply.
   *
   * @throws {@link ProviderError} for every failure, deadlines and `signal` included.
   */
  complete(request: LlmRequest): Promise<LlmReply>
}

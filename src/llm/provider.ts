import type { Prompt } from '../core/prompt.ts'

/** How much a call used. A provider that does not report a figure leaves it `undefined`. */
export interface TokenUsage {
  /** All input tokens, cached ones included. */
  readonly input: number
  /** All output tokens, reasoning included. */
  readonly output: number
  readonly cached: number | undefined
  readonly reasoning: number | undefined
  /** Input tokens written into the vendor's prompt cache, part of `input`; some vendors charge more for them. */
  readonly cacheWrites?: number | undefined
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

/** Which call of a run a request belongs to: what replies are stored and replayed by. */
export interface CallName {
  readonly ordinal: number
  readonly purpose: string
  /** Counts over all calls of the candidate, from 1. */
  readonly attempt: number
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
  /** Present when the run sends the call; only replaying needs it. */
  readonly call?: CallName
}

/** One text whose embedding is wanted. */
export interface EmbedRequest extends Pick<LlmRequest, 'model' | 'deadlines' | 'signal' | 'call'> {
  readonly text: string
}

/** The embedding of a text. */
export interface EmbedReply extends Pick<LlmReply, 'usage' | 'model'> {
  /** At least one number, all finite. */
  readonly vector: readonly number[]
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

/** What is known about a failed call. Billing is assumed possible unless it is known not to be. */
export interface ProviderErrorDetail {
  readonly retry: Retryability
  readonly retryAfterMs?: number | undefined
  readonly status?: number | undefined
  readonly usage?: TokenUsage | undefined
  readonly mayBeBilled?: boolean
  readonly giveUp?: boolean
  readonly cause?: unknown
}

/** A call that brought no usable reply. */
export class ProviderError extends Error {
  override readonly name = 'ProviderError'
  readonly retry: Retryability
  /** What the server asked for, in milliseconds; only with `rate-limit` and overload. */
  readonly retryAfterMs: number | undefined
  readonly status: number | undefined
  /** Tokens the server reported before the call broke, when it did. */
  readonly usage: TokenUsage | undefined
  /** Whether the vendor may charge for the call although no reply came; `false` only when it was refused outright. */
  readonly mayBeBilled: boolean
  /** The fault lies in this one request: neither a retry nor stopping the run would help. */
  readonly giveUp: boolean
  constructor(message: string, detail: ProviderErrorDetail) {
    super(message, { cause: detail.cause })
    this.retry = detail.retry
    this.retryAfterMs = detail.retryAfterMs
    this.status = detail.status
    this.usage = detail.usage
    this.mayBeBilled = detail.mayBeBilled ?? true
    this.giveUp = detail.giveUp ?? false
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
  /**
   * Turns a text into a vector. Only OpenAI's protocol has it.
   *
   * @throws {@link ProviderError} as {@link LlmProvider.complete} does.
   */
  embed?(request: EmbedRequest): Promise<EmbedReply>
}

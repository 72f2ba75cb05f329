import { ProviderError } from './provider.ts'
import type { FinishReason, LlmReply, TokenUsage } from './provider.ts'

/** The longest reply that is kept, in UTF-16 code units. No genome comes near it; a runaway server goes past it. */
export const longestReply = 4_000_000

/** Puts a reply together from the pieces of a stream, whichever protocol they came by. */
export class ReplyStream {
  readonly #pieces: string[] = []
  #length = 0
  #finish: FinishReason | undefined
  #refused = false
  #usage: TokenUsage | undefined
  #model: string

  /** @param model - What to report when the server does not say which model answers. */
  constructor(model: string) {
    this.#model = model
  }

  /**
   * Adds a piece of the reply's text. Anything but a text is ignored.
   *
   * @throws {@link ProviderError} when the reply gets longer than {@link longestReply}; the same request would do it again.
   */
  text(piece: unknown): void {
    if (typeof piece !== 'string' || piece === '') return
    this.#length += piece.length
    if (this.#length > longestReply) {
      throw new ProviderError(`the reply is longer than ${longestReply} characters`, { retry: 'never', giveUp: true })
    }
    this.#pieces.push(piece)
  }

  /** Adds a piece of the model's explanation why it declines. */
  refusal(piece: unknown): void {
    if (typeof piece !== 'string' || piece === '') return
    this.#refused = true
    this.text(piece)
  }

  finish(reason: FinishReason): void {
    this.#finish = reason
  }

  usage(usage: TokenUsage | undefined): void {
    this.#usage = usage ?? this.#usage
  }

  model(name: unknown): void {
    if (typeof name === 'string' && name !== '') this.#model = name
  }

  /** Whether the server has said that the reply is over. What is missing then is at most the usage. */
  get isComplete(): boolean {
    return this.#finish !== undefined
  }

  /** Whether nothing more is expected. */
  get isSettled(): boolean {
    return this.#finish !== undefined && this.#usage !== undefined
  }

  /**
   * The whole reply.
   *
   * @throws {@link ProviderError} (`transient`) when the stream ended before the reply did, or the reply is empty. An empty
   * reply that was cut by the token limit is returned: asking again would buy the same thinking again.
   */
  reply(): LlmReply {
    const text = this.#pieces.join('')
    if (this.#finish === undefined) {
      throw new ProviderError(`the stream was cut after ${text.length} characters`, { retry: 'transient' })
    }
    const finish = this.#refused ? 'refusal' : this.#finish
    if (text.trim() === '' && (finish === 'stop' || finish === 'other')) {
      throw new ProviderError('the reply is empty', { retry: 'transient', usage: this.#usage })
    }
    return { text, finish, usage: this.#usage, model: this.#model }
  }
}

/** A token count as servers report it, or `undefined` when it is none. */
export function tokenCount(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined
}

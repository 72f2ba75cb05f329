import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ProviderError } from '../../src/llm/provider.ts'
import type { EmbedRequest, LlmProvider } from '../../src/llm/provider.ts'
import { request } from '../llm/models.ts'

/** What the other side does in a case of the contract. */
export type Behaviour =
  | { readonly kind: 'reply'; readonly text: string; readonly finish?: 'stop' | 'length' | 'refusal' }
  | { readonly kind: 'silent-usage'; readonly text: string }
  | { readonly kind: 'vector'; readonly numbers: readonly number[]; readonly silent?: boolean }
  | { readonly kind: 'status'; readonly status: number; readonly retryAfterSeconds?: number }
  | { readonly kind: 'reset' | 'cut' | 'malformed' | 'empty' | 'stall' | 'stall-within' | 'endless' }

/** One implementation under test. */
export interface ProviderCase {
  readonly provider: LlmProvider
  close(): Promise<void>
}

/**
 * The rules of the language-model seam.
 *
 * @param embeds - Whether it can turn texts into vectors; what only OpenAI's protocol has.
 * @param open - Makes a provider whose other side behaves as told.
 */
export function providerContract(
  name: string,
  embeds: boolean,
  open: (behaviour: Behaviour) => Promise<ProviderCase>,
): void {
  describe(`the ${name} provider`, () => {
    let current: ProviderCase | undefined
    beforeEach(() => (current = undefined))
    afterEach(async () => current?.close())
    const given = async (behaviour: Behaviour) => (current = await open(behaviour)).provider

    if (!embeds) {
      it('has no embeddings, and says so by lacking the verb', async () => {
        expect(await given({ kind: 'reply', text: 'x' })).not.toHaveProperty('embed')
      })
    } else {
      const embed = async (behaviour: Behaviour, over: Partial<EmbedRequest> = {}) => {
        const { prompt: _, ...rest } = request()
        const provider = await given(behaviour)
        return provider.embed?.({ ...rest, text: 'const a = 1', ...over })
      }
      const broken = (behaviour: Behaviour, over?: Partial<EmbedRequest>) =>
        embed(behaviour, over).catch((thrown: unknown) => thrown)

      it('turns a text into its vector, with the usage of the server, of which none is output', async () => {
        const numbers = [0.25, -1, 3e-5]
        const reply = await embed({ kind: 'vector', numbers })
        expect(reply).toMatchObject({ vector: numbers, usage: { output: 0 } })
        expect(reply?.usage?.input).toBeGreaterThan(0)
        expect(await embed({ kind: 'vector', numbers, silent: true })).toMatchObject({ usage: undefined })
      })

      it.each([
        [
          { kind: 'status', status: 401 },
          { retry: 'never', mayBeBilled: false },
        ],
        [
          { kind: 'status', status: 503 },
          { retry: 'transient', mayBeBilled: false },
        ],
        [
          { kind: 'status', status: 429, retryAfterSeconds: 3 },
          { retry: 'rate-limit', retryAfterMs: 3000 },
        ],
        [{ kind: 'vector', numbers: [] }, { retry: 'transient' }],
        [{ kind: 'reset' }, { retry: 'transient' }],
        [{ kind: 'malformed' }, { retry: 'transient' }],
      ] as const)('fails at an embedding as at a reply: %j', async (behaviour, expected) => {
        const error = await broken(behaviour)
        expect(error).toBeInstanceOf(ProviderError)
        expect(error).toMatchObject(expected)
      })

      it('ends an embedding that does not come, or is not wanted any more', async () => {
        const deadlines = { firstTokenMs: 100, betweenTokensMs: 20_000, totalMs: 40_000 }
        expect(await broken({ kind: 'stall' }, { deadlines })).toMatchObject({ retry: 'transient', mayBeBilled: true })
        const stop = new AbortController()
        setTimeout(() => stop.abort(), 50)
        expect(await broken({ kind: 'stall' }, { signal: stop.signal })).toMatchObject({ retry: 'never', giveUp: true })
      })
    }

    it('returns the whole text, with the usage of the server', async () => {
      const text = 'Grüße 🌱\n```ts\nconst x = 1\n```\n'.repeat(50)
      const reply = await (await given({ kind: 'reply', text })).complete(request())
      expect(reply).toMatchObject({ text, finish: 'stop' })
      expect(reply.usage?.input).toBeGreaterThan(0)
      expect(reply.usage?.output).toBeGreaterThan(0)
    })

    it('returns a reply of a server that tells no usage', async () => {
      const reply = await (await given({ kind: 'silent-usage', text: 'fine' })).complete(request())
      expect(reply).toMatchObject({ text: 'fine', usage: undefined })
    })

    it.each(['length', 'refusal'] as const)('says that a reply ended by %s', async (finish) => {
      const reply = await (await given({ kind: 'reply', text: 'so far', finish })).complete(request())
      expect(reply).toMatchObject({ text: 'so far', finish })
    })

    it.each([400, 401, 402, 403, 404])('says that a retry after status %i cannot help', async (status) => {
      const error = await failure(await given({ kind: 'status', status }))
      expect(error).toMatchObject({ retry: 'never', status, mayBeBilled: false })
    })

    it.each([500, 502, 503, 529])('calls status %i transient and free', async (status) => {
      const error = await failure(await given({ kind: 'status', status }))
      expect(error).toMatchObject({ retry: 'transient', status, mayBeBilled: false })
    })

    it('passes on how long a rate limit asks to wait', async () => {
      const error = await failure(await given({ kind: 'status', status: 429, retryAfterSeconds: 7 }))
      expect(error).toMatchObject({ retry: 'rate-limit', status: 429, retryAfterMs: 7000, mayBeBilled: false })
    })

    it.each(['reset', 'cut', 'malformed', 'empty'] as const)('calls a reply that is %s transient', async (kind) => {
      const error = await failure(await given({ kind }))
      expect(error).toMatchObject({ retry: 'transient' })
    })

    it('ends a call whose first token does not come', async () => {
      const deadlines = { firstTokenMs: 100, betweenTokensMs: 20_000, totalMs: 40_000 }
      const error = await failure(await given({ kind: 'stall' }), deadlines)
      expect(error).toMatchObject({ retry: 'transient', mayBeBilled: true })
      expect(error.message).toContain('no first token within 0.1 s')
    })

    it('ends a call that stalls within the reply', async () => {
      const deadlines = { firstTokenMs: 20_000, betweenTokensMs: 300, totalMs: 40_000 }
      const error = await failure(await given({ kind: 'stall-within' }), deadlines)
      expect(error).toMatchObject({ retry: 'transient', mayBeBilled: true })
      expect(error.message).toContain('stalled for 0.3 s')
    })

    it('ends a call that goes on for ever', async () => {
      const deadlines = { firstTokenMs: 20_000, betweenTokensMs: 20_000, totalMs: 400 }
      const error = await failure(await given({ kind: 'endless' }), deadlines)
      expect(error.message).toContain('no complete reply within 0.4 s')
    })

    it('ends a call when its signal aborts, and does not start one afterwards', async () => {
      const provider = await given({ kind: 'stall' })
      const stop = new AbortController()
      const running = provider.complete(request({ signal: stop.signal }))
      setTimeout(() => stop.abort(), 50)
      await expect(running).rejects.toMatchObject({ retry: 'never', giveUp: true })
      const late = provider.complete(request({ signal: stop.signal }))
      await expect(late).rejects.toMatchObject({ mayBeBilled: false })
    })
  })
}

async function failure(provider: LlmProvider, deadlines = request().deadlines): Promise<ProviderError> {
  const error: unknown = await provider.complete(request({ deadlines })).catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(ProviderError)
  return error as ProviderError
}

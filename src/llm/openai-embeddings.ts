import { ProviderError } from './provider.ts'
import type { EmbedReply } from './provider.ts'

/**
 * Reads the answer of `/embeddings` to one text: numbers in a list, or the bytes of float32 numbers in base64.
 *
 * @param asked - The model that was asked, for servers that do not say which one answered.
 * @throws {@link ProviderError} `transient` when there is no vector of finite numbers in it.
 */
export function readEmbedding(body: unknown, asked: string): EmbedReply {
  const { data, model, usage } = (body ?? {}) as {
    readonly data?: readonly { readonly embedding?: unknown }[]
    readonly model?: unknown
    readonly usage?: { readonly prompt_tokens?: unknown }
  }
  const vector = numbersIn(
    Array.isArray(data) ? (data[0] as { embedding?: unknown } | undefined)?.embedding : undefined,
  )
  if (vector.length === 0 || !vector.every(Number.isFinite)) {
    throw new ProviderError('the reply holds no embedding', { retry: 'transient' })
  }
  const input = usage?.prompt_tokens
  return {
    vector,
    model: typeof model === 'string' && model !== '' ? model : asked,
    usage:
      typeof input === 'number' && Number.isFinite(input)
        ? { input, output: 0, cached: undefined, reasoning: undefined }
        : undefined,
  }
}

function numbersIn(embedding: unknown): readonly number[] {
  if (typeof embedding === 'string') return vectorOf(embedding)
  return Array.isArray(embedding) ? embedding.map((value) => (typeof value === 'number' ? value : Number.NaN)) : []
}

/** A vector as text: its numbers as float32, the lowest byte first, in base64. */
export function vectorText(vector: readonly number[]): string {
  const bytes = Buffer.alloc(4 * vector.length)
  for (const [index, value] of vector.entries()) bytes.writeFloatLE(value, 4 * index)
  return bytes.toString('base64')
}

/** The vector of a {@link vectorText}; empty for a text that is none. */
export function vectorOf(text: string): readonly number[] {
  const bytes = Buffer.from(text, 'base64')
  if (bytes.length % 4 !== 0) return []
  return Array.from({ length: bytes.length / 4 }, (_, index) => bytes.readFloatLE(4 * index))
}

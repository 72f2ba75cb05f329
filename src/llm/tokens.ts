import type { Prompt } from '../core/prompt.ts'

/** Room for what a server wraps around the texts: roles, turn marks, the date line of a chat template. */
const wrapping = 256

/**
 * An upper bound of a prompt's input tokens, whatever the model's tokenizer.
 *
 * Every tokenizer in use (byte-pair encodings over bytes, SentencePiece with byte fallback) makes each token from at least
 * one byte of UTF-8, so a text never has more tokens than bytes. Tokenizers that normalise Unicode first count the bytes
 * of the normalised text, hence the largest of the normal forms. The price of the certainty is a reservation about four
 * times the true count for English and code; it is given back when the call settles.
 *
 * @returns tokens, an integer.
 */
export function mostInputTokens(prompt: Pick<Prompt, 'system' | 'user'>): number {
  return mostTokens(prompt.system) + mostTokens(prompt.user) + wrapping
}

/** What a prompt probably has: four bytes to a token. For rate limits, where a wrong guess costs only a wait. */
export function likelyInputTokens(prompt: Pick<Prompt, 'system' | 'user'>): number {
  return Math.ceil((byteLength(prompt.system) + byteLength(prompt.user)) / 4)
}

function mostTokens(text: string): number {
  const bytes = byteLength(text)
  // ASCII has as many bytes as code units and is its own normal form.
  if (bytes === text.length) return bytes
  return Math.max(bytes, ...(['NFC', 'NFD', 'NFKC', 'NFKD'] as const).map((form) => byteLength(text.normalize(form))))
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).byteLength
}

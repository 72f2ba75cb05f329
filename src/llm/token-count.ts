/**
 * Loads the tokenizer and returns a function that counts a text's tokens.
 *
 * Counts are those of OpenAI's `o200k_base` encoding. Other vendors' tokenizers differ by some ten percent, which is
 * close enough for the room of a prompt; money is reserved by the upper bound in `tokens.ts`. Loading takes about a
 * tenth of a second, so it is done only when there is a model to ask.
 */
export async function loadTokenCounter(): Promise<(text: string) => number> {
  const { countTokens } = await import('gpt-tokenizer/encoding/o200k_base')
  // Special tokens in a candidate's text are text like any other.
  return (text) => countTokens(text, { disallowedSpecial: new Set() })
}

import type { z } from 'zod'

/** The pieces of a model's reply that may be JSON: its fenced blocks, the last one first, then what its braces hold. */
export function jsonPieces(reply: string): readonly string[] {
  const fences = [...reply.matchAll(/```(?:json)?[ \t]*\r?\n([\s\S]*?)```/g)].map(([, text = '']) => text)
  const bare = reply.slice(reply.indexOf('{'), reply.lastIndexOf('}') + 1)
  return [...fences.reverse(), bare]
}

/** Finds the JSON of a form in a model's reply: in its last fenced block that has it, or else in its braces. */
export function jsonIn<T>(reply: string, form: z.ZodType<T>): T | undefined {
  for (const text of jsonPieces(reply)) {
    try {
      const parsed = form.safeParse(JSON.parse(text))
      if (parsed.success) return parsed.data
    } catch {
      // Not JSON: the next piece may be.
    }
  }
  return undefined
}

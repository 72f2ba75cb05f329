import type { z } from 'zod'

/** Finds the JSON of a form in a model's reply: in its last fenced block that has it, or else in its braces. */
export function jsonIn<T>(reply: string, form: z.ZodType<T>): T | undefined {
  const fences = [...reply.matchAll(/```(?:json)?[ \t]*\r?\n([\s\S]*?)```/g)].map(([, text = '']) => text)
  const bare = reply.slice(reply.indexOf('{'), reply.lastIndexOf('}') + 1)
  for (const text of [...fences.reverse(), bare]) {
    try {
      const parsed = form.safeParse(JSON.parse(text))
      if (parsed.success) return parsed.data
    } catch {
      // Not JSON: the next piece may be.
    }
  }
  return undefined
}

import type { PromptContext, PromptCriterion } from './context.ts'
import { fenced } from './untrusted.ts'

/** An answer that could not be used, and what is wrong with it. */
export interface Former {
  readonly reply: string
  readonly complaint: string
}

/** A criterion as one line of a list. */
export function criterionText({ name, question, scale: [low, high] }: PromptCriterion): string {
  return `- \`${name}\`, from ${String(low)} to ${String(high)}: ${question.trim().replaceAll(/\s+/g, ' ')}`
}

/** How a review is answered: an example of the form, with the middle of each scale, and the schema that checks it. */
export function reviewFormatText({ criteria, schema }: NonNullable<PromptContext['review']>): string {
  const example = Object.fromEntries(
    criteria.map(({ name, scale: [low, high] }) => [name, { grade: (low + high) / 2, reason: 'one or two sentences' }]),
  )
  return [
    'One JSON object in a fenced block, with a grade and a short reason for every criterion and nothing else:',
    fenced(JSON.stringify({ review: example }, null, 2), 'json'),
    'It is checked against this JSON schema:',
    fenced(schema, 'json'),
  ].join('\n\n')
}

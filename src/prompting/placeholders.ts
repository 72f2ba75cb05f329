/**
 * What a template can ask for, by the name it writes between double braces.
 *
 * `name`, `entry` and `language` are single words for use inside a sentence; the others are whole paragraphs.
 */
export const placeholderNames = [
  'name',
  'entry',
  'language',
  'problem',
  'objectives',
  'known',
  'hint',
  'contract',
  'limits',
  'rules',
  'reply-format',
  'brief',
  'parent',
  'parent-scores',
  'trail',
  'feedback',
  'artifacts',
  'console',
  'partner',
  'inspirations',
  'tried',
  'exhausted',
  'attempts',
  'lessons',
  'insights',
  'failed-ideas',
  'overused',
  'approaches',
  'failure',
  'former-reply',
  'change',
  'outcome',
  'mixed-insights',
  'lesson-format',
  'conditions',
  'current-instruction',
  'other-instructions',
  'instruction-outcomes',
  'instruction-format',
  'criteria',
  'review-format',
] as const

/** One of {@link placeholderNames}. */
export type PlaceholderName = (typeof placeholderNames)[number]

/** Tells whether a template may write `{{text}}`. */
export function isPlaceholder(text: string): text is PlaceholderName {
  return (placeholderNames as readonly string[]).includes(text)
}

/**
 * The placeholders without which a prompt of this name cannot work.
 *
 * @param template - Name of the template, without `.md`.
 */
export function requiredPlaceholders(template: string): readonly PlaceholderName[] {
  const always: readonly PlaceholderName[] = ['reply-format', 'parent']
  if (template === 'analysis') return ['parent', 'change', 'outcome', 'lesson-format']
  if (template === 'meta') return ['current-instruction', 'instruction-format']
  if (template === 'insight-check') return ['parent', 'conditions']
  if (template === 'novelty') return ['parent', 'change']
  if (template === 'review') return ['parent', 'criteria', 'review-format']
  return template === 'repair' ? [...always, 'failure', 'former-reply'] : always
}

import type { Prompt, PromptSection } from '../core/prompt.ts'

/** A piece of a stored prompt. */
export interface PromptPart {
  /** `undefined` for text of the user part that belongs to no section, such as the blank lines between them. */
  readonly section: string | undefined
  readonly text: string
  /** Whether the text stands in the user part; the shown parts joined in order are the user part. */
  readonly shown: boolean
}

/**
 * Cuts the user part of a prompt along its sections, so that each text is stored once, however often prompts repeat it.
 *
 * Nothing is lost: {@link userOf} and {@link sectionsOf} give back exactly what was cut. A section that does not occur
 * after the one before it is kept whole beside the others.
 */
export function partsOf(prompt: Pick<Prompt, 'user' | 'sections'>): readonly PromptPart[] {
  const parts: PromptPart[] = []
  let done = 0
  const between = (end: number): void => {
    if (end > done) parts.push({ section: undefined, text: prompt.user.slice(done, end), shown: true })
  }
  for (const { name, text } of prompt.sections) {
    const start = prompt.user.indexOf(text, done)
    if (start >= 0) {
      between(start)
      done = start + text.length
    }
    parts.push({ section: name, text, shown: start >= 0 })
  }
  between(prompt.user.length)
  return parts
}

/** The user part that was cut into these parts. */
export function userOf(parts: readonly PromptPart[]): string {
  return parts
    .filter(({ shown }) => shown)
    .map(({ text }) => text)
    .join('')
}

/** The sections among these parts, in their order. */
export function sectionsOf(parts: readonly PromptPart[]): readonly PromptSection[] {
  return parts.flatMap(({ section, text }) => (section === undefined ? [] : [{ name: section, text }]))
}

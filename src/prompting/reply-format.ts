import type { ReplyFormat } from './context.ts'

/**
 * Tells a model how to answer, with one example. This is the protocol that the operators parse, so templates can place
 * it but not reword it.
 *
 * @param language - Tag of code fences.
 */
export function replyFormatText(format: ReplyFormat, language: string): string {
  return format === 'edits' ? editsFormat(isScriptTag(language)) : rewriteFormat(language)
}

/** Whether the examples are shown in JavaScript; else in words that most languages share. */
function isScriptTag(language: string): boolean {
  return language === 'ts' || language === 'js'
}

function editsFormat(script: boolean): string {
  return `Say in one or two sentences what you change and why it should help. Then give one or more blocks of this form:

\`\`\`text
<<<<<<< SEARCH
${script ? '  const step = 0.5\n  let best = first' : '    step = 0.5\n    best = first'}
=======
${script ? '  const step = 0.5 / (1 + round)\n  let best = refine(first, step)' : '    step = 0.5 / (1 + round)\n    best = refine(first, step)'}
>>>>>>> REPLACE
\`\`\`

- The SEARCH text is copied from the program character by character, indentation included. It is whole lines, never a part of one.
- It must occur exactly once in the program, between the lines EVOLVE-BLOCK-START and EVOLVE-BLOCK-END. If it could match twice, copy more lines around it.
- Nothing outside those lines can change, and the marker lines themselves can be neither searched for nor written.
- Keep blocks small: only the lines that change and what makes them unique. Several blocks are allowed; they must not overlap, and each is matched against the program as it is shown.
- An empty REPLACE text deletes the lines. If one block does not fit, all are refused.`
}

function rewriteFormat(language: string): string {
  return `Say in one or two sentences what you do differently and why it should help. Then give the complete new code in one fenced block, as the last thing in your reply:

\`\`\`${language}
${isScriptTag(language) ? 'function improve(start, rounds) {\n  // the whole new code, nothing abbreviated\n}' : '(the whole new code, nothing abbreviated)'}
\`\`\`

- Write everything that stands between the lines EVOLVE-BLOCK-START and EVOLVE-BLOCK-END, and nothing from outside them. Leave the marker lines out.
- If the program has several such regions, write all of them in their order, each enclosed in its two marker lines.
- Nothing may be abbreviated: a comment like "rest as before" would become the program.
- Names that the code outside the region uses must keep existing.`
}

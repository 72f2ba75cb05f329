import type { ReplyFormat } from './context.ts'

/**
 * Tells a model how to answer, with one example. This is the protocol that the operators parse, so templates can place
 * it but not reword it.
 *
 * @param language - Tag of code fences.
 * @param files - Those that may change, in a program of several files; else empty.
 */
export function replyFormatText(format: ReplyFormat, language: string, files: readonly string[]): string {
  const [file] = files
  if (format === 'edits') return editsFormat(isScriptTag(language), file)
  return file === undefined ? rewriteFormat(language) : rewriteFilesFormat(language, file)
}

/** Whether the examples are shown in JavaScript; else in words that most languages share. */
function isScriptTag(language: string): boolean {
  return language === 'ts' || language === 'js'
}

const editedFile = (file: string): string => `
- The program has several files: every block names its file behind the word SEARCH, as in \`<<<<<<< SEARCH ${file}\`. Files can be neither added nor taken away.`

function editsFormat(script: boolean, file: string | undefined): string {
  return `Say in one or two sentences what you change and why it should help. Then give one or more blocks of this form:

\`\`\`text
<<<<<<< SEARCH${file === undefined ? '' : ` ${file}`}
${script ? '  const step = 0.5\n  let best = first' : '    step = 0.5\n    best = first'}
=======
${script ? '  const step = 0.5 / (1 + round)\n  let best = refine(first, step)' : '    step = 0.5 / (1 + round)\n    best = refine(first, step)'}
>>>>>>> REPLACE
\`\`\`

- The SEARCH text is copied from the program character by character, indentation included. It is whole lines, never a part of one.
- It must occur exactly once in ${file === undefined ? 'the program, between the lines EVOLVE-BLOCK-START and EVOLVE-BLOCK-END' : 'its file: between the lines EVOLVE-BLOCK-START and EVOLVE-BLOCK-END, or anywhere where all of the file may change'}. If it could match twice, copy more lines around it.
- Nothing ${file === undefined ? 'outside those lines' : 'else'} can change, and the marker lines themselves can be neither searched for nor written.
- Keep blocks small: only the lines that change and what makes them unique. Several blocks are allowed; they must not overlap, and each is matched against the program as it is shown.
- An empty REPLACE text deletes the lines. If one block does not fit, all are refused.${file === undefined ? '' : editedFile(file)}`
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

function rewriteFilesFormat(language: string, file: string): string {
  return `Say in one or two sentences what you do differently and why it should help. Then give every file that you change anew, each in a fenced block that names it behind the language:

\`\`\`${language} ${file}
${isScriptTag(language) ? 'export function improve(start, rounds) {\n  // the whole new code of this file, nothing abbreviated\n}' : '(the whole new code of this file, nothing abbreviated)'}
\`\`\`

- Of a file that may change between its markers, write what stands between the lines EVOLVE-BLOCK-START and EVOLVE-BLOCK-END, without them. If it has several such regions, write the whole file with its marker lines.
- A file that no block names stays as it is. Files can be neither added nor taken away.
- Nothing may be abbreviated: a comment like "rest as before" would become the program.
- Names that other code uses must keep existing.`
}

/**
 * A program of several files is one text: each file follows a header line that names it. This module alone knows that
 * form, so the rest of the program stores, compares and edits one text whatever it is made of.
 *
 *     // EVOLVE-FILE pack.ts
 *     ... the file, with its own evolve markers ...
 *     // EVOLVE-FILE lib/circle.ts whole
 *     // EVOLVE-BLOCK-START
 *     ... a file that evolves as a whole; these two markers are not part of it ...
 *     // EVOLVE-BLOCK-END
 */

/** One file of a program. */
export interface ProgramFile {
  /** Path within the program, with `/` between folders; see {@link isProgramPath}. */
  readonly path: string
  /** Its text: empty, or ending with a line feed. */
  readonly text: string
  /** It evolves from its first to its last character and holds no markers of its own. */
  readonly whole: boolean
}

/** Where a file stands in the text of its program. Offsets count UTF-16 code units, lines from 1. */
export interface FileSpan {
  readonly path: string
  readonly whole: boolean
  /** First character of the file, behind its header and the marker that is not part of it. */
  readonly start: number
  readonly end: number
  /** Line of the program's text that holds the file's first line. */
  readonly line: number
}

const opening = '// EVOLVE-BLOCK-START\n'
const closing = '// EVOLVE-BLOCK-END\n'
const header = /(?<![^\n])\/\/ EVOLVE-FILE ([^\s]+)( whole)?\n/g
/** Wider than what is read as a header: nothing that looks like one may enter a genome. */
const headerLike = /(?<![^\n])[^\S\n]{0,1000}\/\/[^\S\n]{0,1000}EVOLVE-FILE(?![-\w])/

/** Whether a text may name a file of a program: folders and name of letters, digits and `.`, `_`, `-`, `+`, `@`. */
export function isProgramPath(path: string): boolean {
  return (
    path.length <= 200 && /^[\w.+@-]+(\/[\w.+@-]+)*$/.test(path) && !path.split('/').some((part) => /^\.+$/.test(part))
  )
}

/** Whether a text holds a line that could pass for a file's header. */
export function holdsFileHeader(text: string): boolean {
  return text.includes('EVOLVE-FILE') && headerLike.test(text)
}

/** Whether a program's text consists of several files. */
export function isSeveralFiles(source: string): boolean {
  return source.startsWith('// EVOLVE-FILE ')
}

/** Makes the one text of a program. A file that does not end with a line feed gets one. {@link splitFiles} undoes it. */
export function joinFiles(files: readonly ProgramFile[]): string {
  return files
    .map(({ path, text, whole }) => {
      const ended = text === '' || text.endsWith('\n') ? text : `${text}\n`
      return `// EVOLVE-FILE ${path}${whole ? ' whole' : ''}\n${whole ? `${opening}${ended}${closing}` : ended}`
    })
    .join('')
}

/** The files of a program's text in order; empty for a program of one file. */
export function splitFiles(source: string): readonly ProgramFile[] {
  return fileSpans(source).map(({ path, whole, start, end }) => ({ path, whole, text: source.slice(start, end) }))
}

/** Where the files of a program's text stand; empty for a program of one file. */
export function fileSpans(source: string): readonly FileSpan[] {
  if (!isSeveralFiles(source)) return []
  const heads = [...source.matchAll(header)]
  let line = 1
  let counted = 0
  return heads.map(({ 0: text, 1: path = '', 2: flag, index }, position) => {
    const whole = flag !== undefined
    const end = (heads[position + 1]?.index ?? source.length) - (whole ? closing.length : 0)
    const start = index + text.length + (whole ? opening.length : 0)
    for (let feed = source.indexOf('\n', counted); feed !== -1 && feed < start; feed = source.indexOf('\n', counted)) {
      line++
      counted = feed + 1
    }
    return { path, whole, start, end, line }
  })
}

/**
 * The file and the line in it that a line of a program's text stands for.
 *
 * @param line - From 1.
 * @returns The line alone for a program of one file, and for the header lines between files.
 */
export function placeOfLine(source: string, line: number): { readonly file?: string; readonly line: number } {
  const span = fileSpans(source).findLast((each) => each.line <= line)
  return span === undefined ? { line } : { file: span.path, line: line - span.line + 1 }
}

/** The file that a character of a program's text belongs to; `undefined` for a program of one file. */
export function fileAtOffset(source: string, offset: number): string | undefined {
  return fileSpans(source).findLast((each) => each.start <= offset)?.path
}

/**
 * The file that an import means, as TypeScript reads it: the very path, `.js` for `.ts`, or without an ending.
 *
 * @param from - Path of the importing file.
 * @param specifier - As written; only relative ones mean a file.
 * @param paths - Of all files of the program.
 */
export function importedFile(from: string, specifier: string, paths: readonly string[]): string | undefined {
  if (!/^\.{1,2}\//.test(specifier)) return undefined
  const parts = from.split('/').slice(0, -1)
  for (const part of specifier.split('/')) {
    if (part === '..' && parts.pop() === undefined) return undefined
    if (part !== '.' && part !== '..') parts.push(part)
  }
  const path = parts.join('/')
  const typed = path.replace(/\.(m?)js$/, '.$1ts')
  return [path, typed, `${path}.ts`, `${path}.js`].find((each) => paths.includes(each))
}

import { parse as parseWithBabel } from '@babel/parser'
import { fileSpans, isSeveralFiles } from '../core/program-files.ts'

/** A piece of text by its offsets; `end` is the first character behind it. */
interface Span {
  readonly start: number
  readonly end: number
}

/** Where comments of a language begin and end, as far as its text tells without a parser. */
interface Lexis {
  /** Texts in which a comment sign means nothing. */
  readonly literals: readonly RegExp[]
  readonly line: string
  readonly block?: readonly [open: string, close: string]
  /** Whether block comments stand within each other. */
  readonly nested?: boolean
}

const double = /"(?:\\[\s\S]|[^"\\\n])*"/y
const single = /'(?:\\[\s\S]|[^'\\\n])*'/y
const character = /'(?:\\[^\n]{1,10}?|[^'\\\n])'/y
const raw = /R"([^\s()\\]{0,16})\([\s\S]*?\)\1"/y
const backticks = /`[^`]*`/y
const triple = /"""(?:\\[\s\S]|[^\\])*?"""|'''(?:\\[\s\S]|[^\\])*?'''/y

const slashes = { line: '//', block: ['/*', '*/'] } as const
const lexes: Readonly<Record<string, Lexis>> = {
  python: { literals: [triple, double, single], line: '#' },
  c: { ...slashes, literals: [double, character] },
  cpp: { ...slashes, literals: [raw, double, character] },
  cuda: { ...slashes, literals: [raw, double, character] },
  go: { ...slashes, literals: [backticks, double, character] },
  rust: { ...slashes, literals: [double, character], nested: true },
  wgsl: { ...slashes, literals: [], nested: true },
}

/**
 * A program without its comments, lines that held nothing else left out with them.
 *
 * What is known of a language decides: of JavaScript, TypeScript, Python, C, C++, CUDA, Go, Rust and WGSL comments go, all
 * other text stays as it is. Documentation strings of Python are strings and stay. Of a program of several files the lines
 * that name the files stay.
 *
 * @param language - As the problem names it.
 */
export function withoutComments(source: string, language: string): string {
  const files = isSeveralFiles(source) ? fileSpans(source) : [{ start: 0, end: source.length }]
  const parts: string[] = []
  let done = 0
  for (const { start, end } of files) {
    parts.push(source.slice(done, start), bare(source.slice(start, end), language))
    done = end
  }
  return parts.join('') + source.slice(done)
}

function bare(text: string, language: string): string {
  const comments = commentsIn(text, language)
  if (comments.length === 0) return text
  // A sign that no source has marks the place, so that only lines emptied by this are left out.
  const mark = '\u0000'
  const parts: string[] = []
  let done = 0
  for (const { start, end } of comments) {
    parts.push(text.slice(done, start).replaceAll(mark, ' '), mark)
    done = end
  }
  parts.push(text.slice(done).replaceAll(mark, ' '))
  return parts
    .join('')
    .split('\n')
    .filter((line) => !line.includes(mark) || line.replaceAll(mark, '').trim() !== '')
    .map((line) => (line.includes(mark) ? line.replaceAll(mark, ' ').trimEnd() : line))
    .join('\n')
}

function commentsIn(text: string, language: string): readonly Span[] {
  if (language === 'typescript' || language === 'javascript') return scriptComments(text)
  const lexis = lexes[language]
  return lexis === undefined ? [] : lexicalComments(text, lexis)
}

function scriptComments(text: string): readonly Span[] {
  try {
    const { comments } = parseWithBabel(text, { sourceType: 'module', plugins: ['typescript'], errorRecovery: true })
    return (comments ?? []).flatMap(({ start, end }) =>
      typeof start === 'number' && typeof end === 'number' ? [{ start, end }] : [],
    )
  } catch {
    return []
  }
}

function lexicalComments(text: string, lexis: Lexis): readonly Span[] {
  const found: Span[] = []
  for (let at = 0; at < text.length;) {
    const end = commentEnd(text, at, lexis)
    if (end !== undefined) {
      found.push({ start: at, end })
      at = end
    } else {
      at += literalLength(text, at, lexis) || 1
    }
  }
  return found
}

function literalLength(text: string, at: number, { literals }: Lexis): number {
  for (const literal of literals) {
    literal.lastIndex = at
    const found = literal.exec(text)
    if (found !== null) return found[0].length
  }
  return 0
}

/** Where the comment that begins here ends; `undefined` where none begins. */
function commentEnd(text: string, at: number, { line, block, nested }: Lexis): number | undefined {
  if (text.startsWith(line, at)) {
    const end = text.indexOf('\n', at)
    return end === -1 ? text.length : end
  }
  if (block === undefined || !text.startsWith(block[0], at)) return undefined
  const [open, close] = block
  let depth = 1
  let position = at + open.length
  while (depth > 0 && position < text.length) {
    if (text.startsWith(close, position)) {
      depth--
      position += close.length
    } else if (nested === true && text.startsWith(open, position)) {
      depth++
      position += open.length
    } else {
      position++
    }
  }
  return position
}

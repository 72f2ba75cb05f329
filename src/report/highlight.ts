import core from 'highlight.js/lib/core'
import cpp from 'highlight.js/lib/languages/cpp'
import python from 'highlight.js/lib/languages/python'
import typescript from 'highlight.js/lib/languages/typescript'
import { printable } from './printable.ts'
import { styleCodes } from './style-codes.ts'
import type { StyleCodes } from './style-codes.ts'

core.registerLanguage('typescript', typescript)
core.registerLanguage('python', python)
core.registerLanguage('cpp', cpp)

/** File endings by the grammar that reads them best. */
const grammars: Readonly<Record<string, string>> = {
  ts: 'typescript',
  mts: 'typescript',
  js: 'typescript',
  mjs: 'typescript',
  py: 'python',
  c: 'cpp',
  h: 'cpp',
  cc: 'cpp',
  cpp: 'cpp',
  cu: 'cpp',
  wgsl: 'cpp',
}

/**
 * Source code for a terminal: control characters become visible, and with `color` keywords, strings, numbers and comments
 * stand out. A file ending without a grammar is left plain.
 *
 * @param extension - Ending of the file's name, without the dot.
 */
export function highlighted(source: string, extension: string, color: boolean): string {
  const safe = printable(source)
  const language = grammars[extension]
  if (!color || language === undefined) return safe
  const { value } = core.highlight(safe, { language, ignoreIllegals: true })
  return terminalText(value, styleCodes(true))
}

/** The highlighter speaks HTML; its output is spans, text and five entities. */
function terminalText(html: string, style: StyleCodes): string {
  const open: ((text: string) => string)[] = []
  return html
    .split(/(<span class="[^"]*">|<\/span>)/)
    .map((piece) => {
      const kind = /^<span class="hljs-(\w+)/.exec(piece)?.[1]
      if (kind !== undefined) open.push(painters(style)[kind] ?? ((text) => text))
      else if (piece.startsWith('<span')) open.push((text) => text)
      else if (piece === '</span>') open.pop()
      else return (open.at(-1) ?? ((text: string) => text))(plainText(piece))
      return ''
    })
    .join('')
}

function painters(style: StyleCodes): Readonly<Record<string, (text: string) => string>> {
  return {
    keyword: style.bold,
    built_in: style.cyan,
    type: style.cyan,
    string: style.green,
    number: style.cyan,
    literal: style.cyan,
    comment: style.dim,
    meta: style.dim,
  }
}

function plainText(html: string): string {
  return html
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#x27;', "'")
    .replaceAll('&amp;', '&')
}

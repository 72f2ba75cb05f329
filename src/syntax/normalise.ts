import { freeNames } from './scope.ts'
import type { SyntaxNode } from './node.ts'
import { isNode, textAt } from './node.ts'
import { exportedNames, parse } from './parse.ts'
import { isScript } from '../core/language.ts'
import { isSeveralFiles, splitFiles } from '../core/program-files.ts'
import { normalisedPython } from './normalise-python.ts'

/**
 * A text that two programs share when they differ only in comments, white space, and the names of what they declare.
 *
 * JavaScript, TypeScript and Python are compared by their syntax. Names that are exported or come from outside stay;
 * renaming is consistent over the whole file and one to one, so programs with the same text behave the same. Where names
 * can be looked up while the program runs (`eval`), none is renamed. Any other language, and what does not parse, is
 * compared line by line without blank lines and without white space at the end of a line.
 *
 * @param language - Name of the program's language.
 */
export function normalisedSource(source: string, language: string): string {
  if (language === 'python') {
    const texts = isSeveralFiles(source) ? splitFiles(source).map(({ path, text }) => [path, text]) : [['', source]]
    return texts.map(([path = '', text = '']) => `${path}\n${normalisedPython(text)}`).join('\n')
  }
  const parsed = isScript(language) ? parse(source) : undefined
  if (parsed?.ok !== true) {
    const lines = source.split('\n').map((line) => line.trimEnd())
    return lines.filter((line) => line !== '').join('\n')
  }
  const { syntax } = parsed
  const free = freeNames(syntax.root)
  const fixed = new Set([...free, ...exportedNames(syntax)])
  const names = new Map<string, string>()
  const renamed = (name: string): string => {
    if (fixed.has(name) || free.has('eval')) return name
    const known = names.get(name) ?? `$${String(names.size)}`
    names.set(name, known)
    return known
  }
  const parts: string[] = []
  write(syntax.root, renamed, parts)
  return parts.join('')
}

const apart: ReadonlySet<string> = new Set([
  ...['start', 'end', 'loc', 'range', 'extra', 'leadingComments', 'innerComments', 'trailingComments', 'comments'],
  // `{ a: a }` is what a renamed `{ a }` becomes.
  ...['errors', 'tokens', 'shorthand'],
])

/** Where an identifier is the name of something outside, or of a member, whatever variables are called. */
const named: ReadonlySet<string> = new Set(['ImportSpecifier imported', 'TSEnumMember id'])

function write(node: SyntaxNode, renamed: (name: string) => string, parts: string[], asProperty = false): void {
  parts.push('(', node.type)
  for (const [field, value] of Object.entries(node)) {
    if (field === 'type' || apart.has(field) || value === undefined || value === null || value === false) continue
    parts.push(' ', field, ':')
    if (field === 'name' && node.type === 'Identifier') {
      parts.push(asProperty ? textAt(node, 'name') : renamed(textAt(node, 'name')))
      continue
    }
    // The name of a property is no variable, unless it is computed.
    const member = (field === 'property' || field === 'key') && node['computed'] !== true
    const property = member || named.has(`${node.type} ${field}`)
    writeValue(value, renamed, parts, property)
  }
  parts.push(')')
}

function writeValue(value: unknown, renamed: (name: string) => string, parts: string[], asProperty: boolean): void {
  if (Array.isArray(value)) {
    parts.push('[')
    for (const item of value) {
      writeValue(item, renamed, parts, false)
      parts.push(',')
    }
    parts.push(']')
  } else if (isNode(value)) {
    write(value, renamed, parts, asProperty)
  } else {
    parts.push(typeof value === 'bigint' ? `${String(value)}n` : JSON.stringify(value))
  }
}

import { freeNames } from './scope.ts'
import type { SyntaxNode } from './node.ts'
import { isNode, textAt } from './node.ts'
import { exportedNames, parse } from './parse.ts'

/**
 * A text that two programs share when they differ only in comments, white space, and the names of what they declare.
 *
 * Names that are exported or come from outside stay. Renaming is consistent over the whole file and one to one, so
 * programs with the same text behave the same. What does not parse is compared line by line without blank lines.
 */
export function normalisedSource(source: string): string {
  const parsed = parse(source)
  if (!parsed.ok) {
    const lines = source.split('\n').map((line) => line.trimEnd())
    return lines.filter((line) => line !== '').join('\n')
  }
  const { syntax } = parsed
  const fixed = new Set([...freeNames(syntax.root), ...exportedNames(syntax)])
  const names = new Map<string, string>()
  const renamed = (name: string): string => {
    if (fixed.has(name)) return name
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
  ...['errors', 'tokens'],
])

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
    const property = (field === 'property' || field === 'key') && node['computed'] !== true
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

import { localNames, parsePython, textOf } from './python.ts'
import type { PythonNode } from './python.ts'

/**
 * A text that two Python files share when they differ only in comments, white space and the names of what their functions
 * declare for themselves.
 *
 * What stands at the top of a file or of a class keeps its name, and so does everything in an import, a keyword argument
 * or a pattern.
 */
export function normalisedPython(source: string): string {
  const { root } = parsePython(source)
  const locals = localNames(root, source)
  const names = new Map<string, string>()
  const renamed = (name: string): string => {
    if (!locals.has(name)) return name
    const known = names.get(name) ?? `$${String(names.size)}`
    names.set(name, known)
    return known
  }
  const parts: string[] = []
  write(root, source, renamed, parts)
  return parts.join('')
}

function write(node: PythonNode, source: string, renamed: (name: string) => string, parts: string[]): void {
  const { type, children } = node
  if (children.length === 0) {
    const text = textOf(node, source)
    parts.push(type === 'VariableName' ? renamed(text) : JSON.stringify(text))
    return
  }
  parts.push('(', type)
  let from = node.start
  for (const child of children) {
    writeBetween(node, source.slice(from, child.start), parts)
    from = child.end
    if (child.type === 'Comment') continue
    parts.push(' ')
    write(child, source, renamed, parts)
  }
  writeBetween(node, source.slice(from, node.end), parts)
  parts.push(')')
}

/** The grammar makes no node of the text of a format string, nor of what it cannot read. */
function writeBetween({ type }: PythonNode, text: string, parts: string[]): void {
  const told = type === 'FormatString' ? text : text.replace(/\\\r?\n/g, ' ').trim()
  if (told !== '') parts.push(' ', JSON.stringify(told))
}

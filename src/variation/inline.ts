import type { SyntaxNode } from '../syntax/node.ts'
import { childAt, childrenAt, childrenOf, lineOf, textAt } from '../syntax/node.ts'
import { needsBrackets } from './brackets.ts'
import { shown } from './edit.ts'
import { indentAt, wholeLines } from './reduction.ts'
import type { Reduction } from './reduction.ts'

interface Use {
  readonly node: SyntaxNode
  readonly parent: SyntaxNode
  readonly field: string
}

/** Names that are declared once, as a constant or variable of their own, and stand in one other place: their value goes there. */
export function inlinings(
  root: SyntaxNode,
  source: string,
  inside: (node: SyntaxNode) => boolean,
): readonly Reduction[] {
  const uses = new Map<string, Use[]>()
  const declarations: { readonly declaration: SyntaxNode; readonly declarator: SyntaxNode }[] = []
  const visit = (node: SyntaxNode): void => {
    const [declarator, ...others] = node.type === 'VariableDeclaration' ? childrenAt(node, 'declarations') : []
    if (declarator !== undefined && others.length === 0 && inside(node)) {
      declarations.push({ declaration: node, declarator })
    }
    for (const { node: child, field } of childrenOf(node)) {
      if (child.type === 'Identifier') {
        const name = textAt(child, 'name')
        uses.set(name, [...(uses.get(name) ?? []), { node: child, parent: node, field }])
      }
      visit(child)
    }
  }
  visit(root)
  return declarations.flatMap(({ declaration, declarator }): Reduction[] => {
    const [id, init] = [childAt(declarator, 'id'), childAt(declarator, 'init')]
    if (id?.type !== 'Identifier' || init === undefined) return []
    const [only, ...others] = (uses.get(textAt(id, 'name')) ?? []).filter(({ node }) => node !== id)
    if (only === undefined || others.length > 0 || !inside(only.node) || !isPlainValue(only)) return []
    if (only.node.start < declaration.end) return []
    const value = moved(
      source.slice(init.start, init.end),
      indentAt(declaration.start, source),
      indentAt(only.node.start, source),
    )
    const text = needsBrackets(init, only.parent, only.field) ? `(${value})` : value
    const edits = [{ start: only.node.start, end: only.node.end, text }, wholeLines(declaration, source)]
    const summary = `${textAt(id, 'name')} replaced by its value ${shown(value)}`
    return [{ phase: 'structure', kind: 'inline', line: lineOf(declaration), edits, summary }]
  })
}

/** The lines of a value moved right to where they are used. */
function moved(value: string, from: string, to: string): string {
  return value.includes('`') || !to.startsWith(from) ? value : value.replaceAll(`\n${from}`, `\n${to}`)
}

/** Read as a value: no target, no key, no shorthand. */
function isPlainValue({ parent, field }: Use): boolean {
  if (field === 'property' || field === 'key') return parent['computed'] === true
  if (parent.type === 'ObjectProperty') return field === 'value' && parent['shorthand'] !== true
  if (parent.type === 'AssignmentExpression') return field === 'right'
  if (/^(ForOf|ForIn)Statement$/.test(parent.type)) return field === 'right'
  if (parent.type.startsWith('TS')) return /^TS(As|NonNull|Satisfies)Expression$/.test(parent.type)
  return !/^(UpdateExpression|.*Specifier|.*Pattern|RestElement|LabeledStatement|BreakStatement)$/.test(parent.type)
}

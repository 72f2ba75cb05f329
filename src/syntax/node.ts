/**
 * A node of a syntax tree, as narrow as this program needs it: its type, its place, and its fields by name.
 *
 * Types and fields are those of the Babel AST. `start` and `end` count UTF-16 code units of the file.
 *
 * @see https://github.com/babel/babel/blob/main/packages/babel-parser/ast/spec.md
 */
export interface SyntaxNode {
  readonly type: string
  readonly start: number
  readonly end: number
  readonly loc: { readonly start: { readonly line: number } }
  readonly [field: string]: unknown
}

/** Tells a node from the other values a field may hold. */
export function isNode(value: unknown): value is SyntaxNode {
  return typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string'
}

/** The node in a field, when there is one. */
export function childAt(node: SyntaxNode, field: string): SyntaxNode | undefined {
  const value = node[field]
  return isNode(value) ? value : undefined
}

/** The nodes in a list field, holes left out; empty when the field holds no list. */
export function childrenAt(node: SyntaxNode, field: string): readonly SyntaxNode[] {
  const value = node[field]
  return Array.isArray(value) ? value.filter(isNode) : []
}

/** The text in a field, such as an operator or a name; empty when it holds none. */
export function textAt(node: SyntaxNode, field: string): string {
  const value = node[field]
  return typeof value === 'string' ? value : ''
}

/** The line of a node, from 1. */
export function lineOf(node: SyntaxNode): number {
  return node.loc.start.line
}

/** Comments, positions and tokens are no part of the tree. */
const apart: ReadonlySet<string> = new Set([
  'loc',
  'extra',
  'leadingComments',
  'innerComments',
  'trailingComments',
  'comments',
  'errors',
  'tokens',
])

/** A node in a field of its parent. `index` counts within a list field. */
export interface Child {
  readonly node: SyntaxNode
  readonly field: string
  readonly index: number | undefined
}

/** Every child node with the field that holds it, in the order of the tree's fields. */
export function childrenOf(node: SyntaxNode): Child[] {
  const children: Child[] = []
  for (const field in node) {
    const value = node[field]
    if (typeof value !== 'object' || value === null || apart.has(field)) continue
    if (Array.isArray(value)) {
      for (const [index, item] of value.entries()) if (isNode(item)) children.push({ node: item, field, index })
    } else if (isNode(value)) {
      children.push({ node: value, field, index: undefined })
    }
  }
  return children
}

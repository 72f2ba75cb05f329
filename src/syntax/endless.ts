import type { SyntaxNode } from './node.ts'
import { childAt, childrenOf, textAt } from './node.ts'

/**
 * Tells whether a loop adds to the very list it walks: `for (const a of list) ... list.push(b)`.
 *
 * Such a loop hardly ever ends, and a run would wait for its time limit. Lists are compared by name alone, so a
 * shadowed name counts too.
 */
export function growsWhatItWalks(node: SyntaxNode, walked: ReadonlySet<string> = new Set()): boolean {
  const list = node.type === 'ForOfStatement' ? childAt(node, 'right') : undefined
  const within = list?.type === 'Identifier' ? new Set([...walked, textAt(list, 'name')]) : walked
  if (within.size > 0 && node.type === 'CallExpression' && within.has(growing(childAt(node, 'callee')))) return true
  return childrenOf(node).some(({ node: child }) => growsWhatItWalks(child, within))
}

/** The list that a callee such as `list.push` adds to. */
function growing(callee: SyntaxNode | undefined): string {
  const method = callee?.type === 'MemberExpression' ? childAt(callee, 'property') : undefined
  const list = callee === undefined ? undefined : childAt(callee, 'object')
  if (method === undefined || list?.type !== 'Identifier') return ''
  return /^(push|unshift|splice)$/.test(textAt(method, 'name')) ? textAt(list, 'name') : ''
}

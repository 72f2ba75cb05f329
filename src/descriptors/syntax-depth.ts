import type { SyntaxNode } from '../syntax/node.ts'
import { childrenOf } from '../syntax/node.ts'
import type { Descriptor } from './descriptor.ts'
import { deepestIndentation } from './indentation.ts'

/**
 * How deeply the code of the file is nested: the greatest number of counted nodes on a way from the root to a leaf.
 *
 * Counted are the nodes where control or data nests: functions and classes, branches, loops, `switch`, `try`, `catch`,
 * calls and `new`, conditional expressions, array and object literals. Blocks, operators, member accesses and types are
 * not, so formatting, braces around one statement, long sums and annotations leave the value as it is. At least 0.
 *
 * In a language that is not parsed it is the depth of the genome's brackets or that of its indentation, whichever is
 * greater.
 */
export const syntaxDepth: Descriptor = {
  name: 'syntax-depth',
  unit: 'levels',
  whole: true,
  measure: ({ syntax, genome }) =>
    syntax === undefined ? Math.max(bracketDepth(genome), deepestIndentation(genome) - 1) : deepest(syntax.root),
}

const counted: ReadonlySet<string> = new Set([
  'FunctionDeclaration',
  'FunctionExpression',
  'ArrowFunctionExpression',
  'ObjectMethod',
  'ClassMethod',
  'ClassPrivateMethod',
  'ClassDeclaration',
  'ClassExpression',
  'IfStatement',
  'ForStatement',
  'ForInStatement',
  'ForOfStatement',
  'WhileStatement',
  'DoWhileStatement',
  'SwitchStatement',
  'TryStatement',
  'CatchClause',
  'CallExpression',
  'NewExpression',
  'ConditionalExpression',
  'ArrayExpression',
  'ObjectExpression',
])

/** Walks with a list instead of recursion: a sum of ten thousand terms is a tree ten thousand nodes high. */
function deepest(root: SyntaxNode): number {
  const waiting: { readonly node: SyntaxNode; readonly depth: number }[] = [{ node: root, depth: 0 }]
  let greatest = 0
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const depth = next.depth + (isCounted(next.node) ? 1 : 0)
    if (depth > greatest) greatest = depth
    for (const { node, field } of childrenOf(next.node)) {
      // `else if` is one ladder, not one level deeper each.
      const sameRung = field === 'alternate' && node.type === 'IfStatement'
      waiting.push({ node, depth: sameRung ? depth - 1 : depth })
    }
  }
  return greatest
}

function isCounted(node: SyntaxNode): boolean {
  return counted.has(node.type)
}

function bracketDepth(text: string): number {
  let depth = 0
  let greatest = 0
  for (const [bracket] of text.matchAll(/[()[\]{}]/g)) {
    depth = '([{'.includes(bracket) ? depth + 1 : Math.max(0, depth - 1)
    if (depth > greatest) greatest = depth
  }
  return greatest
}

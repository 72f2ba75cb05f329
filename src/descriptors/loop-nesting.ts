import type { SyntaxNode } from '../syntax/node.ts'
import { childAt, childrenAt, childrenOf, textAt } from '../syntax/node.ts'
import type { Descriptor } from './descriptor.ts'
import { deepestIndentation } from './indentation.ts'

/**
 * How deeply loops are nested in each other: 0 without any loop, 1 for loops side by side.
 *
 * A loop is a loop statement, or a function handed to a method that calls it for every element, such as `map` or
 * `reduce`, or to `Array.from`. What a function that is called inside a loop does by itself does not count. In languages
 * that are not parsed, lines that begin with a loop keyword count, nested by their indentation. At least 0.
 */
export const loopNesting: Descriptor = {
  name: 'loop-nesting',
  unit: 'loops',
  whole: true,
  measure: ({ syntax, genome }) =>
    syntax === undefined ? deepestIndentation(genome, beginsLoop) : deepestLoop(syntax.root),
}

const beginsLoop = (line: string): boolean => /^\s*(for|foreach|while|loop|repeat|do)\b/.test(line)

const statements: ReadonlySet<string> = new Set([
  'ForStatement',
  'ForInStatement',
  'ForOfStatement',
  'WhileStatement',
  'DoWhileStatement',
])

const iterating: ReadonlySet<string> = new Set(
  'map forEach filter flatMap reduce reduceRight some every find findIndex findLast findLastIndex sort toSorted from'.split(
    ' ',
  ),
)

const functions: ReadonlySet<string> = new Set(['ArrowFunctionExpression', 'FunctionExpression'])

/** Walks with a list instead of recursion: a program may be ten thousand nodes deep. */
function deepestLoop(root: SyntaxNode): number {
  const waiting: { readonly node: SyntaxNode; readonly depth: number }[] = [{ node: root, depth: 0 }]
  let greatest = 0
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { node } = next
    const depth = next.depth + (statements.has(node.type) ? 1 : 0)
    if (depth > greatest) greatest = depth
    const bodies = node.type === 'CallExpression' ? bodiesCalledByElement(node) : []
    for (const { node: child } of childrenOf(node)) {
      const inner = bodies.includes(child) ? depth + 1 : depth
      if (inner > greatest) greatest = inner
      waiting.push({ node: child, depth: inner })
    }
  }
  return greatest
}

/** The functions among the arguments of a call that runs them once for every element. */
function bodiesCalledByElement(call: SyntaxNode): readonly SyntaxNode[] {
  const callee = childAt(call, 'callee')
  const property = callee === undefined ? undefined : childAt(callee, 'property')
  if (property === undefined || !iterating.has(textAt(property, 'name'))) return []
  return childrenAt(call, 'arguments').filter(({ type }) => functions.has(type))
}

import type { SyntaxNode } from '../syntax/node.ts'
import { textAt } from '../syntax/node.ts'

const levels: readonly (readonly string[])[] = [
  ['??', '||'],
  ['&&'],
  ['|'],
  ['^'],
  ['&'],
  ['==', '!=', '===', '!=='],
  ['<', '<=', '>', '>=', 'in', 'instanceof'],
  ['<<', '>>', '>>>'],
  ['+', '-'],
  ['*', '/', '%'],
  ['**'],
]

/**
 * Whether an expression needs brackets where another one stood.
 *
 * @param parent - The node around that place.
 * @param field - The field of the parent that holds it.
 */
export function needsBrackets(node: SyntaxNode, parent: SyntaxNode, field: string): boolean {
  if (/^(Identifier|.*Literal|ArrayExpression|ThisExpression)$/.test(node.type)) {
    // A number in front of a point would swallow it.
    return node.type === 'NumericLiteral' && field === 'object'
  }
  if (/^(Call|Member)Expression$/.test(node.type)) return parent.type === 'NewExpression' && field === 'callee'
  if (/^(Binary|Logical)Expression$/.test(parent.type)) return !bindsTighter(node, parent, field)
  if (/^(Unary|Update|Await|Spread|TS.*)(Expression|Element)$/.test(parent.type)) return parent.type !== 'SpreadElement'
  if (field === 'object' || field === 'callee' || field === 'tag') return true
  if (parent.type === 'ConditionalExpression' && field === 'test') return !isOperation(node)
  if (parent.type === 'ArrowFunctionExpression' || parent.type === 'ExpressionStatement') {
    return node.type === 'ObjectExpression' || node.type === 'FunctionExpression' || node.type === 'SequenceExpression'
  }
  return node.type === 'SequenceExpression'
}

function bindsTighter(node: SyntaxNode, parent: SyntaxNode, field: string): boolean {
  if (node.type === 'UnaryExpression') return textAt(parent, 'operator') !== '**' || field === 'right'
  if (/^(New|Object|UpdateExpression)/.test(node.type)) return true
  if (!isOperation(node)) return false
  const [inner, outer] = [textAt(node, 'operator'), textAt(parent, 'operator')]
  if (inner === '??' || outer === '??') return false
  const [one, other] = [levelOf(inner), levelOf(outer)]
  return one > other || (one === other && field === 'left' && inner !== '**')
}

function isOperation({ type }: SyntaxNode): boolean {
  return type === 'BinaryExpression' || type === 'LogicalExpression'
}

function levelOf(operator: string): number {
  return levels.findIndex((level) => level.includes(operator))
}

import type { SyntaxNode } from '../syntax/node.ts'
import { childAt, textAt } from '../syntax/node.ts'

/** The value of an operation on literals, where it is written no longer. */
export function foldedText(node: SyntaxNode): string | undefined {
  const value = valueOf(node)
  if (value === undefined || /Literal$/.test(node.type)) return undefined
  if (typeof value === 'number' && (!Number.isFinite(value) || value < 0 || Object.is(value, -0))) return undefined
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value)
  return text.length < node.end - node.start ? text : undefined
}

function valueOf(node: SyntaxNode | undefined): number | string | boolean | undefined {
  if (node === undefined) return undefined
  if (/^(Numeric|Boolean|String)Literal$/.test(node.type)) return node['value'] as number | string | boolean
  if (node.type === 'UnaryExpression') {
    const value = valueOf(childAt(node, 'argument'))
    if (textAt(node, 'operator') === '!' && value !== undefined) return !value
    return textAt(node, 'operator') === '-' && typeof value === 'number' ? -value : undefined
  }
  if (node.type !== 'BinaryExpression') return undefined
  const [left, right] = [valueOf(childAt(node, 'left')), valueOf(childAt(node, 'right'))]
  if (typeof left === 'string' && typeof right === 'string' && textAt(node, 'operator') === '+') return left + right
  return typeof left === 'number' && typeof right === 'number'
    ? operated(textAt(node, 'operator'), left, right)
    : undefined
}

function operated(operator: string, left: number, right: number): number | boolean | undefined {
  switch (operator) {
    case '+':
      return left + right
    case '-':
      return left - right
    case '*':
      return left * right
    case '/':
      return left / right
    case '%':
      return left % right
    case '**':
      return left ** right
    case '<':
      return left < right
    case '>':
      return left > right
    default:
      return undefined
  }
}

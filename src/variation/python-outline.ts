import { definedNames, isKeyword, parsePython, targetCount, textOf, unboundNames } from '../syntax/python.ts'
import type { PythonNode } from '../syntax/python.ts'
import { parseEvolveBlocks } from './evolve-block.ts'
import { skeletonOf } from './outline.ts'
import type { LiteralRole, LiteralSite, NumberOutline } from './outline.ts'

/** An expression of the genome with the node that holds it. */
export interface PythonSite {
  readonly node: PythonNode
  readonly parent: PythonNode
  /** In the head of a loop, where a change easily makes it endless. */
  readonly inLoopHead: boolean
}

/** The places of a Python program that may be edited, all wholly inside its evolve blocks, in the order of the text. */
export interface PythonOutline extends NumberOutline {
  /** Every expression that stands for a value; targets, parameters, keywords and callees are left out. */
  readonly expressions: readonly PythonSite[]
  /** Arithmetic, comparing and joining operators. */
  readonly operators: readonly PythonNode[]
  /** Statements by the block they stand in. */
  readonly blocks: readonly (readonly PythonNode[])[]
  /** Names that are read and bound nowhere. */
  readonly unbound: ReadonlySet<string>
  /** Every variable's name that the file holds. */
  readonly names: ReadonlySet<string>
  /** Functions and classes at the top of the file. */
  readonly defined: readonly string[]
  readonly errors: number
}

/** Reads the editable places of a Python program; nothing when it is badly marked. */
export function pythonOutline(source: string): PythonOutline | undefined {
  const marked = parseEvolveBlocks(source, '#')
  if (!marked.ok) return undefined
  const { root, errors } = parsePython(source)
  const inside = (node: PythonNode): boolean =>
    marked.blocks.some(({ start, end }) => start <= node.start && node.end <= end)
  const found: Findings = { literals: [], expressions: [], operators: [], blocks: [], names: new Set() }
  walk(root, { role: 'term', inLoopHead: false }, { source, found, inside })
  return {
    source,
    ...found,
    skeleton: skeletonOf(source, found.literals),
    unbound: unboundNames(root, source),
    defined: definedNames(root, source),
    errors,
  }
}

interface Findings {
  readonly literals: LiteralSite[]
  readonly expressions: PythonSite[]
  readonly operators: PythonNode[]
  readonly blocks: PythonNode[][]
  readonly names: Set<string>
}

interface Reading {
  readonly source: string
  readonly found: Findings
  readonly inside: (node: PythonNode) => boolean
}

interface Around {
  readonly role: LiteralRole
  readonly inLoopHead: boolean
}

const operatorTypes: ReadonlySet<string> = new Set(['ArithOp', 'CompareOp', 'UpdateOp', 'and', 'or'])

function walk(node: PythonNode, around: Around, reading: Reading): void {
  const { source, found, inside } = reading
  if (node.type === 'FormatString') return
  if (node.type === 'VariableName') found.names.add(textOf(node, source))
  if (node.type === 'Body' || node.type === 'Script') {
    found.blocks.push(node.children.filter((child) => isStatement(child) && inside(child)))
  }
  for (const [index, child] of node.children.entries()) {
    const within = aroundChild(node, index, around, source)
    if (operatorTypes.has(child.type) && inside(child) && isOperatorPlace(node)) found.operators.push(child)
    if (isValue(node, index) && inside(child)) {
      found.expressions.push({ node: child, parent: node, inLoopHead: within.inLoopHead })
    }
    const literal = inside(child) ? literalAt(node, index, within.role, source) : undefined
    if (literal !== undefined) found.literals.push(literal)
    else walk(child, within, reading)
  }
}

/** A number, or a minus sign with one behind it. */
function literalAt(node: PythonNode, index: number, role: LiteralRole, source: string): LiteralSite | undefined {
  const child = node.children[index]
  const [sign, number] = child?.type === 'UnaryExpression' ? child.children : [undefined, child]
  if (child === undefined || number?.type !== 'Number') return undefined
  if (sign !== undefined && textOf(sign, source) !== '-') return undefined
  const text = textOf(number, source).replaceAll('_', '')
  // Complex numbers and other bases are no places for a decimal number.
  if (!/^(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) return undefined
  const value = Number(text) * (sign === undefined ? 1 : -1)
  const line = source.slice(0, child.start).split('\n').length
  return { start: child.start, end: child.end, line, value, integer: /^\d+$/.test(text), role }
}

function isStatement({ type }: PythonNode): boolean {
  return /(Statement|Definition)$/.test(type)
}

function isOperatorPlace({ type }: PythonNode): boolean {
  return type === 'BinaryExpression' || type === 'UpdateStatement'
}

const valueTypes: ReadonlySet<string> = new Set([
  'BinaryExpression',
  'UnaryExpression',
  'CallExpression',
  'MemberExpression',
  'ParenthesizedExpression',
  'ConditionalExpression',
  'VariableName',
  'Number',
  'Boolean',
  'ArrayExpression',
  'ArrayComprehensionExpression',
  'TupleExpression',
])

/** Whether a child stands where any other expression could stand. */
function isValue(node: PythonNode, index: number): boolean {
  const { type, children } = node
  const child = children[index]
  if (child === undefined || !valueTypes.has(child.type) || isKeyword(node, index)) return false
  switch (type) {
    case 'AssignStatement':
    case 'UpdateStatement':
      return index > targetCount(node)
    case 'MemberExpression':
      return index > 1
    case 'ForStatement':
      return children[index - 1]?.type === 'in'
    case 'ArrayComprehensionExpression':
      return index === 1
    case 'ReturnStatement':
    case 'ExpressionStatement':
    case 'BinaryExpression':
    case 'UnaryExpression':
    case 'ParenthesizedExpression':
    case 'ConditionalExpression':
    case 'ArgList':
    case 'ArrayExpression':
    case 'TupleExpression':
    case 'IfStatement':
    case 'WhileStatement':
      return true
    default:
      return false
  }
}

function aroundChild(node: PythonNode, index: number, around: Around, source: string): Around {
  const child = node.children[index]
  switch (node.type) {
    case 'Body':
      return { role: 'term', inLoopHead: false }
    case 'ForStatement':
    case 'WhileStatement':
      return child?.type === 'Body' ? { role: 'term', inLoopHead: false } : { role: 'count', inLoopHead: true }
    case 'MemberExpression':
      return index > 1 ? { ...around, role: 'index' } : around
    case 'CallExpression': {
      const callee = node.children[0]
      const counts = callee !== undefined && textOf(callee, source) === 'range'
      return child?.type === 'ArgList' ? { ...around, role: counts ? 'count' : 'term' } : around
    }
    case 'ArrayExpression':
    case 'TupleExpression':
    case 'DictionaryExpression':
      return { ...around, role: 'data' }
    default:
      return around
  }
}

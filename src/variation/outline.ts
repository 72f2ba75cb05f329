import type { SyntaxNode } from '../syntax/node.ts'
import { childAt, childrenAt, childrenOf, textAt } from '../syntax/node.ts'
import type { Syntax } from '../syntax/parse.ts'
import { growsWhatItWalks } from '../syntax/endless.ts'
import { exportedNames, parse } from '../syntax/parse.ts'
import { freeNames, isFunction } from '../syntax/scope.ts'
import { parseEvolveBlocks } from './evolve-block.ts'

/** A number in the genome, with a minus sign that stands before it. */
export interface LiteralSite {
  readonly start: number
  readonly end: number
  readonly line: number
  readonly value: number
  /** Written without a point or exponent. */
  readonly integer: boolean
  /** What the number is for, as far as its place tells. */
  readonly role: LiteralRole
  /** What says its type behind the digits; part of the text from `start` to `end`. */
  readonly suffix?: string
  /** Below this it would be no number of its type. */
  readonly least?: number
}

/**
 * `index`: in brackets behind a value. `count`: a loop bound or step, an array size, an operand of a bit operator.
 * `data`: an element of an array literal or a property of an object. `term`: anywhere else.
 */
export type LiteralRole = 'index' | 'count' | 'data' | 'term'

/** A node of the genome with the node and field that hold it. */
export interface Site {
  readonly node: SyntaxNode
  readonly parent: SyntaxNode
  readonly field: string
  /** In the head of a loop, where a change easily makes it endless. */
  readonly inLoopHead: boolean
}

/** The numbers of a program in any language. */
export interface NumberOutline {
  readonly source: string
  /** In the order of the text, wholly inside the evolve blocks. */
  readonly literals: readonly LiteralSite[]
  /** The source with every literal blanked: programs with equal skeletons differ in numbers only. */
  readonly skeleton: string
}

/** The places of a program that may be edited, all wholly inside its evolve blocks, in the order of the text. */
export interface Outline extends NumberOutline {
  /** Every expression that stands for a value; targets of assignments, keys and callees are left out. */
  readonly expressions: readonly Site[]
  /** `i++` and `i--`, which are no places for other expressions. */
  readonly updates: readonly Site[]
  /** Statements by the list they stand in. */
  readonly lists: readonly (readonly Site[])[]
  /** Array literals with at least one element and no holes. */
  readonly arrays: readonly SyntaxNode[]
  /** Function bodies and initial values by the name they are declared with. */
  readonly named: ReadonlyMap<string, SyntaxNode>
  readonly free: ReadonlySet<string>
  readonly exported: readonly string[]
  /** Whether some loop adds to the list it walks, so that its children may too. */
  readonly endless: boolean
}

const remembered = new Map<string, Outline | undefined>()
const mostRemembered = 128

/**
 * Reads the editable places of a program; nothing when it cannot be parsed or is badly marked.
 *
 * The last hundred or so are remembered, since parents are varied many times. That saves time and changes no result.
 */
export function outlineOf(source: string): Outline | undefined {
  if (remembered.has(source)) {
    const known = remembered.get(source)
    remembered.delete(source)
    remembered.set(source, known)
    return known
  }
  const made = read(source)
  remembered.set(source, made)
  if (remembered.size > mostRemembered) {
    for (const oldest of remembered.keys()) {
      remembered.delete(oldest)
      break
    }
  }
  return made
}

function read(source: string): Outline | undefined {
  const parsed = parse(source)
  const marked = parseEvolveBlocks(source)
  if (!parsed.ok || !marked.ok) return undefined
  try {
    return outlined(source, parsed.syntax, (node) =>
      marked.blocks.some(({ start, end }) => start <= node.start && node.end <= end),
    )
  } catch (error) {
    // A tree too high for recursion is as uneditable as one that cannot be parsed.
    if (error instanceof RangeError) return undefined
    throw error
  }
}

interface Findings {
  readonly literals: LiteralSite[]
  readonly expressions: Site[]
  readonly updates: Site[]
  readonly lists: (readonly Site[])[]
  readonly arrays: SyntaxNode[]
  readonly named: Map<string, SyntaxNode>
}

type Inside = (node: SyntaxNode) => boolean

function outlined(source: string, syntax: Syntax, inside: Inside): Outline {
  const found: Findings = { literals: [], expressions: [], updates: [], lists: [], arrays: [], named: new Map() }
  walk(syntax.root, { role: 'term', inLoopHead: false }, found, inside)
  found.literals.sort((one, other) => one.start - other.start)
  return {
    source,
    ...found,
    skeleton: skeletonOf(source, found.literals),
    free: freeNames(syntax.root),
    exported: exportedNames(syntax),
    endless: growsWhatItWalks(syntax.root),
  }
}

/** A source with its literals blanked. @param literals - In the order of the text. */
export function skeletonOf(source: string, literals: readonly LiteralSite[]): string {
  let skeleton = ''
  let from = 0
  for (const { start, end } of literals) {
    skeleton += `${source.slice(from, start)}\0`
    from = end
  }
  return skeleton + source.slice(from)
}

interface Around {
  readonly role: LiteralRole
  readonly inLoopHead: boolean
}

function walk(node: SyntaxNode, around: Around, found: Findings, inside: Inside): void {
  noteNamed(node, found, inside)
  noteStatements(node, found, inside)
  if (node.type === 'ArrayExpression' && inside(node)) noteArray(node, found)
  for (const { node: child, field } of childrenOf(node)) {
    if (isType(child) || isLiteralKey(node, field)) continue
    const at = { role: roleIn(node, field, around), inLoopHead: headed(node, field, around) }
    if (inside(child)) {
      const site = { node: child, parent: node, field, inLoopHead: at.inLoopHead }
      if (child.type === 'UpdateExpression') found.updates.push(site)
      else if (isValueSite(site)) found.expressions.push(site)
      const literal = literalAt(child, at.role)
      if (literal !== undefined) {
        found.literals.push(literal)
        continue
      }
    }
    walk(child, at, found, inside)
  }
}

function isType(node: SyntaxNode): boolean {
  return node.type.startsWith('TS') && !/^TS(As|NonNull|Satisfies)/.test(node.type)
}

function isLiteralKey(node: SyntaxNode, field: string): boolean {
  return field === 'key' && node['computed'] !== true
}

function literalAt(node: SyntaxNode, role: LiteralRole): LiteralSite | undefined {
  const negative = node.type === 'UnaryExpression' && textAt(node, 'operator') === '-'
  const literal = negative ? childAt(node, 'argument') : node
  const value = literal?.['value']
  if (literal?.type !== 'NumericLiteral' || typeof value !== 'number' || !Number.isFinite(value)) return undefined
  const { raw } = (literal['extra'] ?? {}) as { readonly raw?: string }
  return {
    start: node.start,
    end: node.end,
    line: node.loc.start.line,
    value: negative ? -value : value,
    integer: !/[.eE]/.test(raw ?? '') && Number.isInteger(value),
    role,
  }
}

const bitwise: ReadonlySet<string> = new Set(['<<', '>>', '>>>', '&', '|', '^'])
const countedCalls =
  /^(Array|Uint\d+Array|Int\d+Array|Float\d+Array|slice|splice|at|charAt|repeat|padStart|padEnd|flat)$/

function roleIn(node: SyntaxNode, field: string, around: Around): LiteralRole {
  if (isFunction(node)) return 'term'
  if (node.type === 'ForStatement') return field === 'body' ? 'term' : 'count'
  if (field === 'property' && node['computed'] === true) return 'index'
  if (node.type === 'BinaryExpression' && bitwise.has(textAt(node, 'operator'))) return 'count'
  if (node.type === 'ObjectProperty') return nameIn(childAt(node, 'key')) === 'length' ? 'count' : 'data'
  if (node.type === 'ArrayExpression') return 'data'
  if (/^(Call|New)Expression$/.test(node.type) && field === 'arguments') {
    return countedCalls.test(calledName(node)) ? 'count' : 'term'
  }
  return node.type.endsWith('Statement') ? 'term' : around.role
}

function headed(node: SyntaxNode, field: string, around: Around): boolean {
  if (isFunction(node)) return false
  if (node.type === 'ForStatement') return field !== 'body' && field !== 'init'
  if (/^(DoWhile|While)Statement$/.test(node.type)) return field === 'test'
  return around.inLoopHead && !node.type.endsWith('Statement')
}

function nameIn(node: SyntaxNode | undefined): string {
  return node === undefined ? '' : textAt(node, 'name')
}

/** The last name of what a call calls: `max` for `Math.max(...)`. */
export function calledName(call: SyntaxNode): string {
  const callee = childAt(call, 'callee')
  return callee?.type === 'MemberExpression' ? nameIn(childAt(callee, 'property')) : nameIn(callee)
}

const valueTypes = new RegExp(
  '^((Binary|Logical|Unary|Conditional|Call|New|Member|OptionalMember|OptionalCall|ArrowFunction|Function|Array|Object)Expression' +
    '|Identifier|(Numeric|Boolean|String|Template)Literal)$',
)
const valueFields: ReadonlySet<string> = new Set(
  [
    'init',
    'right',
    'argument',
    'arguments',
    'elements',
    'test',
    'consequent',
    'alternate',
    'object',
    'value',
    'expression',
  ].concat(['expressions', 'body', 'property', 'left']),
)

function isValueSite({ node, parent, field }: Site): boolean {
  if (!valueTypes.test(node.type) || !valueFields.has(field)) return false
  if (field === 'left') return /^(Binary|Logical)Expression$/.test(parent.type)
  if (field === 'property') return parent['computed'] === true
  if (field === 'body') return parent.type === 'ArrowFunctionExpression'
  if (field === 'expression') return parent.type === 'TSAsExpression'
  return !/^(UpdateExpression|ObjectPattern|ArrayPattern|ImportDeclaration|RestElement)$/.test(parent.type)
}

function noteArray(node: SyntaxNode, found: Findings): void {
  const elements = node['elements']
  if (Array.isArray(elements) && elements.length > 0 && !elements.includes(null)) found.arrays.push(node)
}

function noteNamed(node: SyntaxNode, found: Findings, inside: Inside): void {
  const name = nameIn(childAt(node, 'id'))
  const value = node.type === 'VariableDeclarator' ? childAt(node, 'init') : childAt(node, 'body')
  const fits = node.type === 'VariableDeclarator' || node.type === 'FunctionDeclaration'
  if (fits && name !== '' && value !== undefined && inside(value) && !found.named.has(name))
    found.named.set(name, value)
}

function noteStatements(node: SyntaxNode, found: Findings, inside: Inside): void {
  const field = node.type === 'SwitchCase' ? 'consequent' : 'body'
  if (!/^(Program|BlockStatement|SwitchCase)$/.test(node.type)) return
  const list = childrenAt(node, field).filter((each) => inside(each) && !/^(TS|Import|Program)/.test(each.type))
  if (list.length > 0) found.lists.push(list.map((each) => ({ node: each, parent: node, field, inLoopHead: false })))
}

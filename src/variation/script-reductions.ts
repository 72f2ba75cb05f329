import type { SyntaxNode } from '../syntax/node.ts'
import { childAt, childrenAt, childrenOf, lineOf, textAt } from '../syntax/node.ts'
import { parse } from '../syntax/parse.ts'
import { isFunction } from '../syntax/scope.ts'
import { needsBrackets } from './brackets.ts'
import { shown } from './edit.ts'
import type { TextEdit } from './edit.ts'
import { parseEvolveBlocks } from './evolve-block.ts'
import { foldedText } from './fold-literals.ts'
import { inlinings } from './inline.ts'
import type { Outline, Site } from './outline.ts'
import { outlineOf } from './outline.ts'
import { blankLines, dedented, inOrder, indentAt, wholeLines, withoutComment } from './reduction.ts'
import type { Reduction, ReductionPhase } from './reduction.ts'
import { shorterNumbers } from './shorter-numbers.ts'

/** What can be taken away from a JavaScript or TypeScript program; types stay, but for those that nothing names. */
export function scriptReductions(source: string): readonly Reduction[] {
  const outline = outlineOf(source)
  const parsed = parse(source)
  const marked = parseEvolveBlocks(source)
  if (outline === undefined || !parsed.ok || !marked.ok) return []
  const inside = ({ start, end }: Pick<SyntaxNode, 'start' | 'end'>): boolean =>
    marked.blocks.some((block) => block.start <= start && end <= block.end)
  const { root, comments } = parsed.syntax
  const found: Reduction[] = [
    ...comments.filter(inside).map((comment) => withoutComment(comment, source)),
    ...blankLines(source),
    ...statements(outline),
    ...outline.expressions.flatMap((site) => smallerExpressions(site, source)),
    ...inlinings(root, source, inside),
    ...shorterNumbers(outline, ''),
  ]
  walk(root, source, inside, found)
  return inOrder(found.filter(({ edits }) => edits.every(inside)))
}

type Inside = (node: Pick<SyntaxNode, 'start' | 'end'>) => boolean

function statements({ lists, source }: Outline): readonly Reduction[] {
  return lists.flat().map(({ node }) => dropped('statement', node, source))
}

function dropped(kind: string, node: SyntaxNode, source: string): Reduction {
  const summary = `dropped ${shown(source.slice(node.start, node.end))}`
  return { phase: 'statements', kind, line: lineOf(node), edits: [wholeLines(node, source)], summary }
}

function walk(node: SyntaxNode, source: string, inside: Inside, found: Reduction[]): void {
  if (inside(node)) found.push(...reductionsAt(node, source))
  for (const { node: child, field, index } of childrenOf(node)) {
    if (inside(child) && /^(consequent|alternate|body)$/.test(field) && isStatement(child)) {
      found.push(...unwrapped(child, source, index === undefined))
    }
    walk(child, source, inside, found)
  }
}

/** What of a node's own parts can go. */
function reductionsAt(node: SyntaxNode, source: string): readonly Reduction[] {
  switch (node.type) {
    case 'VariableDeclaration':
      return withoutEach('declarator', node, childrenAt(node, 'declarations'), source, 1)
    case 'IfStatement':
      return tail('else', node, childAt(node, 'consequent'), childAt(node, 'alternate'), source)
    case 'TryStatement':
      return tail('finally', node, childAt(node, 'handler'), childAt(node, 'finalizer'), source)
    case 'ClassBody':
    case 'SwitchStatement':
      return childrenAt(node, node.type === 'ClassBody' ? 'body' : 'cases').map((each) =>
        dropped('member', each, source),
      )
    case 'TSTypeAliasDeclaration':
    case 'TSInterfaceDeclaration':
      return isNamedOnce(textAt(childAt(node, 'id') ?? node, 'name'), source) ? [dropped('type', node, source)] : []
    case 'ImportDeclaration':
      return [dropped('import', node, source)]
    case 'AssignmentExpression':
      return compoundAssignment(node, source)
    case 'ArrowFunctionExpression':
      return [...bareBody(node, source), ...withoutLast('parameter', node, childrenAt(node, 'params'), source)]
    default:
      return isFunction(node) ? withoutLast('parameter', node, childrenAt(node, 'params'), source) : []
  }
}

function isNamedOnce(name: string, source: string): boolean {
  return source.split(new RegExp(`\\b${name.replace(/\W/g, '\\$&')}\\b`)).length === 2
}

/** `else` and `finally` go with their blocks. */
function tail(
  kind: string,
  node: SyntaxNode,
  kept: SyntaxNode | undefined,
  gone: SyntaxNode | undefined,
  source: string,
): readonly Reduction[] {
  if (kept === undefined || gone === undefined) return []
  return [reduction('statements', kind, node, [{ start: kept.end, end: gone.end, text: '' }], source)]
}

function reduction(
  phase: ReductionPhase,
  kind: string,
  node: SyntaxNode,
  edits: readonly TextEdit[],
  source: string,
): Reduction {
  const [first] = edits
  const before = shown(source.slice(first?.start, first?.end).trim())
  const after = shown(first?.text ?? '')
  return {
    phase,
    kind,
    line: lineOf(node),
    edits,
    summary: after === '' ? `dropped ${before}` : `${before} -> ${after}`,
  }
}

/** A list without one of its items, as long as `least` others stay. */
function withoutEach(
  kind: string,
  node: SyntaxNode,
  items: readonly SyntaxNode[],
  source: string,
  least = 0,
): readonly Reduction[] {
  const phase = kind === 'declarator' ? 'statements' : 'expressions'
  if (items.length <= least) return []
  return items.map((item, index) => {
    const [before, after] = [items[index - 1], items[index + 1]]
    const comma = /^\s*,/.exec(source.slice(item.end, item.end + 200))?.[0].length ?? 0
    const [start, end] = before === undefined ? [item.start, after?.start ?? item.end + comma] : [before.end, item.end]
    return reduction(phase, kind, node, [{ start, end, text: '' }], source)
  })
}

function withoutLast(
  kind: string,
  node: SyntaxNode,
  items: readonly SyntaxNode[],
  source: string,
): readonly Reduction[] {
  return withoutEach(kind, node, items, source).slice(-1)
}

function isStatement({ type }: SyntaxNode): boolean {
  return type.endsWith('Statement')
}

/** A statement gives way to what it would carry out: a branch, a body, the text of a block. */
function unwrapped(node: SyntaxNode, source: string, isWhole: boolean): readonly Reduction[] {
  const bodies = bodiesOf(node)
  const head = childAt(node, 'init')
  return bodies.flatMap((body) => {
    const isBlock = body.type === 'BlockStatement'
    // The body of a function or of another statement stays a block.
    if (body === node && (!isBlock || isWhole)) return []
    const outer = indentAt(node.start, source)
    const inner = isBlock && !isWhole ? dedented(source.slice(body.start + 1, body.end - 1), outer) : undefined
    const text = inner ?? source.slice(body.start, body.end)
    const before = head === undefined || isWhole ? '' : `${source.slice(head.start, head.end)}\n${outer}`
    return [
      reduction('structure', node.type, node, [{ start: node.start, end: node.end, text: before + text }], source),
    ]
  })
}

function bodiesOf(node: SyntaxNode): readonly SyntaxNode[] {
  const at = (...fields: readonly string[]) => fields.flatMap((field) => childAt(node, field) ?? [])
  switch (node.type) {
    case 'IfStatement':
      return at('consequent', 'alternate')
    case 'TryStatement':
      return at('block')
    case 'BlockStatement':
      return [node]
    case 'ForStatement':
    case 'ForOfStatement':
    case 'ForInStatement':
    case 'WhileStatement':
    case 'DoWhileStatement':
    case 'LabeledStatement':
      return at('body')
    default:
      return []
  }
}

/** `a = a + b` becomes `a += b`. */
function compoundAssignment(node: SyntaxNode, source: string): readonly Reduction[] {
  const [target, value] = [childAt(node, 'left'), childAt(node, 'right')]
  const operator = value === undefined ? '' : textAt(value, 'operator')
  if (textAt(node, 'operator') !== '=' || value?.type !== 'BinaryExpression' || target === undefined) return []
  const [left, right] = [childAt(value, 'left'), childAt(value, 'right')]
  if (left === undefined || right === undefined || !/^([-+*/%&|^]|\*\*|<<|>>>?)$/.test(operator)) return []
  if (source.slice(left.start, left.end) !== source.slice(target.start, target.end)) return []
  const name = source.slice(target.start, target.end)
  const text = `${name} ${operator}= ${source.slice(right.start, right.end)}`
  return [reduction('expressions', 'compound', node, [{ start: node.start, end: node.end, text }], source)]
}

/** `() => { return e }` becomes `() => e`. */
function bareBody(node: SyntaxNode, source: string): readonly Reduction[] {
  const body = childAt(node, 'body')
  const [only, ...others] = body?.type === 'BlockStatement' ? childrenAt(body, 'body') : []
  const value = only?.type === 'ReturnStatement' && others.length === 0 ? childAt(only, 'argument') : undefined
  if (body === undefined || value === undefined) return []
  const edits = [{ start: body.start, end: body.end, text: written(value, node, 'body', source) }]
  return [reduction('structure', 'arrow-body', node, edits, source)]
}

/** An expression gives way to a part of it, to its value where that is written in it, or loses an item. */
function smallerExpressions(site: Site, source: string): readonly Reduction[] {
  const { node, parent, field, inLoopHead } = site
  const to = (text: string, kind = 'operand'): Reduction =>
    reduction('expressions', kind, node, [{ start: node.start, end: node.end, text }], source)
  const { extra } = node as { readonly extra?: { readonly parenthesized?: boolean; readonly parenStart?: number } }
  // Brackets around the whole stay where they are.
  const bare = extra?.parenthesized === true
  // Less of a loop's head mostly means rounds without end.
  const parts = (inLoopHead ? [] : partsOf(node)).map((part) =>
    to(bare ? source.slice(part.start, part.end) : written(part, parent, field, source)),
  )
  const folded = foldedText(node)
  const brackets = bare && !needsBrackets(node, parent, field) ? withoutBrackets(node, extra, source) : []
  return [...brackets, ...(folded === undefined ? [] : [to(folded, 'fold')]), ...parts, ...itemsOf(node, source)]
}

function withoutBrackets(
  node: SyntaxNode,
  { parenStart }: { readonly parenStart?: number },
  source: string,
): readonly Reduction[] {
  const close = source.indexOf(')', node.end)
  if (parenStart === undefined || close === -1 || source.slice(node.end, close).trim() !== '') return []
  const edits = [
    { start: parenStart, end: node.start, text: '' },
    { start: node.end, end: close + 1, text: '' },
  ]
  const summary = `dropped the brackets of ${shown(source.slice(node.start, node.end))}`
  return [{ phase: 'expressions', kind: 'brackets', line: lineOf(node), edits, summary }]
}

function partsOf(node: SyntaxNode): readonly SyntaxNode[] {
  const at = (...fields: readonly string[]) => fields.flatMap((field) => childAt(node, field) ?? [])
  switch (node.type) {
    case 'BinaryExpression':
    case 'LogicalExpression':
      return at('left', 'right')
    case 'ConditionalExpression':
      return at('consequent', 'alternate')
    case 'UnaryExpression':
      return at('argument')
    case 'CallExpression':
    case 'NewExpression': {
      const callee = childAt(node, 'callee')
      const object = callee?.type === 'MemberExpression' ? childAt(callee, 'object') : undefined
      const isNamespace =
        object?.type === 'Identifier' && /^(Math|Number|Object|Array|JSON|String)$/.test(textAt(object, 'name'))
      const arguments_ = childrenAt(node, 'arguments').filter(({ type }) => type !== 'SpreadElement')
      return [...arguments_.slice(0, 4), ...(object === undefined || isNamespace ? [] : [object])]
    }
    default:
      return []
  }
}

function itemsOf(node: SyntaxNode, source: string): readonly Reduction[] {
  switch (node.type) {
    case 'ArrayExpression': {
      const elements = node['elements']
      const hasHoles = Array.isArray(elements) && elements.includes(null)
      return hasHoles ? [] : withoutEach('element', node, childrenAt(node, 'elements'), source)
    }
    case 'ObjectExpression':
      return withoutEach('property', node, childrenAt(node, 'properties'), source)
    case 'CallExpression':
    case 'NewExpression': {
      const given = childrenAt(node, 'arguments')
      return given.length > 2
        ? withoutEach('argument', node, given, source)
        : withoutLast('argument', node, given, source)
    }
    default:
      return []
  }
}

function written(node: SyntaxNode, parent: SyntaxNode, field: string, source: string): string {
  const text = source.slice(node.start, node.end)
  return needsBrackets(node, parent, field) ? `(${text})` : text
}

import { isKeyword, parsePython, textOf } from '../syntax/python.ts'
import type { PythonNode } from '../syntax/python.ts'
import { shown } from './edit.ts'
import type { TextEdit } from './edit.ts'
import { parseEvolveBlocks } from './evolve-block.ts'
import { pythonOutline } from './python-outline.ts'
import type { PythonSite } from './python-outline.ts'
import { blankLines, dedented, inOrder, indentAt, lineAt, withoutComment } from './reduction.ts'
import type { Reduction, ReductionPhase } from './reduction.ts'
import { shorterNumbers } from './shorter-numbers.ts'

/** What can be taken away from a Python program. */
export function pythonReductions(source: string): readonly Reduction[] {
  const outline = pythonOutline(source)
  const marked = parseEvolveBlocks(source, '#')
  if (outline === undefined || !marked.ok) return []
  const inside = ({ start, end }: Pick<PythonNode, 'start' | 'end'>): boolean =>
    marked.blocks.some((block) => block.start <= start && end <= block.end)
  const found: Reduction[] = [
    ...blankLines(source),
    ...outline.blocks.flatMap((block) => statements(block, source)),
    ...outline.expressions.flatMap((site) => smallerExpressions(site, source)),
    ...shorterNumbers(outline, '.0'),
  ]
  const visit = (node: PythonNode): void => {
    if (node.type === 'Comment' && inside(node)) found.push(withoutComment(node, source))
    if (inside(node)) found.push(...withoutClauses(node, source))
    node.children.forEach(visit)
  }
  visit(parsePython(source).root)
  return inOrder(found.filter(({ edits }) => edits.every(inside)))
}

function reduction(phase: ReductionPhase, kind: string, edit: TextEdit, source: string): Reduction {
  const [before, after] = [shown(source.slice(edit.start, edit.end).trim()), shown(edit.text.trim())]
  const summary = after === '' ? `dropped ${before}` : `${before} -> ${after}`
  return { phase, kind, line: lineAt(edit.start, source), edits: [edit], summary }
}

/** Statements that begin their line: each can go, or give way to one of its bodies. The last one of a block becomes `pass`. */
function statements(block: readonly PythonNode[], source: string): readonly Reduction[] {
  return block.flatMap((node) => {
    const outer = indentAt(node.start, source)
    const from = source.lastIndexOf('\n', node.start - 1) + 1
    const code = textOf(node, source).trimEnd()
    const end = node.start + code.length
    // After a statement there may be a comment, but no other statement.
    const rest = /^[^\S\n]*(#[^\n]*)?(\n|$)/.exec(source.slice(end))?.[0]
    if (source.slice(from, node.start) !== outer || rest === undefined) return []
    const all = { start: from, end: end + rest.length, text: '' }
    const gone = block.length > 1 ? all : code === 'pass' ? undefined : { start: node.start, end, text: 'pass' }
    const bodies = node.type.endsWith('Definition') ? [] : node.children.filter(({ type }) => type === 'Body')
    const structure = bodies.map((body) => {
      const text = dedented(textOf(body, source).replace(/^:[^\S\n]*(#[^\n]*)?/, ''), outer)
      return reduction('structure', node.type, { start: node.start, end, text }, source)
    })
    return [...(gone === undefined ? [] : [reduction('statements', 'statement', gone, source)]), ...structure]
  })
}

/** `elif`, `else` and `finally` clauses go with their bodies; so do `except` clauses that others follow. */
function withoutClauses(node: PythonNode, source: string): readonly Reduction[] {
  if (!/^(If|For|While|Try)Statement$/.test(node.type)) return []
  const bodies = node.children.flatMap((child, index) => (child.type === 'Body' ? [index] : []))
  return bodies.slice(1).flatMap((index, place): Reduction[] => {
    const first = node.children[(bodies[place] ?? 0) + 1]
    const body = node.children[index]
    if (first === undefined || body === undefined || !/^(elif|else|except|finally)$/.test(first.type)) return []
    const from = source.lastIndexOf('\n', first.start - 1) + 1
    if (source.slice(from, first.start).trim() !== '') return []
    const end = body.start + textOf(body, source).trimEnd().length
    const feed = source.indexOf('\n', end)
    const edit = { start: from, end: feed === -1 ? source.length : feed + 1, text: '' }
    return [reduction('statements', first.type, edit, source)]
  })
}

function smallerExpressions({ node, parent, inLoopHead }: PythonSite, source: string): readonly Reduction[] {
  // Less of a loop's head mostly means rounds without end.
  const parts = (inLoopHead ? [] : partsOf(node)).map((part) => {
    const text = isSimple(part) || isSeparate(parent) ? textOf(part, source) : `(${textOf(part, source)})`
    return reduction('expressions', 'operand', { start: node.start, end: node.end, text }, source)
  })
  return [...parts, ...withoutItems(node, source)]
}

function partsOf({ type, children }: PythonNode): readonly PythonNode[] {
  const [first, last] = [children[0], children.at(-1)]
  if (first === undefined || last === undefined) return []
  switch (type) {
    case 'BinaryExpression':
    case 'ConditionalExpression':
      return [first, last]
    case 'UnaryExpression':
      return [last]
    case 'ParenthesizedExpression':
      return children.slice(1, 2)
    case 'CallExpression':
      return itemsOf(last)
        .flatMap(([only, ...others]) => (only !== undefined && others.length === 0 ? [only] : []))
        .slice(0, 4)
    default:
      return []
  }
}

/** Items of a list in brackets, each with all its nodes. */
function itemsOf(list: PythonNode): readonly (readonly PythonNode[])[] {
  const items: PythonNode[][] = []
  let item: PythonNode[] = []
  for (const child of list.children.slice(1)) {
    if (child.type === ',' || child === list.children.at(-1)) {
      if (item.length > 0) items.push(item)
      item = []
    } else item.push(child)
  }
  return items
}

function withoutItems(node: PythonNode, source: string): readonly Reduction[] {
  const list = node.type === 'CallExpression' ? node.children.at(-1) : node
  if (list === undefined || !/^(ArgList|ArrayExpression|TupleExpression)$/.test(list.type)) return []
  const items = itemsOf(list)
  // One item between round brackets would be no tuple any more.
  if (list.type === 'TupleExpression' && items.length <= 2) return []
  return items.flatMap((item, index): Reduction[] => {
    const [first, last] = [item[0], item.at(-1)]
    if (first === undefined || last === undefined) return []
    const [before, after] = [items[index - 1]?.at(-1), items[index + 1]?.[0]]
    const [start, end] = before === undefined ? [first.start, after?.start ?? last.end] : [before.end, last.end]
    return [
      reduction(
        'expressions',
        isKeyword(list, list.children.indexOf(first)) ? 'keyword' : 'item',
        { start, end, text: '' },
        source,
      ),
    ]
  })
}

function isSimple({ type }: PythonNode): boolean {
  return /^(VariableName|Number|Boolean|String|None|CallExpression|MemberExpression|ArrayExpression|ParenthesizedExpression|TupleExpression)$/.test(
    type,
  )
}

/** Where nothing beside an expression could bind to a part of it. */
function isSeparate({ type }: PythonNode): boolean {
  return /^(Return|Assign|Update|Expression)Statement$|^ParenthesizedExpression$/.test(type)
}

import { childAt, childrenAt, lineOf, textAt } from '../syntax/node.ts'
import type { Draw, Edit, TextEdit } from './edit.ts'
import { shown } from './edit.ts'
import type { Site } from './outline.ts'
import { calledName } from './outline.ts'

const binaryFamilies = [
  ['+', '-', '*', '/'],
  ['*', '/', '%', '**'],
  ['<', '<=', '>', '>='],
  ['===', '!=='],
  ['==', '!='],
  ['&&', '||'],
  ['<<', '>>', '>>>'],
  ['&', '|', '^'],
]

const mathFamilies = [
  ['min', 'max'],
  ['sin', 'cos', 'tan'],
  ['asin', 'acos', 'atan'],
  ['floor', 'ceil', 'round', 'trunc'],
  ['sqrt', 'cbrt', 'abs'],
  ['exp', 'expm1', 'log', 'log1p', 'log2'],
  ['hypot', 'max'],
]

/**
 * Changes one operator for another of its family: arithmetic, comparison, logic, `Math.min` for `Math.max` and the like,
 * the sides of a difference or the arguments of a call, a condition or a truth value for its opposite, `i++` for `++i`.
 */
export function changeOperator(draw: Draw): Edit | undefined {
  const { program, rng } = draw
  const sites = [...program.expressions, ...program.updates]
  const choices = sites.flatMap((site) => changesAt(site, program.source).map((edits) => ({ site, edits })))
  if (choices.length === 0) return undefined
  const { site, edits } = rng.pick(choices)
  const before = program.source.slice(site.node.start, site.node.end)
  return { kind: 'operator', line: lineOf(site.node), edits, summary: `operator in ${shown(before)} -> ${told(edits)}` }
}

function told(edits: readonly TextEdit[]): string {
  return edits.map(({ text }) => shown(text)).join(' and ')
}

function changesAt(site: Site, source: string): readonly (readonly TextEdit[])[] {
  const { node, field, inLoopHead } = site
  const whole = (text: string) => [{ start: node.start, end: node.end, text }]
  const code = source.slice(node.start, node.end)
  switch (node.type) {
    case 'BinaryExpression':
    case 'LogicalExpression':
      return binaryChanges(site, source)
    case 'CallExpression':
      return callChanges(site, source)
    case 'BooleanLiteral':
      return [whole(code === 'true' ? 'false' : 'true')]
    case 'UnaryExpression':
      return inLoopHead || !/^[-!]/.test(code) ? [] : [whole(`(${code.slice(1)})`)]
    case 'UpdateExpression':
      if (field === 'update' || inLoopHead) return []
      return [
        whole(
          code.endsWith('+') || code.endsWith('-')
            ? code.slice(-2) + code.slice(0, -2)
            : code.slice(2) + code.slice(0, 2),
        ),
      ]
    default:
      return []
  }
}

function binaryChanges({ node, inLoopHead }: Site, source: string): readonly (readonly TextEdit[])[] {
  const [left, right] = [childAt(node, 'left'), childAt(node, 'right')]
  const operator = textAt(node, 'operator')
  if (left === undefined || right === undefined) return []
  const start = source.indexOf(operator, left.end)
  if (start === -1 || start >= right.start) return []
  const family = inLoopHead && /^[<>]/.test(operator) ? [operator[0] ?? '', `${operator[0] ?? ''}=`] : undefined
  const others = (family === undefined ? binaryFamilies : [family]).filter((each) => each.includes(operator)).flat()
  const changes = others
    .filter((other) => other !== operator)
    .map((text) => [{ start, end: start + operator.length, text }])
  return /^[-/%]$|^\*\*$/.test(operator) ? [...changes, exchanged(left, right, source)] : changes
}

function callChanges({ node }: Site, source: string): readonly (readonly TextEdit[])[] {
  const callee = childAt(node, 'callee')
  const property = callee === undefined ? undefined : childAt(callee, 'property')
  const called = calledName(node)
  const isMath = property !== undefined && source.startsWith('Math.', callee?.start)
  const names = isMath ? mathFamilies.filter((family) => family.includes(called)).flat() : []
  const changes = names
    .filter((name) => name !== called)
    .map((text) => [{ start: property?.start ?? 0, end: property?.end ?? 0, text }])
  const [first, second] = childrenAt(node, 'arguments')
  const ordered = first !== undefined && second !== undefined && !/^(min|max|hypot)$/.test(called)
  return ordered ? [...changes, exchanged(first, second, source)] : changes
}

type Range = Pick<TextEdit, 'start' | 'end'>

/** Two pieces of code take each other's place. */
export function exchanged(one: Range, other: Range, source: string): readonly TextEdit[] {
  return [
    { start: one.start, end: one.end, text: source.slice(other.start, other.end) },
    { start: other.start, end: other.end, text: source.slice(one.start, one.end) },
  ]
}

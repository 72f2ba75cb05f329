import type { Rng } from '../core/rng.ts'
import type { SyntaxNode } from '../syntax/node.ts'
import { childAt, childrenAt, lineOf, textAt } from '../syntax/node.ts'
import type { Draw, Edit } from './edit.ts'
import { shown } from './edit.ts'
import type { Outline, Site } from './outline.ts'
import { calledName } from './outline.ts'
import { categoryOf, replacement } from './splice.ts'

/**
 * Makes a number adjustable, bounded or simpler.
 *
 * `e` becomes `e * 1.03`, `e + 0.01`, `Math.min(e, 0.2)` or `Math.max(e, 0.2)`, with a literal that later edits can
 * move; and `a + b` becomes `a` or `b`.
 */
export function wrapExpression({ program, step, rng }: Draw): Edit | undefined {
  const able = program.expressions.filter((site) => isNumeric(site))
  if (able.length === 0) return undefined
  const { node } = rng.pick(able)
  const code = program.source.slice(node.start, node.end)
  const size = Math.max(step, 0.02)
  switch (rng.weighted([5, 4, 4, node.type === 'BinaryExpression' ? 4 : 0])) {
    case 0:
      return replacement('wrap', program, node, `(${bracketed(node, code)} * ${short(Math.exp(size * rng.normal()))})`)
    case 1:
      return replacement('wrap', program, node, `(${bracketed(node, code)} + ${short(size * 0.3 * rng.normal())})`)
    case 2: {
      const bound = rng.next() < 0.5 ? 'min' : 'max'
      return replacement('clamp', program, node, `Math.${bound}(${code}, ${short(likelyValue(program, rng))})`)
    }
    default: {
      const side = rng.next() < 0.5 ? childAt(node, 'left') : childAt(node, 'right')
      return side && replacement('unwrap', program, node, `(${program.source.slice(side.start, side.end)})`)
    }
  }
}

/** Adds a literal to the arguments of a `Math.min` or `Math.max`, or takes one of three or more arguments away. */
export function changeBounds({ program, rng }: Draw): Edit | undefined {
  const able = program.expressions.filter(({ node }) => isMathCall(node) && /^(min|max)$/.test(calledName(node)))
  if (able.length === 0) return undefined
  const { node } = rng.pick(able)
  const given = childrenAt(node, 'arguments')
  const last = given.at(-1)
  if (last === undefined) return undefined
  const before = shown(program.source.slice(node.start, node.end))
  if (given.length > 2 && rng.next() < 0.25) {
    const index = 1 + rng.int(given.length - 1)
    const edits = [{ start: given[index - 1]?.end ?? 0, end: given[index]?.end ?? 0, text: '' }]
    return { kind: 'bound', line: lineOf(node), edits, summary: `argument ${index + 1} of ${before} deleted` }
  }
  const text = short(likelyValue(program, rng))
  const edits = [{ start: last.end, end: last.end, text: `, ${text}` }]
  return { kind: 'bound', line: lineOf(node), edits, summary: `${before} bounded by ${text}` }
}

/** About as large as a number of the program, else of any size from a hundredth to ten. */
function likelyValue(program: Outline, rng: Rng): number {
  const near = program.literals.filter(({ integer }) => !integer)
  const anySize = 10 ** (-2 + 3 * rng.next())
  return near.length === 0 || rng.next() < 0.6 ? anySize : rng.pick(near).value * Math.exp(0.3 * rng.normal())
}

function short(value: number): string {
  const text = String(Number(value.toPrecision(4)))
  return value < 0 ? `(${text})` : text
}

function bracketed({ type }: SyntaxNode, code: string): string {
  return /^(Identifier|CallExpression|MemberExpression)$/.test(type) ? code : `(${code})`
}

const arithmetic: ReadonlySet<string> = new Set(['+', '-', '*', '/', '%', '**'])

/** Arithmetic, an operand of it, or a call of `Math`; not in a loop's head and not an index. */
function isNumeric({ node, parent, field, inLoopHead }: Site): boolean {
  if (inLoopHead || field === 'property' || /Literal$/.test(node.type) || categoryOf(node) !== 'value') return false
  return isArithmetic(node) || isArithmetic(parent) || isMathCall(node)
}

function isArithmetic(node: SyntaxNode): boolean {
  return node.type === 'BinaryExpression' && arithmetic.has(textAt(node, 'operator'))
}

function isMathCall(node: SyntaxNode): boolean {
  const callee = node.type === 'CallExpression' ? childAt(node, 'callee') : undefined
  const object = callee === undefined ? undefined : childAt(callee, 'object')
  return object !== undefined && textAt(object, 'name') === 'Math'
}

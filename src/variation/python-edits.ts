import type { Rng } from '../core/rng.ts'
import type { PythonNode } from '../syntax/python.ts'
import { textOf } from '../syntax/python.ts'
import type { Draw, Edit, TextEdit } from './edit.ts'
import { shown } from './edit.ts'
import type { PythonOutline, PythonSite } from './python-outline.ts'

type PythonDraw = Draw<PythonOutline>

/** Operators that may stand in for one another. */
const alike: readonly (readonly string[])[] = [
  ['+', '-', '*', '/'],
  ['//', '%'],
  ['**', '*'],
  ['<', '<=', '>', '>='],
  ['==', '!='],
  ['and', 'or'],
  ['+=', '-=', '*=', '/='],
]

/** Exchanges one operator for another of its kind. */
export function changePythonOperator({ program, rng }: PythonDraw): Edit | undefined {
  const { source } = program
  const able = program.operators.flatMap((node) => {
    const others = alike.flatMap((group) => (group.includes(textOf(node, source)) ? group : []))
    const choices = others.filter((other) => other !== textOf(node, source))
    return choices.length === 0 ? [] : [{ node, choices }]
  })
  if (able.length === 0) return undefined
  const { node, choices } = rng.pick(able)
  return replacement('operator', program, node, rng.pick(choices))
}

/**
 * Makes a number adjustable, bounded or simpler: `e` becomes `e * 1.03`, `e + 0.01`, `min(e, 0.2)` or `max(e, 0.2)`, and
 * `a + b` becomes `a` or `b`.
 */
export function wrapPython({ program, step, rng }: PythonDraw): Edit | undefined {
  const able = program.expressions.filter((site) => isNumeric(site, program.source))
  if (able.length === 0) return undefined
  const { node } = rng.pick(able)
  const code = textOf(node, program.source)
  const size = Math.max(step, 0.02)
  switch (rng.weighted([5, 4, 4, node.type === 'BinaryExpression' ? 4 : 0])) {
    case 0:
      return replacement('wrap', program, node, `((${code}) * ${short(Math.exp(size * rng.normal()))})`)
    case 1:
      return replacement('wrap', program, node, `((${code}) + ${short(size * 0.3 * rng.normal())})`)
    case 2:
      return replacement('clamp', program, node, `${rng.pick(['min', 'max'])}(${code}, ${short(likely(program, rng))})`)
    default: {
      const side = rng.next() < 0.5 ? node.children[0] : node.children.at(-1)
      return side && replacement('unwrap', program, node, `(${textOf(side, program.source)})`)
    }
  }
}

/** Puts an expression of an inspiration, or of the program itself, in the place of one of the same category. */
export function splicePython({ program, donors, rng }: PythonDraw): Edit | undefined {
  const targets = program.expressions.filter(({ inLoopHead }) => !inLoopHead)
  if (targets.length === 0) return undefined
  const donor = donors.length > 0 && rng.next() < 0.7 ? rng.pick(donors) : program
  const { node } = rng.pick(targets)
  const old = textOf(node, program.source)
  const able = donor.expressions.filter(
    (site) =>
      category(site.node, donor.source) === category(node, program.source) &&
      site.node.end - site.node.start <= 400 &&
      textOf(site.node, donor.source) !== old,
  )
  if (able.length === 0) return undefined
  return replacement('splice', program, node, `(${textOf(rng.pick(able).node, donor.source)})`)
}

/** Puts a simple statement of an inspiration before a statement of the program, or in its place. */
export function splicePythonStatement({ program, donors, rng }: PythonDraw): Edit | undefined {
  const targets = program.blocks.flat().filter((node) => isSimple(node))
  const able = donors.flatMap((donor) =>
    donor.blocks.flat().flatMap((node) => {
      const code = textOf(node, donor.source)
      return isSimple(node) && !code.includes('\n') && code.length <= 1000 ? [code] : []
    }),
  )
  if (targets.length === 0 || able.length === 0) return undefined
  const node = rng.pick(targets)
  const code = rng.pick(able)
  if (rng.next() < 0.5) return replacement('splice-statement', program, node, code)
  const edits = [{ start: node.start, end: node.start, text: `${code}\n${indentOf(node, program.source)}` }]
  return made('splice-statement', program, node, edits, `inserted ${shown(code)}`)
}

/** Repeats a statement directly behind itself. */
export function duplicatePython({ program, rng }: PythonDraw): Edit | undefined {
  const { source } = program
  const able = program.blocks.flat().filter((node) => isMovable(node) && startsItsLine(node, source))
  if (able.length === 0) return undefined
  const node = rng.pick(able)
  const { end, code } = trimmed(node, source)
  const edits = [{ start: end, end, text: `\n${indentOf(node, source)}${code}` }]
  return made('duplicate-statement', program, node, edits, `duplicated ${shown(code)}`)
}

/** Deletes one statement of a block that has others; never a definition or the last `return`. */
export function deletePython({ program, rng }: PythonDraw): Edit | undefined {
  const { source } = program
  const able = program.blocks
    .filter((block) => block.length > 1)
    .flatMap((block) =>
      block.filter(
        (node) =>
          startsItsLine(node, source) &&
          !/(Definition|ImportStatement)$/.test(node.type) &&
          !(node.type === 'ReturnStatement' && node === block.at(-1)),
      ),
    )
  if (able.length === 0) return undefined
  const node = rng.pick(able)
  const { end, code } = trimmed(node, source)
  const feed = source.indexOf('\n', end)
  const start = source.lastIndexOf('\n', node.start - 1) + 1
  const edits = [{ start, end: feed === -1 ? source.length : feed + 1, text: '' }]
  return made('delete-statement', program, node, edits, `deleted ${shown(code)}`)
}

/** Exchanges two neighbouring statements of a block. */
export function swapPython({ program, rng }: PythonDraw): Edit | undefined {
  const { source } = program
  const pairs = program.blocks.flatMap((block) =>
    block.slice(1).flatMap((second, index) => {
      const first = block[index]
      const able =
        first !== undefined && [first, second].every((node) => isMovable(node) && startsItsLine(node, source))
      return able ? [{ first, second }] : []
    }),
  )
  if (pairs.length === 0) return undefined
  const { first, second } = rng.pick(pairs)
  const [one, other] = [trimmed(first, source), trimmed(second, source)]
  const edits = [
    { start: first.start, end: one.end, text: other.code },
    { start: second.start, end: other.end, text: one.code },
  ]
  return made('swap-statements', program, first, edits, `swapped ${shown(one.code)} and ${shown(other.code)}`)
}

function made(kind: string, { source }: PythonOutline, node: PythonNode, edits: readonly TextEdit[], summary: string) {
  return { kind, line: source.slice(0, node.start).split('\n').length, edits, summary }
}

function replacement(kind: string, program: PythonOutline, node: PythonNode, text: string): Edit {
  const edits = [{ start: node.start, end: node.end, text }]
  return made(kind, program, node, edits, `${shown(textOf(node, program.source))} -> ${shown(text)}`)
}

/** A compound statement's node ends behind its line feed; its code does not. */
function trimmed(node: PythonNode, source: string): { readonly end: number; readonly code: string } {
  const code = textOf(node, source).trimEnd()
  return { end: node.start + code.length, code }
}

function indentOf(node: PythonNode, source: string): string {
  return source.slice(source.lastIndexOf('\n', node.start - 1) + 1, node.start)
}

function startsItsLine(node: PythonNode, source: string): boolean {
  return indentOf(node, source).trim() === ''
}

function isSimple({ type }: PythonNode): boolean {
  return type === 'AssignStatement' || type === 'UpdateStatement' || type === 'ExpressionStatement'
}

function isMovable({ type }: PythonNode): boolean {
  return !/^(Return|Break|Continue|Raise|Import|Pass|Scope)Statement$|Definition$/.test(type)
}

/** The coarse sort of value an expression has. */
function category(node: PythonNode, source: string): string {
  switch (node.type) {
    case 'BinaryExpression':
      return node.children.some(({ type }) => type === 'CompareOp' || type === 'and' || type === 'or')
        ? 'truth'
        : 'value'
    case 'UnaryExpression':
      return source.startsWith('not', node.start) ? 'truth' : 'value'
    case 'Boolean':
      return 'truth'
    case 'ArrayExpression':
    case 'ArrayComprehensionExpression':
    case 'TupleExpression':
      return node.type
    default:
      return 'value'
  }
}

/** Arithmetic, an operand of it or a call in it; not in the head of a loop and not an index. */
function isNumeric({ node, parent, inLoopHead }: PythonSite, source: string): boolean {
  if (inLoopHead || parent.type === 'MemberExpression' || node.type === 'Number') return false
  if (category(node, source) !== 'value') return false
  return isArithmetic(node) || isArithmetic(parent)
}

function isArithmetic({ type, children }: PythonNode): boolean {
  return type === 'BinaryExpression' && children.some((child) => child.type === 'ArithOp')
}

function likely({ literals }: PythonOutline, rng: Rng): number {
  const near = literals.filter(({ integer }) => !integer)
  const anySize = 10 ** (-2 + 3 * rng.next())
  return near.length === 0 || rng.next() < 0.6 ? anySize : rng.pick(near).value * Math.exp(0.3 * rng.normal())
}

function short(value: number): string {
  const text = String(Number(value.toPrecision(4)))
  return value < 0 ? `(${text})` : text
}

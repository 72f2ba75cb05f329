import type { SyntaxNode } from '../syntax/node.ts'
import { childrenAt, lineOf, textAt } from '../syntax/node.ts'
import { freeNames } from '../syntax/scope.ts'
import type { Draw, Edit } from './edit.ts'
import { shown } from './edit.ts'
import type { Outline, Site } from './outline.ts'

/**
 * Puts an expression of an inspiration (without one: of the program itself) in the place of one of the same category.
 *
 * Only expressions whose names all occur in the program are taken, the caller checks that they are in sight.
 */
export function spliceExpression({ program, donors, rng }: Draw): Edit | undefined {
  // Another expression in the head of a loop mostly means no round at all or rounds without end.
  const targets = program.expressions.filter(({ inLoopHead }) => !inLoopHead)
  if (targets.length === 0) return undefined
  const donor = donors.length > 0 && rng.next() < 0.7 ? rng.pick(donors) : program
  const target = rng.pick(targets)
  const category = categoryOf(target.node)
  const old = program.source.slice(target.node.start, target.node.end)
  const able = donor.expressions.filter(
    ({ node }) =>
      categoryOf(node) === category && node.end - node.start <= 400 && donor.source.slice(node.start, node.end) !== old,
  )
  if (able.length === 0) return undefined
  const taken = rng.pick(able).node
  return replacement('splice', program, target.node, bracketed(taken, target, donor.source))
}

/** Takes over what an inspiration declares under the same name: the body of a function or a first value. */
export function spliceNamed({ program, donors, rng }: Draw): Edit | undefined {
  const choices = donors.flatMap((donor) =>
    [...program.named].flatMap(([name, node]) => {
      const other = donor.named.get(name)
      if (other?.type !== node.type) return []
      const text = donor.source.slice(other.start, other.end)
      return text === program.source.slice(node.start, node.end) ? [] : [{ node, text }]
    }),
  )
  if (choices.length === 0) return undefined
  const { node, text } = rng.pick(choices)
  return replacement('splice-named', program, node, text)
}

/** Puts a statement of an inspiration before a statement of the program, or in its place. */
export function spliceStatement({ program, donors, rng }: Draw): Edit | undefined {
  const targets = program.lists.flat().filter(({ node }) => isPlain(node))
  const able = donors.flatMap((donor) =>
    donor.lists.flat().flatMap(({ node }) => {
      const fits = isPlain(node) && node.end - node.start <= 1000 && namesKnown(node, program)
      return fits ? [donor.source.slice(node.start, node.end)] : []
    }),
  )
  if (targets.length === 0 || able.length === 0) return undefined
  const { node } = rng.pick(targets)
  const code = rng.pick(able)
  if (rng.next() < 0.5) return replacement('splice-statement', program, node, code)
  const edits = [{ start: node.start, end: node.start, text: `${code}\n` }]
  return { kind: 'splice-statement', line: lineOf(node), edits, summary: `inserted ${shown(code)}` }
}

/** The edit that puts new code in the place of a node. */
export function replacement(kind: string, program: Outline, node: SyntaxNode, text: string): Edit {
  const before = program.source.slice(node.start, node.end)
  const edits = [{ start: node.start, end: node.end, text }]
  return { kind, line: lineOf(node), edits, summary: `${shown(before)} -> ${shown(text)}` }
}

const comparisons: ReadonlySet<string> = new Set(['<', '<=', '>', '>=', '==', '===', '!=', '!=='])

/** The coarse sort of value an expression has, since nothing is known about types here. */
export function categoryOf(node: SyntaxNode): string {
  switch (node.type) {
    case 'BinaryExpression':
      return comparisons.has(textAt(node, 'operator')) ? 'truth' : 'value'
    case 'LogicalExpression':
    case 'BooleanLiteral':
      return 'truth'
    case 'UnaryExpression':
      return textAt(node, 'operator') === '!' ? 'truth' : 'value'
    case 'ArrowFunctionExpression':
    case 'FunctionExpression':
      return `function of ${childrenAt(node, 'params').length}`
    case 'ArrayExpression':
    case 'ObjectExpression':
    case 'StringLiteral':
    case 'TemplateLiteral':
    case 'NewExpression':
      return node.type
    default:
      return 'value'
  }
}

function bracketed(taken: SyntaxNode, { parent }: Site, source: string): string {
  const code = source.slice(taken.start, taken.end)
  const simple = /^(Identifier|NumericLiteral|CallExpression|MemberExpression|ArrayExpression|.*Literal)$/.test(
    taken.type,
  )
  const separate = /^(VariableDeclarator|ReturnStatement|AssignmentExpression)$/.test(parent.type)
  return simple || separate ? code : `(${code})`
}

function isPlain(node: SyntaxNode): boolean {
  return !/^(Export|Import|Return|Break|Continue|Throw|Empty|TS)|Declaration$/.test(node.type)
}

function namesKnown(node: SyntaxNode, program: Outline): boolean {
  return [...freeNames(node)].every((name) => program.free.has(name) || program.source.includes(name))
}

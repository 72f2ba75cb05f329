import type { SyntaxNode } from '../syntax/node.ts'
import { childrenOf, textAt } from '../syntax/node.ts'
import type { Descriptor, ProgramText } from './descriptor.ts'

type Histogram = ReadonlyMap<string, number>

/**
 * How far a program's mix of operators is from that of the first program: half the sum of the differences of their
 * relative frequencies (total variation). 0 for the same mix, 1 for nothing in common.
 *
 * Counted are operators by their sign, and by kind: branches, loops, calls, `new`, functions, conditional expressions and
 * computed member accesses. Names, literals and formatting are not. In languages that are not parsed, runs of operator
 * characters count. From 0 to 1; 0 where the first program is not known.
 */
export const operatorDistance: Descriptor = {
  name: 'operator-distance',
  unit: 'share',
  whole: false,
  measure: (input) => {
    const histogram = histogramOf(input)
    return input.first === undefined ? 0 : totalVariation(histogramOfFirst(input.first), histogram)
  },
}

const signed: ReadonlySet<string> = new Set([
  'BinaryExpression',
  'LogicalExpression',
  'AssignmentExpression',
  'UnaryExpression',
  'UpdateExpression',
])

const kinds: ReadonlyMap<string, string> = new Map([
  ['IfStatement', 'if'],
  ['SwitchStatement', 'switch'],
  ['ConditionalExpression', '?:'],
  ['ForStatement', 'for'],
  ['ForInStatement', 'for'],
  ['ForOfStatement', 'for'],
  ['WhileStatement', 'while'],
  ['DoWhileStatement', 'while'],
  ['CallExpression', 'call'],
  ['NewExpression', 'new'],
  ['FunctionDeclaration', 'function'],
  ['FunctionExpression', 'function'],
  ['ArrowFunctionExpression', 'function'],
])

/** The first program stays the same for a whole run, so its histogram is counted once. */
const counted = new WeakMap<ProgramText, Histogram>()

function histogramOfFirst(text: ProgramText): Histogram {
  const known = counted.get(text) ?? histogramOf(text)
  counted.set(text, known)
  return known
}

function histogramOf({ syntax, genome }: ProgramText): Histogram {
  const counts = new Map<string, number>()
  const count = (what: string): void => void counts.set(what, (counts.get(what) ?? 0) + 1)
  if (syntax === undefined) {
    for (const [sign] of genome.matchAll(/[-+*/%&|^<>=!?~:]+/g)) count(sign)
    return counts
  }
  const waiting: SyntaxNode[] = [syntax.root]
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    const kind = kinds.get(node.type)
    if (kind !== undefined) count(kind)
    else if (signed.has(node.type)) count(textAt(node, 'operator'))
    else if (node.type === 'MemberExpression' && node['computed'] === true) count('[]')
    for (const child of childrenOf(node)) waiting.push(child.node)
  }
  return counts
}

function totalVariation(one: Histogram, other: Histogram): number {
  const sum = (histogram: Histogram): number => [...histogram.values()].reduce((total, count) => total + count, 0)
  const [ofOne, ofOther] = [sum(one), sum(other)]
  if (ofOne === 0 || ofOther === 0) return ofOne === ofOther ? 0 : 1
  let difference = 0
  for (const what of new Set([...one.keys(), ...other.keys()])) {
    difference += Math.abs((one.get(what) ?? 0) / ofOne - (other.get(what) ?? 0) / ofOther)
  }
  // Sums of shares may end a rounding error above 1.
  return Math.min(1, difference / 2)
}

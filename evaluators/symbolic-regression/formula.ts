/** A formula as plain data: a number, a variable, or an operator with its operands. */
export type Formula = number | string | readonly [string, ...Formula[]]

const unary: Readonly<Record<string, (a: number) => number>> = {
  neg: (a) => -a,
  abs: Math.abs,
  sqrt: Math.sqrt,
  exp: Math.exp,
  log: Math.log,
  sin: Math.sin,
  cos: Math.cos,
  tanh: Math.tanh,
}

const binary: Readonly<Record<string, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  pow: Math.pow,
}

/** Numbers above this are no constants of a formula. */
const largest = 1e10

/** A formula that was read: how to compute it, and how many numbers, variables and operators it has. */
export interface ReadFormula {
  readonly size: number
  at(point: readonly number[]): number
}

/**
 * Reads a formula from what a candidate returned.
 *
 * @param variables - Their names, in the order of a point's coordinates.
 * @param mostNodes - A formula with more is refused before it is read to its end.
 * @returns the formula, or what is wrong with it and where, for example `formula[2]: there is no operator sum`.
 */
export function readFormula(data: unknown, variables: readonly string[], mostNodes: number): ReadFormula | string {
  let size = 0
  type Computed = (point: readonly number[]) => number
  const read = (node: unknown, path: string): Computed | string => {
    size++
    if (size > mostNodes) return `the formula has more than ${mostNodes} nodes`
    if (typeof node === 'number') {
      return Math.abs(node) <= largest ? () => node : `${path}: ${node} is larger than ${largest}`
    }
    if (typeof node === 'string') {
      const index = variables.indexOf(node)
      return index < 0
        ? `${path}: there is no variable ${node.slice(0, 40)}, only ${variables.join(', ')}`
        : (point) => point[index] ?? 0
    }
    if (!Array.isArray(node)) return `${path} is neither a number, a variable nor [operator, operand, ...]`
    const [operator, ...operands] = node as readonly unknown[]
    if (typeof operator !== 'string') return `${path}[0] must be the name of an operator`
    const parts: Computed[] = []
    for (const [index, operand] of operands.entries()) {
      const part = read(operand, `${path}[${index + 1}]`)
      if (typeof part === 'string') return part
      parts.push(part)
    }
    const [first, second] = parts
    const one = Object.hasOwn(unary, operator) ? unary[operator] : undefined
    if (one !== undefined && first !== undefined && parts.length === 1) return (point) => one(first(point))
    const two = Object.hasOwn(binary, operator) ? binary[operator] : undefined
    if (two !== undefined && first !== undefined && second !== undefined && parts.length === 2) {
      return (point) => two(first(point), second(point))
    }
    if (one !== undefined) return `${path}: ${operator} takes one operand, not ${parts.length}`
    if (two !== undefined) return `${path}: ${operator} takes two operands, not ${parts.length}`
    const known = [...Object.keys(binary), ...Object.keys(unary)].join(' ')
    return `${path}: there is no operator ${operator.slice(0, 40)}; there are ${known}`
  }
  const at = read(data, 'formula')
  return typeof at === 'string' ? at : { size, at }
}

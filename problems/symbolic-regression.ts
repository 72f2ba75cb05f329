/** A number, a variable "x" or "y", or an operator with its operands. */
type Formula = number | string | [string, ...Formula[]]

// EVOLVE-BLOCK-START
/** Powers of x and of y in each term of the sum that is fitted. */
const terms: [number, number][] = [
  [0, 0],
  [1, 0],
  [0, 1],
  [1, 1],
]

/** Keeps the fit defined when terms repeat each other. */
const ridge = 1e-3

/** A term whose weight is smaller than this is left out. */
const least = 1e-6

function valueOf([p, q]: [number, number], x: number, y: number): number {
  return Math.pow(x, p) * Math.pow(y, q)
}

function formulaOf([p, q]: [number, number]): Formula {
  const inX: Formula = p === 1 ? 'x' : ['pow', 'x', p]
  const inY: Formula = q === 1 ? 'y' : ['pow', 'y', q]
  if (p === 0 && q === 0) return 1
  if (q === 0) return inX
  if (p === 0) return inY
  return ['*', inX, inY]
}

/** Finds a formula for rows [x, y, value]. */
function discover(rows: [number, number, number][]): Formula {
  const columns = terms.map((term) => rows.map(([x, y]) => valueOf(term, x, y)))
  const weights = leastSquares(
    columns,
    rows.map(([, , value]) => value),
  )
  let sum: Formula = 0
  terms.forEach((term, i) => {
    const weight = weights[i] ?? 0
    if (Math.abs(weight) < least) return
    const part: Formula = ['*', weight, formulaOf(term)]
    sum = sum === 0 ? part : ['+', sum, part]
  })
  return sum
}

/** Weights of the columns whose sum comes nearest to the values. */
function leastSquares(columns: number[][], values: number[]): number[] {
  const size = columns.length
  const system = columns.map((column, i) => [
    ...columns.map((other, j) => dot(column, other) + (i === j ? ridge : 0)),
    dot(column, values),
  ])
  system.forEach((pivot, i) => {
    for (const row of system) {
      if (row === pivot) continue
      const factor = (row[i] ?? 0) / (pivot[i] ?? 1)
      for (let j = i; j <= size; j++) row[j] = (row[j] ?? 0) - factor * (pivot[j] ?? 0)
    }
  })
  return system.map((row, i) => (row[size] ?? 0) / (row[i] ?? 1))
}

function dot(a: number[], b: number[]): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += (a[i] ?? 0) * (b[i] ?? 0)
  return sum
}
// EVOLVE-BLOCK-END

/** Finds a formula in x and y for the rows [x, y, value]. */
export function find(rows: [number, number, number][]): { formula: Formula } {
  return { formula: discover(rows) }
}

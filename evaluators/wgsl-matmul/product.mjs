// The product of two matrices on the processor, and what a kernel's answer is compared with. All matrices are Float32Array
// or Float64Array in row-major order; a shape is [m, n, k]: A is m x k, B is k x n.

/** Largest relative rounding error of one operation in single precision. */
const roundoff = 2 ** -24

/** Entries from -1 to 1, different in every process: no kernel can know them. */
export function randomMatrix(length) {
  return Float32Array.from({ length }, () => 2 * Math.random() - 1)
}

/** A B in double precision. */
export function product(a, b, [m, n, k]) {
  return sums(a, b, [m, n, k], (left, right) => left * right)
}

/**
 * How far each entry of a product may lie from the exact one: any order of summation in single precision stays within
 * k + 2 roundings of the sum of magnitudes.
 *
 * @see Higham 2002, "Accuracy and Stability of Numerical Algorithms", chapter 3.
 */
export function boundsOf(a, b, [m, n, k]) {
  const magnitudes = sums(a, b, [m, n, k], (left, right) => Math.abs(left * right))
  return magnitudes.map((magnitude) => (k + 2) * roundoff * magnitude * 1.01)
}

function sums(a, b, [m, n, k], term) {
  const result = new Float64Array(m * n)
  for (let row = 0; row < m; row++) {
    for (let at = 0; at < k; at++) {
      const left = a[row * k + at]
      for (let col = 0; col < n; col++) result[row * n + col] += term(left, b[at * n + col])
    }
  }
  return result
}

/** The first entry that is not what it must be, as a failure of the candidate; `undefined` when all are. */
export function firstFault(values, expected, bounds, [m, n, k]) {
  const where = (index) => `entry (${Math.floor(index / n)}, ${index % n}) of the product ${m} x ${k} by ${k} x ${n}`
  const empty = values.findIndex((value) => !Number.isFinite(value))
  if (empty !== -1) {
    return { kind: 'invalid-output', message: `${where(empty)} is ${values[empty]} or was not written` }
  }
  const wrong = values.findIndex((value, index) => !(Math.abs(value - expected[index]) <= bounds[index]))
  if (wrong === -1) return undefined
  return {
    kind: 'constraint-violated',
    message: `${where(wrong)} is ${values[wrong]}, not ${Math.fround(expected[wrong])}`,
  }
}

/** Everything is taken modulo this prime: sums of 2^22 products of residues are exact in a double. */
export const prime = 32_749

/** Entry of the matrix with a number, as `entry` in problems/cuda-matrix-chain.cu. */
export function entry(seed: number, number: number, row: number, col: number): number {
  let x = seed ^ Math.imul(number, 0x9e3779b1) ^ Math.imul(row, 0x85ebca77) ^ Math.imul(col, 0xc2b2ae3d)
  x = Math.imul(x ^ (x >>> 16), 0x7feb352d)
  x = Math.imul(x ^ (x >>> 15), 0x846ca68b)
  return ((x ^ (x >>> 16)) >>> 0) % prime
}

/**
 * Compares a product of `count` matrices with the chain itself along a random direction, in a time that grows with the
 * square of `n`, not with its cube.
 *
 * @returns the first row that is wrong. A wrong row passes with probability 1 / {@link prime}.
 * @see Freivalds 1977, "Probabilistic machines can use less running time".
 */
export function firstWrongRow(product: readonly number[], n: number, count: number, seed: number): number | undefined {
  const direction = Float64Array.from({ length: n }, () => Math.floor(Math.random() * prime))
  let expected = direction
  for (let number = count - 1; number >= 0; number--) {
    const right = expected
    expected = Float64Array.from({ length: n }, (_, row) => {
      let sum = 0
      for (let col = 0; col < n; col++) sum += entry(seed, number, row, col) * (right[col] ?? 0)
      return sum % prime
    })
  }
  for (let row = 0; row < n; row++) {
    let sum = 0
    for (let col = 0; col < n; col++) sum += (product[row * n + col] ?? 0) * (direction[col] ?? 0)
    if (sum % prime !== expected[row]) return row
  }
  return undefined
}

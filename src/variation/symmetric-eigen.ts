/** Eigenvectors as the columns of a matrix, and their eigenvalues in the same order. */
export interface Eigen {
  readonly vectors: readonly (readonly number[])[]
  readonly values: readonly number[]
}

const mostSweeps = 60

/**
 * Eigenvectors and eigenvalues of a symmetric matrix, by cyclic Jacobi rotations; eigenvalues in no particular order.
 *
 * Takes time in proportion to the cube of the size, and gets small eigenvalues of definite matrices right.
 *
 * @see Golub and Van Loan, "Matrix computations", section 8.5.
 */
export function eigenOf(matrix: readonly (readonly number[])[]): Eigen {
  const n = matrix.length
  const a = matrix.map((row) => Float64Array.from(row))
  const v = matrix.map((_, row) => Float64Array.from({ length: n }, (_, column) => (row === column ? 1 : 0)))
  for (let sweep = 0; sweep < mostSweeps; sweep++) {
    let turned = false
    for (let p = 0; p < n; p++) {
      for (let q = p + 1; q < n; q++) turned = turn(a, v, p, q) || turned
    }
    if (!turned) break
  }
  return { vectors: v.map((row) => [...row]), values: a.map((row, index) => at(row, index)) }
}

/** One rotation that makes element p, q zero. Returns `false` when it is as good as zero already. */
function turn(a: readonly Float64Array[], v: readonly Float64Array[], p: number, q: number): boolean {
  const [rowP, rowQ] = [a[p], a[q]]
  if (rowP === undefined || rowQ === undefined) return false
  const off = at(rowP, q)
  if (Math.abs(off) <= 1e-15 * Math.sqrt(Math.abs(at(rowP, p) * at(rowQ, q)))) return false
  const theta = (at(rowQ, q) - at(rowP, p)) / (2 * off)
  const tangent = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1))
  const cosine = 1 / Math.sqrt(tangent * tangent + 1)
  const sine = tangent * cosine
  for (const row of a) mix(row, p, q, cosine, sine)
  for (let index = 0; index < rowP.length; index++) {
    const [one, other] = [at(rowP, index), at(rowQ, index)]
    rowP[index] = cosine * one - sine * other
    rowQ[index] = sine * one + cosine * other
  }
  for (const row of v) mix(row, p, q, cosine, sine)
  return true
}

function mix(row: Float64Array, p: number, q: number, cosine: number, sine: number): void {
  const [one, other] = [at(row, p), at(row, q)]
  row[p] = cosine * one - sine * other
  row[q] = sine * one + cosine * other
}

function at(row: Float64Array, index: number): number {
  return row[index] ?? 0
}

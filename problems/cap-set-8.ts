// EVOLVE-BLOCK-START
/** What a vector gains for its number of coordinates that are not 0, from none to all. */
const byWeight = [0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8]

/** What a vector gains for a coordinate (row) and the one two places further on (column), and four places further on. */
const two = [
  [0.0, 0.0, 0.0],
  [0.0, 0.0, 0.0],
  [0.0, 0.0, 0.0],
]
const four = [
  [0.0, 0.0, 0.0],
  [0.0, 0.1, 0.0],
  [0.0, 0.0, 0.0],
]

/** How early a vector of F3^n, written with 0, 1 and 2, is considered for the set. */
function priority(vector: number[], n: number): number {
  let value = byWeight[vector.filter((digit) => digit !== 0).length] ?? 0
  for (let i = 0; i < n; i++) {
    value += two[vector[i] ?? 0]?.[vector[(i + 2) % n] ?? 0] ?? 0
    value += four[vector[i] ?? 0]?.[vector[(i + 4) % n] ?? 0] ?? 0
  }
  return value
}
// EVOLVE-BLOCK-END

/** The priorities of all vectors of F3^n in lexicographic order. */
export function priorities(n: number): number[] {
  return Array.from({ length: 3 ** n }, (_, index) => {
    const vector = Array.from({ length: n }, (_, place) => Math.floor(index / 3 ** (n - 1 - place)) % 3)
    return priority(vector, n)
  })
}

/**
 * Finds the known name that a mistyped one most likely meant.
 *
 * Case, `_` and `-` do not count, so `baseUrl` finds `base_url`. Beyond that a third of the letters may differ.
 * Ties go to the earlier name.
 *
 * @returns `undefined` when nothing is near.
 */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  const plain = bare(name)
  const ranked = known
    .map((candidate) => ({ candidate, distance: editDistance(plain, bare(candidate)) }))
    .filter(
      ({ candidate, distance }) => distance <= Math.max(1, Math.floor(Math.max(plain.length, candidate.length) / 3)),
    )
    .sort((left, right) => left.distance - right.distance)
  return ranked[0]?.candidate
}

function bare(name: string): string {
  // A key of a thousand letters is nobody's typo; cutting it keeps the quadratic distance cheap.
  return name.slice(0, 64).toLowerCase().replaceAll(/[_-]/g, '')
}

/**
 * Counts the insertions, deletions, replacements and swaps of neighbours that turn one text into the other.
 *
 * @see Damerau 1964; the restricted variant, in which no part is edited twice.
 */
function editDistance(left: string, right: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: right.length + 1 }, (_, column) => column)
  for (let row = 1; row <= left.length; row++) {
    const current = [row]
    for (let column = 1; column <= right.length; column++) {
      const same = left[row - 1] === right[column - 1] ? 0 : 1
      const swapped =
        row > 1 && column > 1 && left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1]
      current[column] = Math.min(
        at(last, column) + 1,
        at(current, column - 1) + 1,
        at(last, column - 1) + same,
        swapped ? at(beforeLast, column - 2) + 1 : Infinity,
      )
    }
    beforeLast = last
    last = current
  }
  return at(last, right.length)
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Infinity
}

/** Coordinates of a vector of F3^8. */
export const dimension = 8
/** Vectors of F3^8, numbered in lexicographic order: the first coordinate is the highest digit in base 3. */
export const vectorCount = 3 ** dimension

/** Half of a vector's digits are looked up at once. */
const half = 3 ** (dimension / 2)

/** By two halves, the half that is their negative sum: the digit that completes a line, four times. */
const completing = Uint8Array.from({ length: half * half }, (_, index) => {
  let [one, other, result] = [Math.floor(index / half), index % half, 0]
  for (let place = 1; place < half; place *= 3) {
    result += ((6 - (one % 3) - (other % 3)) % 3) * place
    one = Math.floor(one / 3)
    other = Math.floor(other / 3)
  }
  return result
})

/** The third vector on the line through two different ones: all three add up to 0. */
export function thirdOnLine(one: number, other: number): number {
  const high = completing[Math.floor(one / half) * half + Math.floor(other / half)] ?? 0
  const low = completing[(one % half) * half + (other % half)] ?? 0
  return high * half + low
}

/**
 * Takes vectors by falling priority, the lower number first among equals, leaving out what would complete a line.
 *
 * @param priorities - By number of the vector, length {@link vectorCount}.
 * @returns The numbers of a cap set, in the order taken.
 * @see Romera-Paredes et al. 2024, "Mathematical discoveries from program search with large language models" (FunSearch).
 */
export function greedyCapSet(priorities: readonly number[]): readonly number[] {
  const order = priorities
    .map((_, vector) => vector)
    .sort((one, other) => (priorities[other] ?? 0) - (priorities[one] ?? 0) || one - other)
  const blocked = new Uint8Array(vectorCount)
  const taken: number[] = []
  for (const vector of order) {
    if (blocked[vector] === 1) continue
    for (const other of taken) blocked[thirdOnLine(vector, other)] = 1
    taken.push(vector)
  }
  return taken
}

/** How many coordinates of a vector are not 0. */
export function weightOf(vector: number): number {
  let weight = 0
  for (let rest = vector; rest > 0; rest = Math.floor(rest / 3)) weight += rest % 3 === 0 ? 0 : 1
  return weight
}

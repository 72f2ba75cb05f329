// EVOLVE-BLOCK-START
/** Entries of a vector are between minus this and this. */
const reach = 1

/** Square of the length of the vectors that are tried. */
const square = 1

/** No more vectors than this are tried. */
const mostTried = 6000

/** Vectors of whole numbers with a given square of the length, in the order of a counter. */
function listVectors(dimension: number): number[][] {
  const found: number[][] = []
  const extend = (start: number[], left: number): void => {
    if (found.length >= mostTried) return
    if (start.length === dimension) {
      if (left === 0) found.push(start)
      return
    }
    for (let entry = -reach; entry <= reach; entry++) {
      if (entry * entry <= left) extend([...start, entry], left - entry * entry)
    }
  }
  extend([], square)
  return found
}

/** The product of two vectors, which is large when they point the same way. */
function product(one: number[], other: number[]): number {
  return one.reduce((sum, entry, index) => sum + entry * other[index], 0)
}

/** What makes a vector come early: the higher, the earlier. */
function priority(vector: number[], index: number): number {
  return 0 * index
}

function choose(dimension: number): number[][] {
  const ordered = listVectors(dimension)
    .map((vector, index) => ({ vector, rank: priority(vector, index) }))
    .sort((one, other) => other.rank - one.rank)
  const chosen: number[][] = []
  for (const { vector } of ordered) {
    if (chosen.every((other) => 2 * product(vector, other) <= square)) chosen.push(vector)
  }
  return chosen
}
// EVOLVE-BLOCK-END

/** Finds vectors of whole numbers of which no two are closer than the longest is long. */
export function kiss(dimension: number): number[][] {
  return choose(dimension)
}

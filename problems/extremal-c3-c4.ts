// EVOLVE-BLOCK-START
/** What an edge gains for the distance of its ends, j - i, modulo small numbers. */
const moduli = [5, 7, 12]
const gains = [
  [0.0, 0.0, 0.0, 0.0, 0.0],
  [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
  [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
]
const byDistance = -0.01
const byMiddle = 0.0
const byDegree = 0.0

/** Share of the n vertices' edges, n^1.5 / 2, after which priorities are asked for again: then degrees are known. */
const pause = 0.5

/** How early an edge between i and j (i below j) of a graph with n vertices is tried, when its ends have these degrees. */
function priority(i: number, j: number, n: number, degreeI: number, degreeJ: number): number {
  const distance = j - i
  let value = byDistance * distance + byMiddle * Math.abs(i + j - n) + byDegree * (degreeI + degreeJ)
  for (let k = 0; k < moduli.length; k++) value += gains[k]?.[distance % (moduli[k] ?? 1)] ?? 0
  return value
}
// EVOLVE-BLOCK-END

/** Tries all edges by falling priority and keeps those that close no cycle of length 3 or 4. */
function makeGraph(n: number): [number, number][] {
  const near: number[][] = Array.from({ length: n }, () => [])
  /** 1 for two vertices that are the same, joined, or have a common neighbour. */
  const close = Array.from({ length: n }, (_, i) => new Uint8Array(n).fill(1, i, i + 1))
  const edges: [number, number][] = []
  const join = (i: number, j: number): void => {
    for (const [from, to] of [
      [i, j],
      [j, i],
    ] as const) {
      for (const a of [from, ...(near[from] ?? [])]) close[a]![to] = close[to]![a] = 1
    }
    near[i]!.push(j)
    near[j]!.push(i)
    edges.push([i, j])
  }
  for (const most of [Math.floor((pause * n ** 1.5) / 2), Infinity]) {
    const values: number[] = []
    const pairs: [number, number][] = []
    for (let i = 0; i < n; i++) {
      for (let j = i + 1; j < n; j++) {
        values.push(priority(i, j, n, near[i]!.length, near[j]!.length))
        pairs.push([i, j])
      }
    }
    const order = Array.from(values, (_, index) => index).sort(
      (one, other) => values[other]! - values[one]! || one - other,
    )
    for (const index of order) {
      if (edges.length >= most) break
      const [i, j] = pairs[index]!
      if (close[i]![j] === 0 && !near[i]!.some((a) => close[a]![j] === 1)) join(i, j)
    }
  }
  return edges
}

/** Edges of a graph for each number of vertices. */
export function makeGraphs(sizes: number[]): [number, number][][] {
  return sizes.map(makeGraph)
}

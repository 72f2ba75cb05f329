import { defineEvaluator, invalid, z } from 'evolve-agent'
import { BitsetGraph } from './grading/bitset-graph.ts'

/** Numbers of vertices; the largest of a level of the curriculum is its instance. */
const [smallest, largest] = [20, 100]
/** So that a score for small, middle and large graphs is kept. */
const groups = 3

const vertex = z
  .int()
  .min(0)
  .max(largest - 1)
/** More edges than any graph without 4-cycles has: n (1 + sqrt(4n - 3)) / 4 at most. */
const mostEdges = 525

/**
 * Graphs without triangles and 4-cycles that have as many edges as possible, by one program for 20 to 100 vertices.
 *
 * The edges are counted here, each once; a single short cycle refuses the whole program.
 */
export default defineEvaluator({
  output: z.array(z.array(z.tuple([vertex, vertex])).max(mostEdges)),
  cases({ instance = largest }) {
    const sizes = Array.from({ length: Number(instance) - smallest + 1 }, (_, step) => smallest + step)
    const perCase = Math.ceil(sizes.length / groups)
    return Array.from({ length: groups }, (_, index) => {
      const own = sizes.slice(perCase * index, perCase * (index + 1))
      return { id: `n${own[0]}-${own.at(-1)}`, args: [own] }
    })
  },
  score({ cases }) {
    const graphs: BitsetGraph[] = []
    const scores: Record<string, number> = {}
    const lengths: number[] = []
    for (const each of cases) {
      if (!each.ok) return each.failure
      const sizes = each.args[0] as readonly number[]
      if (each.value.length !== sizes.length)
        return invalid(`${each.value.length} graphs for ${sizes.length} numbers of vertices`)
      let edges = 0
      for (const [index, list] of each.value.entries()) {
        const n = sizes[index] ?? 0
        const graph = new BitsetGraph(n)
        for (const [one, other] of list) {
          if (one === other) return invalid(`the graph of ${n} vertices joins vertex ${one} to itself`)
          if (Math.max(one, other) >= n)
            return invalid(`the graph of ${n} vertices has no vertex ${Math.max(one, other)}`)
          graph.add(one, other)
          lengths.push(Math.abs(one - other) / n)
        }
        const cycle = graph.shortCycle()
        if (cycle !== undefined)
          return invalid(`the graph of ${n} vertices has the cycle ${[...cycle, cycle[0]].join(' - ')}`)
        graphs.push(graph)
        edges += graph.edges
      }
      scores[each.id] = edges
    }
    const total = graphs.reduce((sum, { edges }) => sum + edges, 0)
    if (total === 0) return invalid('there is no edge in any graph')
    return {
      objectives: { edges: total },
      scores,
      feedback: `${total} edges; ${edgesAt(graphs)}. Edges over n^1.5 / 2: ${densestAndThinnest(graphs)}`,
      descriptors: {
        degree_spread: mean(graphs.map(spreadOf)),
        edge_length: mean(lengths),
      },
    }
  },
})

function edgesAt(graphs: readonly BitsetGraph[]): string {
  const shown = graphs.filter(({ vertices }) => [20, 32, 50, 64, 80, 100].includes(vertices))
  return shown.map(({ vertices, edges }) => `${edges} at n = ${vertices}`).join(', ')
}

/** Where a program does best and worst, measured by the order of growth of the optimum. */
function densestAndThinnest(graphs: readonly BitsetGraph[]): string {
  const ranked = graphs
    .map(({ vertices, edges }) => ({ vertices, density: (2 * edges) / vertices ** 1.5 }))
    .sort((one, other) => one.density - other.density)
  const [thin, dense] = [ranked[0], ranked.at(-1)]
  return `least ${thin?.density.toFixed(3)} at n = ${thin?.vertices}, most ${dense?.density.toFixed(3)} at n = ${dense?.vertices}.`
}

/** Standard deviation over mean of the degrees: 0 for a regular graph or one without edges. */
function spreadOf(graph: BitsetGraph): number {
  const degrees = graph.degrees()
  const average = mean(degrees)
  return average === 0 ? 0 : Math.sqrt(mean(degrees.map((degree) => (degree / average - 1) ** 2)))
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

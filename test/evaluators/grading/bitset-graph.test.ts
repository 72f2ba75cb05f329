import { describe, expect, it } from 'vitest'
import type { Edge } from '../../../evaluators/grading/bitset-graph.ts'
import { BitsetGraph } from '../../../evaluators/grading/bitset-graph.ts'
import fc from '../../seeded-properties.ts'

function graphOf(vertices: number, edges: readonly Edge[]): BitsetGraph {
  const graph = new BitsetGraph(vertices)
  for (const [one, other] of edges) graph.add(one, other)
  return graph
}

/** Looks at every triple and quadruple, as the definition says. */
function hasShortCycle(vertices: number, edges: readonly Edge[]): boolean {
  const joined = (one: number, other: number) =>
    edges.some(([a, b]) => (a === one && b === other) || (a === other && b === one))
  const all = Array.from({ length: vertices }, (_, vertex) => vertex)
  return all.some((a) =>
    all.some(
      (b) =>
        joined(a, b) &&
        all.some(
          (c) =>
            c !== a &&
            joined(b, c) &&
            (joined(c, a) || all.some((d) => d !== b && d !== a && joined(c, d) && joined(d, a))),
        ),
    ),
  )
}

describe('a graph of bits', () => {
  it('finds a cycle of length 3 or 4 exactly where the definition does, and names one that is there', () => {
    const drawn = fc.integer({ min: 2, max: 9 }).chain((vertices) => {
      const vertex = fc.integer({ min: 0, max: vertices - 1 })
      return fc.tuple(fc.constant(vertices), fc.array(fc.tuple(vertex, vertex), { maxLength: 14 }))
    })
    fc.assert(
      fc.property(drawn, ([vertices, pairs]) => {
        const edges = pairs.filter(([one, other]) => one !== other)
        const cycle = graphOf(vertices, edges).shortCycle()
        expect(cycle !== undefined).toBe(hasShortCycle(vertices, edges))
        if (cycle === undefined) return
        expect(new Set(cycle).size).toBe(cycle.length)
        const graph = graphOf(vertices, edges)
        for (const [index, vertex] of cycle.entries()) expect(graph.has(vertex, cycle.at(index - 1)!)).toBe(true)
      }),
      { numRuns: 1000 },
    )
  })

  it('counts an edge once and knows its ends across the borders of words', () => {
    const graph = graphOf(100, [[0, 31], [31, 0], [31, 32], [63, 64], [99, 0], [95, 96]]) // prettier-ignore
    expect(graph.edges).toBe(5)
    expect([graph.has(32, 31), graph.has(64, 63), graph.has(0, 99), graph.has(1, 99)]).toEqual([
      true,
      true,
      true,
      false,
    ])
    expect(graph.commonNeighbours(0, 32)).toEqual([31])
    expect(graph.degrees().filter((degree) => degree > 0)).toEqual([2, 2, 1, 1, 1, 1, 1, 1])
    expect(graphOf(100, [[1, 31], [31, 95], [95, 63], [63, 1]]).shortCycle()).toHaveLength(4) // prettier-ignore
  })
})

import { defineEvaluator, invalid, z } from 'evolve-agent'
import { readFormula } from './symbolic-regression/formula.ts'
import { holdoutLaws, searchLaws } from './symbolic-regression/laws.ts'

const variables = ['x', 'y']

/** Points that a candidate sees, in the square from -1 to 1, and points that count, all outside of it. */
const [seenPoints, countedPoints] = [80, 200]

/** Side of the square from -outer to outer in which the points that count lie. */
const outer = 2

/** What a node of a formula costs. */
const perNode = 0.01
const mostNodes = 200

/** An error this small is float64's, not the formula's. */
const leastError = 1e-12
/** The largest error that is told apart; a formula that is undefined at a point counts as this. */
const mostError = 1e6

type Point = readonly [number, number]

/**
 * Finds formulas from values: the objective is the mean over hidden laws of -log10(NMSE + 1e-12) - 0.01 per node, where
 * NMSE is the squared error over the variance at points **outside** of the square that the program has seen. A law that is
 * found exactly is worth about 12; the mean of the values, 0.
 */
export default defineEvaluator({
  output: z.strictObject({ formula: z.json() }),

  cases: ({ rng, split }) =>
    (split === 'holdout' ? holdoutLaws : searchLaws).map(({ id, at }) => {
      const [a, b] = [0.5 + 2 * rng.next(), 0.5 + 2 * rng.next()]
      const rows = Array.from({ length: seenPoints }, () => {
        const [x, y] = [2 * rng.next() - 1, 2 * rng.next() - 1]
        return [x, y, at(x, y, a, b)]
      })
      const hidden = Array.from({ length: countedPoints }, (): [number, number, number] => {
        const point: Point = outside(() => rng.next())
        return [...point, at(...point, a, b)]
      })
      return { id, args: [rows, hidden] }
    }),

  // The points that count are an argument of the case that the program never gets.
  drive: ({ call }, rows) => call(rows ?? null),

  score({ cases }) {
    const scores: Record<string, number> = {}
    const told: string[] = []
    let nodes = 0
    for (const each of cases) {
      if (!each.ok) return each.failure
      const formula = readFormula(each.value.formula, variables, mostNodes)
      if (typeof formula === 'string') return invalid(`case ${each.id}: ${formula}`)
      const counted = each.args[1] as unknown as readonly (readonly [number, number, number])[]
      const error = nmse(
        counted.map(([x, y]) => formula.at([x, y])),
        counted.map(([, , value]) => value),
      )
      scores[each.id] = -Math.log10(error + leastError) - perNode * formula.size
      nodes += formula.size / cases.length
      told.push(`${each.id} ${error.toExponential(1)} (${formula.size} nodes)`)
    }
    const values = Object.values(scores)
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length
    return {
      objectives: { accuracy: mean },
      scores,
      feedback: `Error over variance outside of the square seen: ${told.join(', ')}.`,
      descriptors: { mean_nodes: nodes },
    }
  },
})

/** Mean squared error over the variance of what is true, between 0 and {@link mostError}. */
function nmse(given: readonly number[], truth: readonly number[]): number {
  const mean = truth.reduce((sum, value) => sum + value, 0) / truth.length
  const variance = truth.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  const error = truth.reduce((sum, value, index) => sum + (value - (given[index] ?? Number.NaN)) ** 2, 0) / variance
  return error < mostError ? error : mostError
}

/** A point of the large square that is not in the small one. */
function outside(next: () => number): Point {
  for (;;) {
    const [x, y] = [outer * (2 * next() - 1), outer * (2 * next() - 1)]
    if (Math.abs(x) > 1 || Math.abs(y) > 1) return [x, y]
  }
}

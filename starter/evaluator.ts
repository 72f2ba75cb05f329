import { defineEvaluator, z } from 'evolve-agent'

const count = 10
const coordinate = z.number().min(0).max(1)

/** Scores what a candidate returns. It never runs the candidate: that happens in another process. */
export default defineEvaluator({
  // Shape and range are checked before `score` sees anything; NaN and infinities never get through.
  output: z.array(z.tuple([coordinate, coordinate])).length(count),

  // The calls to make, each in a fresh isolate. Random inputs come from `rng`, see docs/evaluators.md.
  cases: () => [{ id: 'ten', args: [count] }],

  // Recomputes everything from the returned data.
  score({ cases: [only] }) {
    if (!only.ok) return only.failure
    const points = only.value
    const pairs = points.flatMap(([x, y], i) =>
      points.slice(0, i).map(([u, v], j) => ({ i, j, distance: Math.hypot(x - u, y - v) })),
    )
    const closest = pairs.reduce((least, pair) => (pair.distance < least.distance ? pair : least))
    return {
      objectives: { smallest_distance: closest.distance },
      // Shown to the author of the next version: name the worst offender.
      feedback: `points ${closest.j} and ${closest.i} are the closest, ${closest.distance} apart`,
      descriptors: { on_border: points.filter((point) => point.some((c) => c < 1e-3 || c > 1 - 1e-3)).length },
    }
  },
})

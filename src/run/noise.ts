import type { Measure } from '../core/objective.ts'
import { runPipeline } from '../pipeline/executor.ts'
import type { RunParts } from './parts.ts'
import { standsAlone } from './alone.ts'

/** Repeats are measured unasked when they take no longer than this together, in milliseconds. */
const quickMs = 60_000

/** Evaluations from which noise is measured unless the problem says otherwise, the one that placed the program included. */
const usualRepeats = 3

/**
 * Measures how far evaluations of one and the same program differ, and stores the widest gap of each objective as its noise
 * floor: what is no further apart says nothing.
 *
 * The first program is evaluated again, with nothing taken from a cache. When its first evaluation was slow and the problem
 * asks for no number of repeats, or a model takes part in the evaluation, nothing is measured and the floor stays 0. A
 * repeat that fails is left out.
 *
 * @param firstMs - How long the first evaluation took, in milliseconds.
 */
export async function measureNoise(parts: RunParts, firstMs: number): Promise<void> {
  const { store, problem } = parts
  const asked = problem.memory.noiseRepeats
  const repeats = asked ?? (firstMs * (usualRepeats - 1) <= quickMs ? usualRepeats : 1)
  const first = store.evaluation(0)
  // A model's judgement costs money and would be asked twice about one candidate.
  const paid = parts.pipeline.graph.nodes.some(
    ({ resource, shape }) => !shape.filter && (resource === 'llm' || shape.asks === true),
  )
  if (repeats < 2 || first === undefined || paid) return
  // A filter that compares the first program with nothing lets it pass.
  const nobody = Promise.resolve({ ok: false, reason: 'noise is measured without a model' } as const)
  const seen = [first.objectives]
  for (let repeat = 1; repeat < repeats; repeat++) {
    const outcome = await runPipeline(
      { ordinal: 0, source: store.program(0).source },
      {
        pipeline: parts.pipeline,
        finished: [],
        clock: parts.clock,
        signal: new AbortController().signal,
        services: { ...parts.services, neighbour: () => nobody, stand: standsAlone },
        record: () => undefined,
      },
    )
    if (outcome.ok) seen.push(outcome.scored.objectives)
  }
  store.setMeasures(
    store.measures().map((measure): Measure => {
      const values = seen.flatMap((objectives) => objectives[measure.name] ?? [])
      return { ...measure, noise: Math.max(...values) - Math.min(...values), repeats: values.length }
    }),
  )
}

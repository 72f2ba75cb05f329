import type { Scored } from '../core/evaluation.ts'
import type { Json } from '../core/json.ts'
import type { StageGraph } from './graph.ts'

/** The part of a score that one stage gives. */
export type PartialScore = Partial<Scored>

/**
 * Puts together what all scoring stages of one candidate gave; a later stage's value replaces an earlier one's.
 *
 * @param outputs - By position in the graph; `undefined` for a stage that gave none.
 */
export function mergedScore(graph: StageGraph, outputs: readonly (Json | undefined)[]): Scored {
  const given = graph.nodes.flatMap(({ shape }, position) => {
    const output = outputs[position]
    const scores = shape.output === 'scored' || shape.output === 'judged'
    return scores && output !== undefined ? [{ whole: shape.output === 'scored', part: output as PartialScore }] : []
  })
  const parts = given.map(({ part }) => part)
  // Of several whole scores the last one says what the others said of fewer inputs.
  const last = given.findLast(({ whole, part }) => whole && part.feedback !== undefined)
  const feedback = given.flatMap((each) => (each.whole && each !== last ? [] : (each.part.feedback ?? []))).join('\n')
  return {
    objectives: Object.assign({}, ...parts.map((part) => part.objectives)) as Scored['objectives'],
    descriptors: Object.assign({}, ...parts.map((part) => part.descriptors)) as Scored['descriptors'],
    scores: Object.assign({}, ...parts.map((part) => part.scores)) as Scored['scores'],
    artifacts: Object.assign({}, ...parts.map((part) => part.artifacts)) as Scored['artifacts'],
    feedback: feedback === '' ? undefined : feedback,
  }
}

/** The value that a name in a condition stands for: an objective, or one of a certain stage as `stage.objective`. */
export function valueIn(graph: StageGraph, outputs: readonly (Json | undefined)[], name: string): number | undefined {
  for (let position = graph.nodes.length - 1; position >= 0; position--) {
    const node = graph.nodes[position]
    const output = outputs[position]
    if (node === undefined || output === undefined) continue
    if (node.shape.output !== 'scored' && node.shape.output !== 'judged') continue
    const { objectives } = output as PartialScore
    const stage = `${node.declaration.name}.`
    const value = objectives?.[name] ?? (name.startsWith(stage) ? objectives?.[name.slice(stage.length)] : undefined)
    if (value !== undefined) return value
  }
  return undefined
}

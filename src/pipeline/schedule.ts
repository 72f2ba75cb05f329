import { judge } from './condition.ts'
import type { StageGraph, StageNode } from './graph.ts'

/** How a stage ended, as far as the stages that wait for it care. */
export type NodeEnding = 'success' | 'failure' | 'skipped'

/** What may happen to a stage that has not started. */
export type Step = 'wait' | 'run' | { readonly skip: string }

/**
 * Decides whether a stage may start, must wait, or will never run.
 *
 * A stage waits until everything it names has ended. It is skipped when a required input or a condition on another
 * stage's end cannot be met any more, so skips cascade; `always` is met by any end, a skip included. A condition that
 * mentions an objective without a value does not hold.
 *
 * @param endings - By position; `undefined` for a stage that has not ended.
 */
export function nextStep(
  graph: StageGraph,
  node: StageNode,
  endings: readonly (NodeEnding | undefined)[],
  valueOf: (name: string) => number | undefined,
): Step {
  for (const { from } of node.needs) if (endings[from] === undefined) return 'wait'
  for (const { from } of node.after) if (endings[from] === undefined) return 'wait'
  const nameOf = (position: number): string => graph.nodes[position]?.declaration.name ?? ''
  for (const { from, required } of node.needs) {
    if (required && endings[from] !== 'success') return { skip: `${nameOf(from)} ${told(endings[from])}` }
  }
  for (const { from, on } of node.after) {
    if (on !== 'always' && endings[from] !== on) return { skip: `${nameOf(from)} ${told(endings[from])}` }
  }
  if (node.when === undefined) return 'run'
  const judgement = judge(node.when, valueOf)
  if (!judgement.known) return { skip: `${judgement.missing} has no value` }
  if (judgement.holds) return 'run'
  return { skip: `${node.declaration.when ?? ''} does not hold: ${valuesText(judgement.values)}` }
}

function told(ending: NodeEnding | undefined): string {
  return ending === 'success' ? 'succeeded' : ending === 'failure' ? 'failed' : 'was skipped'
}

/** The values that decided a condition, as a sentence shows them. */
export function valuesText(values: Readonly<Record<string, number>>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name} is ${String(value)}`)
    .join(', ')
}

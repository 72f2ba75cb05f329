import { InvariantError } from '../core/errors.ts'
import type { Pipeline } from '../pipeline/executor.ts'
import { wire } from '../pipeline/graph.ts'
import { resourceSlots } from '../pipeline/resources.ts'
import type { StageKind, StageSetup } from './stage-kind.ts'

/** Limits of the classes that exist without being declared. `cpu` is set by the backend's processes. */
const defaultLimits = { gpu: 1, llm: 8 }

/**
 * Opens the stages of a problem's pipeline.
 *
 * @param processes - Candidates that the backend runs at the same time: the slots of the class `cpu`.
 * @throws UserError when a stage cannot do what the problem asks of it.
 */
export function openPipeline(kinds: readonly StageKind[], setup: StageSetup, processes: number): Pipeline {
  const { pipeline, objectives, evaluation } = setup.problem
  const runs = evaluation.backend !== 'none'
  const wiring = wire(pipeline, { shapes: kinds, objectives: objectives.map(({ name }) => name), runs })
  if (!wiring.ok) throw new InvariantError(`the pipeline passed the config: ${wiring.mistakes[0]?.message ?? ''}`)
  const stages = wiring.graph.nodes.map(({ declaration }) => {
    const kind = kinds.find((each) => each.kind === declaration.kind)
    if (kind === undefined) throw new InvariantError(`the kind of stage ${declaration.kind} passed the config`)
    return kind.open(declaration, setup)
  })
  const slots = resourceSlots({ cpu: processes, ...defaultLimits, ...pipeline.resources })
  return { graph: wiring.graph, stages, slots }
}

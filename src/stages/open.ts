import { InvariantError, UserError, UserErrors } from '../core/errors.ts'
import type { Pipeline } from '../pipeline/executor.ts'
import { wire } from '../pipeline/graph.ts'
import { resourceSlots } from '../pipeline/resources.ts'
import type { ResourceSlots } from '../pipeline/resources.ts'
import type { StageKind, StageSetup } from './stage-kind.ts'

/** Limits of the classes that exist without being declared. `cpu` is set by the backend's processes. */
const defaultLimits = { gpu: 1, llm: 8 }

/**
 * Opens the stages of a problem's pipeline.
 *
 * @param processes - Candidates that the backend runs at the same time: the slots of the class `cpu`.
 * @param slots - Those of another pipeline of the run, where it has several. Default: its own.
 * @throws UserError when a stage cannot do what the problem asks of it, UserErrors when several cannot.
 */
export function openPipeline(
  kinds: readonly StageKind[],
  setup: StageSetup,
  processes: number,
  slots?: ResourceSlots,
): Pipeline {
  const { pipeline, objectives, evaluation } = setup.problem
  const runs = evaluation.backend !== 'none'
  const wiring = wire(pipeline, { shapes: kinds, objectives: objectives.map(({ name }) => name), runs })
  if (!wiring.ok) throw new InvariantError(`the pipeline passed the config: ${wiring.mistakes[0]?.message ?? ''}`)
  const mistakes: UserError[] = []
  const stages = wiring.graph.nodes.flatMap(({ declaration }) => {
    const kind = kinds.find((each) => each.kind === declaration.kind)
    if (kind === undefined) throw new InvariantError(`the kind of stage ${declaration.kind} passed the config`)
    try {
      return [kind.open(declaration, setup)]
    } catch (error) {
      if (!(error instanceof UserError)) throw error
      mistakes.push(error)
      return []
    }
  })
  const [first] = mistakes
  if (first !== undefined) throw mistakes.length === 1 ? first : new UserErrors(mistakes)
  return {
    graph: wiring.graph,
    stages,
    slots: slots ?? resourceSlots({ cpu: processes, ...defaultLimits, ...pipeline.resources }),
  }
}

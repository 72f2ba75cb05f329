import type { After, PipelineDeclaration } from '../../src/pipeline/declaration.ts'
import type { Pipeline } from '../../src/pipeline/executor.ts'
import { wire } from '../../src/pipeline/graph.ts'
import { resourceSlots } from '../../src/pipeline/resources.ts'
import type { DataType, Stage, StageServices, StageShape } from '../../src/pipeline/stage.ts'

/** A stage as a test writes it down: its own kind, with one input for each stage that it needs. */
export interface TestStage {
  readonly name: string
  /** A `?` behind a name makes the input one that may be missing. */
  readonly needs?: readonly string[]
  readonly after?: Readonly<Record<string, After>>
  readonly when?: string
  /** Default: `descriptors` for the last stage of the list, `results` for the others. */
  readonly output?: DataType
  readonly filter?: boolean
  readonly keep?: Stage['keep']
  readonly identity?: string
  readonly readsSource?: boolean
  readonly cache?: boolean
  readonly late?: Stage['late']
  readonly resource?: string
  readonly timeoutMs?: number
  readonly retries?: number
  readonly version?: number
  readonly run: Stage['run']
}

/** Wires test stages the way a problem's stages are wired. */
export function pipelineOf(stages: readonly TestStage[], resources: Readonly<Record<string, number>> = {}): Pipeline {
  const outputOf = (name: string): DataType => {
    const index = stages.findIndex((stage) => stage.name === name)
    return stages[index]?.output ?? (index === stages.length - 1 ? 'descriptors' : 'results')
  }
  const needs = (stage: TestStage) =>
    (stage.needs ?? []).map((need) => ({ name: need.replace('?', ''), required: !need.endsWith('?') }))
  const shapes = stages.map((stage): StageShape => ({
    kind: stage.name,
    inputs: Object.fromEntries(
      needs(stage).map(({ name, required }) => [name, { type: outputOf(name), required }] as const),
    ),
    output: outputOf(stage.name),
    filter: stage.filter ?? false,
    resource: undefined,
    conditions: [],
    provides: () => [],
  }))
  const declaration: PipelineDeclaration = {
    stages: stages.map((stage) => ({
      name: stage.name,
      kind: stage.name,
      needs: Object.fromEntries(needs(stage).map(({ name }) => [name, name])),
      after: stage.after ?? {},
      when: stage.when,
      resource: stage.resource,
      timeoutMs: stage.timeoutMs,
      retries: stage.retries ?? 0,
      cache: stage.cache ?? true,
      options: {},
    })),
    resources,
    pauseAfter: 3,
  }
  const wiring = wire(declaration, { shapes, objectives: ['size'], runs: true })
  if (!wiring.ok) throw new Error(wiring.mistakes.map(({ message }) => message).join('; '))
  return {
    graph: wiring.graph,
    stages: wiring.graph.nodes.map(({ declaration: { name } }) => {
      const stage = stages.find((each) => each.name === name)
      if (stage === undefined) throw new Error(`no stage ${name}`)
      return {
        name,
        version: stage.version ?? 1,
        keep: stage.keep ?? 'stored',
        identity: stage.identity ?? name,
        reuse: stage.identity === undefined ? 'own' : 'shared',
        readsSource: stage.readsSource ?? false,
        late: stage.late ?? 'candidate',
        run: stage.run,
      }
    }),
    slots: resourceSlots(resources),
  }
}

/** Services for stages that use none. */
export const noServices: StageServices = {
  claim: () => undefined,
  reject: () => undefined,
  departure: () => undefined,
  neighbour: () => Promise.resolve({ ok: false, reason: 'there is no llm.embedding' }),
  ask: () => Promise.resolve({ ok: false, reason: 'there is no language model' }),
  stand: () => Promise.resolve({ ahead: 0, of: 1 }),
}

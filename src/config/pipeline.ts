import type { PipelineDeclaration, StageDeclaration } from '../pipeline/declaration.ts'
import { wire } from '../pipeline/graph.ts'
import type { StageShape } from '../pipeline/stage.ts'
import type { Mistake } from './mistakes.ts'
import { sharedStageKeys } from './schema-pipeline.ts'
import type { ProblemConfig } from './schema.ts'
import { parseDuration } from './units.ts'

/** Fills in the stages of a problem that names none. */
export function completePipeline({ pipeline, evaluation }: ProblemConfig): ProblemConfig['pipeline'] {
  if (pipeline.rungs !== undefined) return pipeline
  const { stages, ...rest } = pipeline
  const kinds = evaluation.backend === 'none' ? ['parse', 'score', 'describe'] : ['parse', 'run', 'score', 'describe']
  return { stages: stages ?? kinds.map((kind) => ({ kind })), ...rest }
}

/** Turns a checked and complete `pipeline` section into what wiring and running need. */
export function toPipeline(pipeline: ProblemConfig['pipeline']): PipelineDeclaration {
  const { stages, rungs, resources, cache, pause_after } = pipeline
  const written = stages ?? stagesOfRungs(rungs ?? [])
  return {
    stages: written.map((entry, index): StageDeclaration => {
      const { kind, name, needs, after, when, resource, timeout, retries } = entry
      const options = Object.entries(entry).filter(([key]) => !sharedStageKeys.includes(key))
      return {
        key: rungs === undefined ? `pipeline.stages[${String(index)}]` : keyOfRung(index),
        kind,
        name: name ?? kind,
        needs: defined(needs ?? {}),
        after: after ?? {},
        when,
        resource,
        timeoutMs: timeout === undefined ? undefined : parseDuration(timeout),
        retries: retries ?? 1,
        cache: cache && entry.cache !== false,
        options: Object.fromEntries(options),
      }
    }),
    resources,
    pauseAfter: pause_after,
  }
}

/** Which rung a stage of {@link stagesOfRungs} belongs to: three each, but the first has `parse` in place of `promote`. */
function keyOfRung(stage: number): string {
  return `pipeline.rungs[${String(Math.floor(stage / 3))}]`
}

type Stages = NonNullable<ProblemConfig['pipeline']['stages']>

/** The stages that rungs stand for: each runs and scores what is new, and lets the best go on. */
function stagesOfRungs(rungs: NonNullable<ProblemConfig['pipeline']['rungs']>): Stages {
  const steps = rungs.flatMap(({ cases, top, window }, index) => {
    const number = String(index + 1)
    const promote = { kind: 'promote', name: `promote-${number}`, top, ...(window === undefined ? {} : { window }) }
    return [
      ...(index === 0 ? [] : [promote]),
      { kind: 'rung', name: `rung-${number}`, cases },
      { kind: 'score', name: `score-${number}` },
    ]
  })
  return [{ kind: 'parse' }, ...steps, { kind: 'describe' }] as Stages
}

/** Everything that is wrong with how the stages of a problem are connected. */
export function pipelineMistakes(config: ProblemConfig, shapes: readonly StageShape[]): readonly Mistake[] {
  const objectives = config.objectives.map(({ name }) => name)
  const runs = config.evaluation.backend !== 'none'
  if (config.pipeline.rungs !== undefined) {
    const message = 'runs candidates on growing numbers of cases, but evaluation.backend is none: leave rungs out'
    return runs ? [] : [{ path: ['pipeline', 'rungs'], spot: 'key', message }]
  }
  const wiring = wire(toPipeline(completePipeline(config)), { shapes, objectives, runs })
  if (wiring.ok) return []
  return wiring.mistakes.map(({ path, message }) => ({ path: ['pipeline', ...path], spot: 'value', message }))
}

function defined(needs: Readonly<Record<string, string | undefined>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(needs).filter((entry): entry is [string, string] => entry[1] !== undefined))
}

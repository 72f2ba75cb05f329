import type { PipelineDeclaration, StageDeclaration } from '../pipeline/declaration.ts'
import { wire } from '../pipeline/graph.ts'
import type { StageShape } from '../pipeline/stage.ts'
import type { Mistake } from './mistakes.ts'
import { sharedStageKeys } from './schema-pipeline.ts'
import type { ProblemConfig } from './schema.ts'
import { parseDuration } from './units.ts'

/** Fills in the stages of a problem that names none. */
export function completePipeline({ pipeline, evaluation }: ProblemConfig): ProblemConfig['pipeline'] {
  const { stages, ...rest } = pipeline
  const kinds = evaluation.backend === 'none' ? ['parse', 'score', 'describe'] : ['parse', 'run', 'score', 'describe']
  return { stages: stages ?? kinds.map((kind) => ({ kind })), ...rest }
}

/** Turns a checked and complete `pipeline` section into what wiring and running need. */
export function toPipeline({ stages, resources, cache, pause_after }: ProblemConfig['pipeline']): PipelineDeclaration {
  return {
    stages: (stages ?? []).map((entry): StageDeclaration => {
      const { kind, name, needs, after, when, resource, timeout, retries } = entry
      const options = Object.entries(entry).filter(([key]) => !sharedStageKeys.includes(key))
      return {
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

/** Everything that is wrong with how the stages of a problem are connected. */
export function pipelineMistakes(config: ProblemConfig, shapes: readonly StageShape[]): readonly Mistake[] {
  const objectives = config.objectives.map(({ name }) => name)
  const runs = config.evaluation.backend !== 'none'
  const wiring = wire(toPipeline(completePipeline(config)), { shapes, objectives, runs })
  if (wiring.ok) return []
  return wiring.mistakes.map(({ path, message }) => ({ path: ['pipeline', ...path], spot: 'value', message }))
}

function defined(needs: Readonly<Record<string, string | undefined>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(needs).filter((entry): entry is [string, string] => entry[1] !== undefined))
}

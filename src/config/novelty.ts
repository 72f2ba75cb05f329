import type { Mistake } from './mistakes.ts'
import { completePipeline, toPipeline } from './pipeline.ts'
import type { ProblemConfig } from './schema.ts'

/**
 * What stages of the kind novelty lack. Without any model, as with `--no-llm`, they let everything pass and a run says so.
 */
export function noveltyMistakes(config: ProblemConfig): readonly Mistake[] {
  if (config.llm.embedding !== undefined || config.llm.models.length === 0) return []
  const message =
    'needs llm.embedding, the model that turns programs into vectors: add it, for example embedding: { model: text-embedding-3-small }'
  return toPipeline(completePipeline(config)).stages.flatMap(({ kind }, index): Mistake[] =>
    kind === 'novelty' ? [{ path: ['pipeline', 'stages', index, 'kind'], spot: 'value', message }] : [],
  )
}

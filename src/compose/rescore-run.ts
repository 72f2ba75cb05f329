import { vectorOf } from '../llm/openai-embeddings.ts'
import { emptyArchive } from '../run/rebuild.ts'
import { rescore } from '../run/rescore.ts'
import type { RescoreParts, RescoreSummary } from '../run/rescore.ts'
import { neighbourFinder } from '../run/neighbours.ts'
import { stageAsker } from '../run/stage-questions.ts'
import type { RunStore } from '../store/run-store.ts'
import { stageCache, cacheKey } from './hashes.ts'
import type { Evaluating } from './evaluating.ts'
import { migrationPlan } from './search-parts.ts'
import { curriculumOf } from './levels.ts'

/** What a rescore is put together from. */
export interface RescoreIngredients extends Pick<
  RescoreParts,
  'problem' | 'identity' | 'store' | 'clock' | 'signal' | 'progress'
> {
  readonly store: RescoreParts['store'] & Pick<RunStore, 'duplicates' | 'stageResult' | 'asked'>
  readonly evaluating: Evaluating
  /** `false` computes every stage again. */
  readonly cache: boolean
}

/** Scores a run's programs again; see {@link rescore}. */
export function rescoreRun({ evaluating, cache, ...ingredients }: RescoreIngredients): Promise<RescoreSummary> {
  const { problem, store } = ingredients
  const reason = 'a rescore asks no model'
  const nobody = Promise.resolve({ ok: false, reason } as const)
  const nobodyAsked = Promise.resolve({ ok: false, failure: { kind: 'no-reply', message: reason } } as const)
  // What was bought during the search refuses the same candidates again.
  const stored = stageAsker({ problem, store, ask: () => nobodyAsked, hash: cacheKey })
  return rescore({
    ...ingredients,
    archive: emptyArchive(problem),
    migration: migrationPlan(problem),
    pipeline: evaluating.pipeline,
    curriculum: curriculumOf(evaluating, store),
    services: {
      ...store.duplicates,
      // What was rejected during the search stays as it was; a rescore has rows of its own.
      reject: () => undefined,
      ask: (question, ...about) => (question.purpose === 'novelty' ? stored(question, ...about) : nobody),
      neighbour: neighbourFinder({
        ...{ model: problem.llm.embedding?.name, store, vectorOf, hash: cacheKey },
        ask: () => nobodyAsked,
      }),
    },
    cache: stageCache(store, cache),
    reuse: cache,
  })
}

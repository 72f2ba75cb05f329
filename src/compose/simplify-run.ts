import { servicesAlone } from '../run/alone.ts'
import { simplifyProgram } from '../run/simplify.ts'
import type { Simplified, SimplifyParts } from '../run/simplify.ts'
import type { RunStore } from '../store/run-store.ts'
import { stageCache, textHash } from './hashes.ts'
import type { Evaluating } from './evaluating.ts'

/** What a simplification is put together from. */
export interface SimplifyIngredients extends Pick<
  SimplifyParts,
  'problem' | 'store' | 'ordinal' | 'most' | 'clock' | 'signal' | 'progress'
> {
  readonly store: SimplifyParts['store'] & Pick<RunStore, 'stageResult' | 'identity'>
  readonly evaluating: Evaluating
}

/** Makes a program of a run shorter; see {@link simplifyProgram}. */
export function simplifyRun({ evaluating, ...ingredients }: SimplifyIngredients): Promise<Simplified> {
  const { problem, store } = ingredients
  const { curriculum, evaluation, limits, objectives, pipeline } = problem
  const { level = 1 } = store.program(ingredients.ordinal)
  const { seed } = store.identity
  return simplifyProgram({
    ...ingredients,
    key: textHash(
      JSON.stringify([evaluating.evaluatorHash, seed, evaluation, limits, objectives, pipeline, curriculum]),
    ),
    pipeline: evaluating.levels[level - 1]?.pipeline ?? evaluating.pipeline,
    // What was tried before, or by the search, is no reason to refuse a shorter program, and it is compared with the one that it
    // comes from, by the whole score.
    services: servicesAlone('a simplification'),
    cache: stageCache(store, true),
  })
}

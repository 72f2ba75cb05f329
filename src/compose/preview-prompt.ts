import { operators, samplers } from '../builtins.ts'
import type { Problem } from '../config/problem.ts'
import { Lineage } from '../selection/lineage.ts'
import { cachedFacts } from '../run/elite-facts.ts'
import { promptMaker } from '../run/prompts.ts'
import type { PromptSources, Templates } from '../run/prompts.ts'
import { banditOf } from '../run/pulls.ts'
import { nextPrompt } from '../run/preview.ts'
import type { NextPrompt } from '../run/preview.ts'
import { cachedPrograms } from '../run/programs.ts'
import { steeredOf, steeringEvent } from '../run/steering.ts'
import { rebuildArchive } from '../run/rebuild.ts'
import { contractNow } from '../run/curriculum.ts'
import type { RunStore } from '../store/run-store.ts'
import { learners, named } from './names.ts'
import { learningOf } from './search-parts.ts'

/** Where a prompt preview reads its programs: a run's database, or the first program alone. */
export type PreviewSource = PromptSources['store'] &
  Pick<RunStore, 'program' | 'placements' | 'lineage' | 'madeBy' | 'latestTrials' | 'bestSibling' | 'events'>

/** The prompt that a run over `store` would send next, from candidate `ordinal` on; see {@link nextPrompt}. */
export function previewPrompt(
  problem: Problem,
  store: PreviewSource,
  templates: Templates,
  ordinal: number,
): NextPrompt | undefined {
  const archive = rebuildArchive(problem, store)
  const sampler = named(samplers, problem.search.sampler, 'sampler')
  const steered = steeredOf(store.events(steeringEvent))
  const parts = {
    problem,
    store,
    archive,
    lineage: Lineage.of(store.lineage(), sampler.needs === 'subtrees'),
    sampler,
    factsOf: cachedFacts(store, problem.objectives),
    learning: learningOf(problem, store),
    bandit: problem.search.bandit && banditOf(problem.search.bandit, store, learners),
    operators: operators
      .filter(({ kind }) => kind === 'model')
      .map((operator) => ({ operator, weight: problem.search.operators[operator.name] ?? 0 })),
    buildPrompt: promptMaker({
      ...{ problem, store, archive, sampler, steered, templates },
      contract: contractNow(store, archive),
    }),
  }
  return nextPrompt(parts, cachedPrograms(store), ordinal)
}

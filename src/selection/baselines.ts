import type { ParentSampler } from './sampler.ts'

/**
 * Repeated independent sampling: every candidate is made from the first program and sees nothing else, so nothing that
 * was found is ever built upon.
 */
export const iid: ParentSampler = {
  name: 'iid',
  draws: 'programs',
  shows: 'nothing',
  binds: true,
  sample: ({ lineage }) => lineage.first,
}

/** One chain: every candidate is made from the scored program that was created last, better or worse. */
export const sequential: ParentSampler = {
  name: 'sequential',
  draws: 'programs',
  shows: 'attempts',
  binds: true,
  sample: ({ lineage }) => lineage.latest,
}

/** A hill climb: every candidate is made from the best program of the run; of equals the one created first. */
export const greedy: ParentSampler = {
  name: 'greedy',
  draws: 'programs',
  shows: 'attempts',
  sample: ({ lineage }) => lineage.best,
}

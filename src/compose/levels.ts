import { samplers } from '../builtins.ts'
import { levelsIn } from '../config/effective-levels.ts'
import type { Level } from '../core/level.ts'
import { handOverEvent, levelEndEvent, levelsOf, standingOf } from '../run/curriculum.ts'
import type { Curriculum } from '../run/curriculum.ts'
import type { RunStore } from '../store/run-store.ts'
import { named } from './names.ts'
import type { Evaluating } from './evaluating.ts'

/** The levels that a run of an effective configuration goes through; none without a curriculum. */
export function levelsOfConfig(effective: string): readonly Level[] {
  const { curriculum, sampler } = levelsIn(effective)
  return curriculum.length === 0 ? [] : levelsOf({ curriculum }, named(samplers, sampler, 'sampler'))
}

/** Where a run stands in its curriculum, with what evaluates its levels. */
export function curriculumOf({ levels }: Evaluating, store: Pick<RunStore, 'events'>): Curriculum | undefined {
  if (levels.length === 0) return undefined
  return {
    levels: levels.map(({ level }) => level),
    pipelines: levels.map(({ pipeline }) => pipeline),
    contracts: levels.map(({ contract }) => contract),
    standing: standingOf(store.events(levelEndEvent), store.events(handOverEvent)),
  }
}

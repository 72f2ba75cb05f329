import { parse } from 'yaml'
import type { Level } from '../core/level.ts'
import { toLevels } from './schema-curriculum.ts'

/** The curriculum of an effective configuration, and the name of its sampler. */
export function levelsIn(effective: string): { readonly curriculum: readonly Level[]; readonly sampler: string } {
  const config = parse(effective) as {
    readonly curriculum?: Parameters<typeof toLevels>[0]
    readonly search?: { readonly sampler?: string }
  } | null
  return { curriculum: toLevels(config?.curriculum), sampler: config?.search?.sampler ?? '' }
}

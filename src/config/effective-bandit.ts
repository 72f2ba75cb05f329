import { parse } from 'yaml'
import type { BanditConfig } from './problem.ts'

/** The bandit in a run's effective configuration; `undefined` when operators are drawn by their weights. */
export function banditPlanOf(effective: string): BanditConfig | undefined {
  const config = parse(effective) as { readonly search?: { readonly bandit?: BanditConfig } } | null
  return config?.search?.bandit
}

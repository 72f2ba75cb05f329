import type { StageServices } from '../pipeline/stage.ts'

/**
 * What the stages of a candidate may ask, on its level of the curriculum: an equal candidate of another level was
 * evaluated on another instance, so it is none of its duplicates.
 */
export function servicesOn(
  level: number,
  services: Omit<StageServices, 'stand'>,
  stand: StageServices['stand'],
): StageServices {
  if (level === 1) return { ...services, stand }
  const claim: StageServices['claim'] = (scope, ...rest) => services.claim(`${scope}, level ${String(level)}`, ...rest)
  return { ...services, stand, claim }
}

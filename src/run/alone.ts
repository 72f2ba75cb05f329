import type { StageServices } from '../pipeline/stage.ts'

/** The answer to programs that are evaluated beside a run: they are compared with nobody. */
export const standsAlone: StageServices['stand'] = () => Promise.resolve({ ahead: 0, of: 1 })

/**
 * What stages are given for a program that is evaluated beside a run: no earlier program counts against it, every rung is
 * climbed, and no model is asked.
 *
 * @param who - Who evaluates it, for the reason that a stage which asks is skipped with.
 */
export function servicesAlone(who: string): StageServices {
  const nobody = Promise.resolve({ ok: false, reason: `${who} asks no model` } as const)
  return {
    claim: () => undefined,
    reject: () => undefined,
    departure: () => undefined,
    ask: () => nobody,
    neighbour: () => nobody,
    stand: standsAlone,
  }
}

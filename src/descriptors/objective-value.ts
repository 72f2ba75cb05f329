import type { OutcomeDescriptor } from './descriptor.ts'

/** What descriptors that are objectives begin with: `objective.seconds` is the raw value of the objective `seconds`. */
export const objectivePrefix = 'objective.'

/**
 * The raw value of an objective as a descriptor. With several objectives an axis of a secondary one keeps the best by the
 * first at every level of it; an axis of the first one only repeats the fitness.
 *
 * @param objective - Name of a declared objective.
 */
export function objectiveValue(objective: string): OutcomeDescriptor {
  return {
    name: `${objectivePrefix}${objective}`,
    unit: 'as the objective',
    whole: false,
    reproducible: true,
    measure: ({ objectives }) => objectives[objective],
  }
}

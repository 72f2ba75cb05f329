import { InvariantError } from './errors.ts'

/** Which way is better. */
export type Direction = 'maximize' | 'minimize'

/** A raw, named value that an evaluator reports, with its direction. */
export interface Objective {
  readonly name: string
  readonly direction: Direction
}

/**
 * How one objective is told apart from chance: differences within the noise floor say nothing.
 */
export interface Measure extends Objective {
  /** Noise floor in the objective's own unit, at least 0: the spread of repeated evaluations of the same program. */
  readonly noise: number
  /** How many evaluations of the same program the noise was measured from; 1 means that it was not measured. */
  readonly repeats: number
}

/** Raw objective values by name, in the evaluator's own units; always finite. */
export type ObjectiveValues = Readonly<Record<string, number>>

/**
 * The one comparable number of a program; higher is better, whatever the direction.
 *
 * The first declared objective counts, negated when it is minimised.
 *
 * @throws {@link InvariantError} when the value is missing or not finite.
 */
export function fitnessOf(objectives: readonly Objective[], values: ObjectiveValues): number {
  const first = objectives[0]
  if (first === undefined) throw new InvariantError('a problem has at least one objective')
  const value = values[first.name]
  if (value === undefined || !Number.isFinite(value)) {
    throw new InvariantError(`objective ${first.name} must be a finite number, got ${String(value)}`)
  }
  return first.direction === 'maximize' ? value : -value
}

/** The raw value of the first objective that a fitness stands for: the inverse of {@link fitnessOf}. */
export function rawOf(objectives: readonly Objective[], fitness: number): number {
  return objectives[0]?.direction === 'minimize' ? -fitness : fitness
}

/**
 * All objectives in their declared order, each turned so that higher is better; the first is the fitness.
 *
 * @throws {@link InvariantError} when a value is missing or not finite.
 */
export function orientedObjectives(objectives: readonly Objective[], values: ObjectiveValues): readonly number[] {
  return objectives.map((objective) => fitnessOf([objective], values))
}

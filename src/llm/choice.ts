import type { ModelConfig } from '../config/problem.ts'
import { InvariantError } from '../core/errors.ts'
import type { Rng } from '../core/rng.ts'

/**
 * Draws a model of the ensemble in proportion to the weights.
 *
 * @param models - At least one.
 * @throws {@link InvariantError} when there is none.
 */
export function chooseModel<M extends Pick<ModelConfig, 'weight'>>(models: readonly M[], rng: Rng): M {
  const chosen = models.length === 0 ? undefined : models[rng.weighted(models.map((model) => model.weight))]
  if (chosen === undefined) throw new InvariantError('an ensemble to choose from has at least one model')
  return chosen
}

/** Draws the temperature of a call, all equally likely; `undefined` when the server decides. */
export function chooseTemperature(model: Pick<ModelConfig, 'temperatures'>, rng: Rng): number | undefined {
  return model.temperatures.length === 0 ? undefined : rng.pick(model.temperatures)
}

import type { ModelConfig } from '../config/problem.ts'
import { rngStream } from '../core/rng.ts'
import type { Arm } from '../selection/bandit.ts'
import type { VariationOperator } from '../variation/operator.ts'
import type { RunParts } from './parts.ts'

/** An operator, with the model that it asks. */
export interface DrawnOperator {
  readonly operator: VariationOperator | undefined
  readonly model: ModelConfig | undefined
}

interface WeightedArm extends Arm {
  readonly chosen: DrawnOperator
  readonly weight: number
}

/**
 * Draws the operator of a candidate and its model: both by their weights, or by what a bandit thinks of them; then the
 * weights decide between equals.
 *
 * @param able - Operators that can work on what was selected.
 */
export function drawOperator(
  { problem, bandit }: Pick<RunParts, 'problem' | 'bandit'>,
  able: RunParts['operators'],
  seed: number,
  ordinal: number,
): DrawnOperator {
  const { models } = problem.llm
  const operatorRng = rngStream(seed, 'operator', ordinal)
  if (bandit !== undefined) {
    const arms = able.flatMap(({ operator, weight }): readonly WeightedArm[] =>
      operator.kind === 'model'
        ? models.map((model) => ({
            chosen: { operator, model },
            operator: operator.name,
            model: model.name,
            weight: weight * model.weight,
          }))
        : [{ chosen: { operator, model: undefined }, operator: operator.name, model: undefined, weight }],
    )
    const best = bandit.best(arms)
    return (
      best[operatorRng.weighted(best.map(({ weight }) => weight))]?.chosen ?? { operator: undefined, model: undefined }
    )
  }
  const operator = able[operatorRng.weighted(able.map(({ weight }) => weight))]?.operator
  const model =
    operator?.kind === 'model'
      ? models[rngStream(seed, 'model', ordinal).weighted(models.map(({ weight }) => weight))]
      : undefined
  return { operator, model }
}

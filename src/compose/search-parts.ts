import { operators, topologies } from '../builtins.ts'
import type { Problem } from '../config/problem.ts'
import { UserError } from '../core/errors.ts'
import type { RunParts } from '../run/parts.ts'
import { LearningParents } from '../run/learning-parents.ts'
import type { MigrationPlan } from '../archive/migration.ts'
import { perturb } from '../variation/perturb.ts'
import type { RunStore } from '../store/run-store.ts'
import { learners, named } from './names.ts'

/** When the islands of a problem exchange elites. */
export function migrationPlan({ archive: { migration } }: Problem): MigrationPlan {
  const { topology, interval, count, rate } = migration
  return { topology: named(topologies, topology, 'topology'), interval, count, rate }
}

/** Where the operators that learn have been at work so far. */
export function learningOf({ search }: Problem, store: Pick<RunStore, 'madeBy'>): RunParts['learning'] {
  const used = [...learners].filter((name) => (search.operators[name] ?? 0) > 0)
  return new Map(used.map((name) => [name, LearningParents.of(store.madeBy(name), search.tune.evaluations)]))
}

/**
 * The operators that can work on a problem, with their weights.
 *
 * @throws UserError when there is a model and every weight is 0.
 */
export function usableOperators(problem: Problem): RunParts['operators'] {
  const hasModel = problem.llm.models.length > 0
  const chosen = operators
    .map((operator) => ({ operator, weight: problem.search.operators[operator.name] ?? 0 }))
    .filter(({ operator, weight }) => weight > 0 && (operator.kind === 'direct' || hasModel))
  if (chosen.length > 0) return chosen
  if (hasModel) throw new UserError('every operator has weight 0', { file: problem.file, key: 'search.operators' })
  // Without a model perturb does the job, whatever its weight beside a model would have been.
  return [{ operator: perturb, weight: 1 }]
}

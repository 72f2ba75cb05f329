import type { BanditConfig } from '../config/problem.ts'
import type { FailureKind } from '../core/failure.ts'
import { Bandit } from '../selection/bandit.ts'
import type { Pull } from '../selection/bandit.ts'
import type { OperatorTrial, RunStore } from '../store/run-store.ts'

/** Failures that say nothing about what the child would have been worth. */
const censoring: readonly FailureKind[] = ['timed-out', 'no-reply', 'evaluator-threw']

/** What pulls are read from. */
type Trials = Pick<RunStore, 'latestTrials' | 'bestSibling'>

/** Names of the operators that keep their parent and learn from their earlier children of it. */
type Learners = Pick<ReadonlySet<string>, 'has'>

/** A bandit as the candidates in a store leave it. */
export function banditOf(plan: BanditConfig, store: Trials, learners: Learners): Bandit {
  const bandit = new Bandit(plan)
  for (const trial of store.latestTrials(plan.window)) {
    if (trial.finished) bandit.finish(trial.ordinal, pullOf(trial, plan, store, learners))
    else bandit.select(trial.ordinal, trial)
  }
  return bandit
}

/**
 * A finished candidate as a bandit sees it: its gain is over its parent or, where an operator learns and so keeps its
 * parent, over the best of the parent and the earlier children that it made of it.
 */
export function pullOf(
  { operator, model, ...trial }: OperatorTrial,
  { per }: BanditConfig,
  store: Pick<Trials, 'bestSibling'>,
  learners: Learners,
): Pull {
  const { fitness, parentFitness, failure } = trial
  const earlier = learners.has(operator) ? store.bestSibling(trial.ordinal) : undefined
  return {
    operator,
    model,
    gain:
      fitness === undefined || parentFitness === undefined
        ? 0
        : fitness - Math.max(parentFitness, earlier ?? parentFitness),
    censored: failure !== undefined && censoring.includes(failure),
    cost: per === 'candidate' ? 1 : trial[per],
  }
}

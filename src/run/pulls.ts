import type { BanditConfig } from '../config/problem.ts'
import type { FailureKind } from '../core/failure.ts'
import { Bandit } from '../selection/bandit.ts'
import type { Pull } from '../selection/bandit.ts'
import type { OperatorTrial, RunStore } from '../store/run-store.ts'

/** Failures that say nothing about what the child would have been worth. */
const censoring: readonly FailureKind[] = ['timed-out', 'no-reply', 'evaluator-threw']

/** A bandit as the candidates in a store leave it. */
export function banditOf(plan: BanditConfig, store: Pick<RunStore, 'latestTrials'>): Bandit {
  const bandit = new Bandit(plan)
  for (const trial of store.latestTrials(plan.window)) {
    if (trial.finished) bandit.finish(trial.ordinal, pullOf(trial, plan))
    else bandit.select(trial.ordinal, trial)
  }
  return bandit
}

/** A finished candidate as a bandit sees it. */
export function pullOf({ operator, model, ...trial }: OperatorTrial, { per }: BanditConfig): Pull {
  const { fitness, parentFitness, failure } = trial
  return {
    operator,
    model,
    gain: fitness === undefined || parentFitness === undefined ? 0 : fitness - parentFitness,
    censored: failure !== undefined && censoring.includes(failure),
    cost: per === 'candidate' ? 1 : trial[per],
  }
}

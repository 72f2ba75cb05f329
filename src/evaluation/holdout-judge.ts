import { UserError } from '../core/errors.ts'
import type { Case } from '../core/evaluation.ts'
import type { Problem } from '../config/problem.ts'
import type { Driver, EvaluatorBackend } from './backend.ts'
import type { ScoreOutcome, TrustedPool } from './trusted-pool.ts'

/** Scores programs on the inputs that the search never sees. */
export interface HoldoutJudge {
  /** What its scores depend on beside the program, as text: evaluator, cases, limits. */
  readonly identity: string
  /**
   * @throws EvaluatorFault when the evaluator breaks on the hold-out.
   * @throws InfrastructureError when something else breaks, or `signal` aborted.
   */
  judge(source: string, signal: AbortSignal): Promise<ScoreOutcome>
  close(): Promise<void>
}

/** What a judge of the hold-out is made of. */
export interface HoldoutSetup {
  readonly problem: Problem
  readonly seed: number
  /** A pool of its own: the cases that it drew last are those of the hold-out. Closed with the judge. */
  readonly pool: Pick<TrustedPool, 'parse' | 'cases' | 'score' | 'close'>
  readonly backend: Pick<EvaluatorBackend, 'run'>
  readonly driver: Driver | undefined
  readonly evaluatorHash: string
}

/**
 * Draws the hold-out's cases, for the first time in a run.
 *
 * @throws UserError when the evaluator breaks, asks for none, or lacks one that the problem names.
 */
export async function openHoldoutJudge(setup: HoldoutSetup): Promise<HoldoutJudge> {
  const { problem, seed, pool, backend, driver, evaluatorHash } = setup
  const close = (): Promise<void> => pool.close()
  try {
    const cases = chosen(await pool.cases(`${String(seed)}/cases`, 'holdout'), problem)
    const request = {
      ...{ entry: problem.program.entry, cases, limits: problem.limits, driver },
      seed: `${String(seed)}/holdout`,
      // A candidate with a clock starts from nothing: what others returned belongs to the inputs of the search.
      timeBudget: problem.timeBudgetMs === undefined ? undefined : { ms: problem.timeBudgetMs, best: {} },
    }
    const judge = async (source: string, signal: AbortSignal): Promise<ScoreOutcome> => {
      const outcome = await pool.parse(source)
      if (!outcome.ok) return outcome
      const { code, graph } = outcome.parsed
      const report = await backend.run({ ...request, code, ...(graph === undefined ? {} : { graph }) }, signal)
      const [first] = report.cases
      if (first?.ok === false && report.cases.every(({ ok }) => !ok)) return { ok: false, failure: first.failure }
      return pool.score(report.cases, source)
    }
    return { identity: JSON.stringify([evaluatorHash, problem.evaluation, problem.objectives, request]), judge, close }
  } catch (error) {
    await close()
    throw error
  }
}

function chosen(cases: readonly Case[], { holdout, file }: Problem): readonly Case[] {
  const ids = holdout?.cases
  if (ids === undefined) return cases
  const unknown = ids.find((id) => !cases.some((each) => each.id === id))
  if (unknown === undefined) return cases.filter(({ id }) => ids.includes(id))
  const known = cases.slice(0, 10).map(({ id }) => id)
  throw new UserError(`the evaluator's hold-out has no case ${unknown}; it asks for ${known.join(', ')}`, {
    file,
    key: 'holdout.cases',
  })
}

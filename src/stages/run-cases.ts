import type { Case } from '../core/evaluation.ts'
import type { Json } from '../core/json.ts'
import type { RunReport } from '../evaluation/backend.ts'
import type { Stage } from '../pipeline/stage.ts'
import type { ParseOutput } from './parse.ts'
import type { StageSetup } from './stage-kind.ts'

/** What a stage that runs candidates says of them and of itself. */
export interface CaseRunning {
  /** The kind of the stage. */
  readonly kind: string
  readonly name: string
  readonly cases: readonly Case[]
  /** Runs the candidate where it has to be run and gives all results that the stage has then. */
  readonly report: (
    earlier: RunReport | undefined,
    runOn: (cases: readonly Case[]) => Promise<RunReport>,
  ) => Promise<RunReport>
}

/** A stage that runs candidates on cases. Only a candidate that fails on all of them fails here; the rest is for the score. */
export function runningStage({ kind, name, cases, report }: CaseRunning, setup: StageSetup): Stage {
  const { backend, problem, seed, driver, libraries, helpersHash } = setup
  const { entry } = problem.program
  const { timeBudgetMs } = problem
  const request = { entry, cases, limits: problem.limits, seed: `${String(seed)}/candidate`, driver }
  return {
    name,
    version: 1,
    keep: 'stored',
    identity: setup.hash(JSON.stringify([kind, 1, problem.evaluation, request, libraries, helpersHash])),
    // What a candidate does with a clock depends on the machine and on whom it started from.
    reuse: timeBudgetMs === undefined ? 'shared' : 'own',
    readsSource: false,
    late: 'candidate',
    run: async (candidate, inputs, { signal }) => {
      const { code, graph } = inputs['program'] as unknown as ParseOutput
      const timeBudget = timeBudgetMs === undefined ? undefined : { ms: timeBudgetMs, best: candidate.warmStart ?? {} }
      const results = await report(inputs['results'] as unknown as RunReport | undefined, (asked) =>
        backend.run({ ...request, cases: asked, code, timeBudget, ...(graph === undefined ? {} : { graph }) }, signal),
      )
      const [first] = results.cases
      return first?.ok === false && results.cases.every((result) => !result.ok)
        ? { ok: false, failure: first.failure }
        : { ok: true, output: results as unknown as Json }
    },
  }
}

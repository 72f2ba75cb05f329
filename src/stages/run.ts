import type { Case } from '../core/evaluation.ts'
import type { Json } from '../core/json.ts'
import type { Driver, EvaluatorBackend, Limits } from '../evaluation/backend.ts'
import type { Stage } from '../pipeline/stage.ts'
import type { ParseOutput } from './parse.ts'

/** What the run stage is set up with. */
export interface RunStageOptions {
  readonly backend: Pick<EvaluatorBackend, 'run'>
  /** Name of the function to call; `undefined` where a program is run as a whole. */
  readonly entry: string | undefined
  readonly cases: readonly Case[]
  readonly limits: Limits
  /** Seed text shared by all candidates, so that the same program draws the same numbers. */
  readonly seed: string
  /** Absent when the evaluator calls the entry once per case. */
  readonly driver: Driver | undefined
}

/** Runs the candidate on every case. Only a candidate that fails on all of them fails here; the rest is for the score. */
export function runStage(options: RunStageOptions): Stage {
  const { backend, ...request } = options
  return {
    name: 'run',
    version: 1,
    needs: ['parse'],
    keep: 'stored',
    run: async (_candidate, inputs, signal) => {
      const { code, graph } = inputs['parse'] as unknown as ParseOutput
      const report = await backend.run({ ...request, code, ...(graph === undefined ? {} : { graph }) }, signal)
      const first = report.cases[0]
      return first !== undefined && !first.ok && report.cases.every((result) => !result.ok)
        ? { ok: false, failure: first.failure }
        : { ok: true, output: report as unknown as Json }
    },
  }
}

import type { Json } from '../core/json.ts'
import type { RunReport } from '../evaluation/backend.ts'
import type { TrustedPool } from '../evaluation/trusted-pool.ts'
import type { Stage } from '../pipeline/stage.ts'

/**
 * Lets the evaluator score what the candidate returned. What it printed joins the artifacts as `console`.
 *
 * @param needs - `run`, or `parse` where nothing is run and the evaluator reads the source.
 */
export function scoreStage(pool: Pick<TrustedPool, 'score'>, needs: 'run' | 'parse'): Stage {
  return {
    name: 'score',
    version: 1,
    needs: [needs],
    keep: 'stored',
    run: async ({ source }, inputs) => {
      const report = needs === 'run' ? (inputs['run'] as unknown as RunReport) : nothingRun
      const outcome = await pool.score(report.cases, source)
      if (!outcome.ok) return outcome
      const { scored } = outcome
      const artifacts = report.console === '' ? scored.artifacts : { ...scored.artifacts, console: report.console }
      // JSON has no `undefined`: an absent feedback must stay absent when the output is read back.
      return { ok: true, output: JSON.parse(JSON.stringify({ ...scored, artifacts })) as Json }
    },
  }
}

const nothingRun: RunReport = { cases: [], console: '' }

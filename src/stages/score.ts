import type { Json } from '../core/json.ts'
import type { RunReport } from '../evaluation/backend.ts'
import type { TrustedPool } from '../evaluation/trusted-pool.ts'
import type { Stage } from '../pipeline/stage.ts'

/** Lets the evaluator score what the candidate returned. What it printed joins the artifacts as `console`. */
export function scoreStage(pool: Pick<TrustedPool, 'score'>): Stage {
  return {
    name: 'score',
    version: 1,
    needs: ['run'],
    keep: 'stored',
    run: async (_candidate, inputs) => {
      const report = inputs['run'] as unknown as RunReport
      const outcome = await pool.score(report.cases)
      if (!outcome.ok) return outcome
      const { scored } = outcome
      const artifacts = report.console === '' ? scored.artifacts : { ...scored.artifacts, console: report.console }
      // JSON has no `undefined`: an absent feedback must stay absent when the output is read back.
      return { ok: true, output: JSON.parse(JSON.stringify({ ...scored, artifacts })) as Json }
    },
  }
}

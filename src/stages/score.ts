import type { Json } from '../core/json.ts'
import type { RunReport } from '../evaluation/backend.ts'
import type { StageKind, StageSetup } from './stage-kind.ts'

/**
 * Lets the evaluator score what the candidate returned, or its source where nothing is run. What it printed joins the
 * artifacts as `console`.
 */
export const score: StageKind = {
  kind: 'score',
  description: 'Lets the evaluator score what the candidate returned, or its source where nothing is run.',
  inputs: { results: { type: 'results', required: true } },
  output: 'scored',
  filter: false,
  resource: undefined,
  conditions: [],
  options: {},
  provides: () => [],
  open: ({ name, timeoutMs }, { pool, evaluatorHash, problem, cases, hash }) => ({
    name,
    version: 1,
    keep: isCheap(problem) ? 'elites' : 'stored',
    identity: hash(JSON.stringify(['score', 1, evaluatorHash, problem.objectives.map((each) => each.name), cases])),
    reuse: 'shared',
    // Where candidates are run, the evaluator sees what they returned and never their text.
    readsSource: problem.evaluation.backend === 'none',
    late: 'evaluator',
    run: async ({ source }, inputs) => {
      const report = (inputs['results'] as unknown as RunReport | undefined) ?? nothingRun
      const outcome = await pool.score(report.cases, source, timeoutMs)
      if (!outcome.ok) return outcome
      const { scored } = outcome
      const artifacts = report.console === '' ? scored.artifacts : { ...scored.artifacts, console: report.console }
      // JSON has no `undefined`: an absent feedback must stay absent when the output is read back.
      return { ok: true, output: JSON.parse(JSON.stringify({ ...scored, artifacts })) as Json }
    },
  }),
}

/**
 * Whether a score is computed again within milliseconds from what is stored anyway, and nothing but `describe` reads it.
 * A command, or an evaluator that reads the source alone, may take hours.
 */
function isCheap({ evaluation, scorer, pipeline }: StageSetup['problem']): boolean {
  const isPlain = pipeline.stages.every(({ kind }, index) => kind === plain[index])
  return evaluation.backend !== 'none' && scorer === undefined && isPlain
}

const plain = ['parse', 'run', 'score', 'describe']

const nothingRun: RunReport = { cases: [], console: '' }

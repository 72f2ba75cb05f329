import { formed, positive, whole } from '../config/fields.ts'
import { InvariantError } from '../core/errors.ts'
import type { Scored } from '../core/evaluation.ts'
import type { Json } from '../core/json.ts'
import { judge, parseCondition } from '../pipeline/condition.ts'
import type { Condition } from '../pipeline/condition.ts'
import type { ParseOutput } from './parse.ts'
import type { StageKind } from './stage-kind.ts'
import { optionsOf } from './stage-kind.ts'

const options = {
  times: whole('Runs of each candidate, each with a seed of its own, 2 to 1000. Default: 5.', 2, 1000).default(5),
  precision: positive(
    'Stop when twice the standard error of every objective is below this share of its mean, above 0. Default: 0.01.',
  ).default(0.01),
  clear: formed(
    'Stop as well when this condition holds, or fails, at both ends of every 95 % interval, for example sum_radii > 2.0.',
    /\S/,
    'a condition over objectives, for example sum_radii > 2.0',
  )
    .refine((text) => parseCondition(text).ok, {
      error: 'must be a condition over objectives, for example value > 2.0',
    })
    .optional(),
}

/** Runs and scores a candidate several times with different seeds; its objectives are the means. */
export const repeat: StageKind<typeof options> = {
  kind: 'repeat',
  description:
    'Runs and scores a candidate with several seeds and takes the means, stopping early when they are clear.',
  inputs: { program: { type: 'program', required: true } },
  output: 'scored',
  filter: false,
  resource: 'cpu',
  conditions: [],
  options,
  provides: () => [],
  open: (declaration, setup) => {
    const { backend, cases, driver, evaluatorHash, hash, helpersHash, libraries, pool, problem, seed } = setup
    const { times, precision, clear } = optionsOf({ options }, declaration)
    const condition = clear === undefined ? undefined : conditionOf(clear)
    const request = { entry: problem.program.entry, cases, limits: problem.limits, driver }
    const setting = [problem.evaluation, request, libraries, evaluatorHash, helpersHash, seed, times, precision, clear]
    return {
      name: declaration.name,
      version: 1,
      keep: 'stored',
      identity: hash(JSON.stringify(['repeat', 1, setting])),
      reuse: 'shared',
      readsSource: false,
      late: 'candidate',
      run: async ({ source }, inputs, { signal }) => {
        const { code, graph } = inputs['program'] as unknown as ParseOutput
        const runs: Scored[] = []
        while (runs.length < times && !(runs.length >= leastRuns && isClear(runs, precision, condition))) {
          const own = {
            code,
            seed: `${String(seed)}/repeat/${String(runs.length)}`,
            ...(graph === undefined ? {} : { graph }),
          }
          const report = await backend.run({ ...request, ...own }, signal)
          const outcome = await pool.score(report.cases, source, declaration.timeoutMs)
          if (!outcome.ok) return outcome
          runs.push(outcome.scored)
        }
        return { ok: true, output: JSON.parse(JSON.stringify(meanOf(runs))) as Json }
      },
    }
  },
}

/** With two values alone an interval says next to nothing. */
const leastRuns = 3

function conditionOf(text: string): Condition {
  const parsed = parseCondition(text)
  if (!parsed.ok) throw new InvariantError(`the condition ${text} passed the config: ${parsed.message}`)
  return parsed.condition
}

/** Two-sided 95 % quantiles of Student's t for 2, 3, ... degrees of freedom; beyond them that of the normal is near. */
const quantiles = [4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228]

interface Interval {
  readonly mean: number
  readonly error: number
  readonly low: number
  readonly high: number
}

function intervalOf(values: readonly number[]): Interval {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, values.length - 1)
  const error = Math.sqrt(variance / values.length)
  const half = (quantiles[values.length - 3] ?? 2.1) * error
  return { mean, error, low: mean - half, high: mean + half }
}

function isClear(runs: readonly Scored[], precision: number, condition: Condition | undefined): boolean {
  const names = Object.keys(runs[0]?.objectives ?? {})
  const intervals = new Map(names.map((name) => [name, intervalOf(runs.map((run) => run.objectives[name] ?? 0))]))
  if ([...intervals.values()].every(({ mean, error }) => 2 * error <= precision * Math.abs(mean))) return true
  if (condition === undefined) return false
  const low = judge(condition, (name) => intervals.get(name)?.low)
  const high = judge(condition, (name) => intervals.get(name)?.high)
  return low.known && high.known && low.holds === high.holds
}

function meanOf(runs: readonly Scored[]): Scored {
  const [first] = runs
  if (first === undefined) throw new InvariantError('a candidate is run at least once')
  const means = (of: (run: Scored) => Readonly<Record<string, number>>): Record<string, number> =>
    Object.fromEntries(
      Object.keys(of(first)).map((name) => [name, intervalOf(runs.map((run) => of(run)[name] ?? 0)).mean]),
    )
  const errors = Object.keys(first.objectives).map(
    (name) => [name, intervalOf(runs.map((run) => run.objectives[name] ?? 0)).error] as const,
  )
  return {
    objectives: means((run) => run.objectives),
    descriptors: means((run) => run.descriptors),
    scores: means((run) => run.scores),
    feedback: first.feedback,
    artifacts: { ...first.artifacts, repeats: runs.length, standard_errors: Object.fromEntries(errors) },
  }
}

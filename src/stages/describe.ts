import type { Axis } from '../core/descriptor.ts'
import { UserError } from '../core/errors.ts'
import type { Scored } from '../core/evaluation.ts'
import type { OutcomeDescriptor } from '../descriptors/descriptor.ts'
import type { RunReport } from '../evaluation/backend.ts'
import type { Stage } from '../pipeline/stage.ts'
import type { ParseOutput } from './parse.ts'

/** What the describe stage is set up with. */
export interface DescribeStageOptions {
  readonly axes: readonly Axis[]
  /** Descriptors of the outcome that axes may name. */
  readonly outcomes: readonly OutcomeDescriptor[]
  /** Names of all built-in descriptors, for the message about one that is not among them. */
  readonly known: readonly string[]
  /** Whether candidates are run, so that there are times. */
  readonly runs: boolean
  readonly problemFile: string
}

/**
 * Gathers one value for every archive axis: from the source, from the run and its score, or from what the evaluator
 * returned.
 *
 * The evaluator's own value wins over a built-in of the same name.
 */
export function describeStage({ axes, outcomes, known, runs, problemFile }: DescribeStageOptions): Stage {
  const wanted = outcomes.filter(({ name }) => axes.some(({ descriptor }) => descriptor === name))
  return {
    name: 'describe',
    version: 1,
    needs: runs && wanted.length > 0 ? ['parse', 'score', 'run'] : ['parse', 'score'],
    keep: 'stored',
    run: (_candidate, inputs) => {
      const parsed = inputs['parse'] as unknown as ParseOutput
      const scored = inputs['score'] as unknown as Scored
      const report = inputs['run'] as unknown as RunReport | undefined
      const { scores, objectives } = scored
      const outcome = { caseMs: report?.cases.map(({ ms }) => ms) ?? [], scores, objectives }
      const measured = Object.fromEntries(wanted.map((each) => [each.name, each.measure(outcome)]))
      const values = { ...parsed.descriptors, ...measured, ...scored.descriptors }
      const described = axes.map(({ descriptor }, index) => {
        const value = values[descriptor]
        if (value === undefined || !Number.isFinite(value)) {
          throw new UserError(
            `descriptor ${descriptor} is neither built in (${known.join(', ')}) ` +
              `nor a finite number that the evaluator returned under descriptors: return it there or change the axis`,
            { file: problemFile, key: `archive.axes[${String(index)}].descriptor` },
          )
        }
        return [descriptor, value] as const
      })
      return Promise.resolve({ ok: true, output: Object.fromEntries(described) })
    },
  }
}

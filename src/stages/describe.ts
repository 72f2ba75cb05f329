import { UserError } from '../core/errors.ts'
import type { Scored } from '../core/evaluation.ts'
import type { RunReport } from '../evaluation/backend.ts'
import type { ParseOutput } from './parse.ts'
import type { StageKind } from './stage-kind.ts'

/**
 * Gathers one value for every archive axis: from the source, from the run and its score, or from what the evaluator
 * returned.
 *
 * The evaluator's own value wins over a built-in of the same name.
 */
export const describe: StageKind = {
  kind: 'describe',
  description: 'Gathers one value for every axis of the archive; the candidate has a place once this has succeeded.',
  inputs: {
    program: { type: 'program', required: true },
    scored: { type: 'scored', required: true },
    results: { type: 'results', required: false },
  },
  output: 'descriptors',
  filter: false,
  resource: undefined,
  conditions: [],
  options: {},
  provides: () => [],
  open: ({ name }, { problem, outcomes, descriptors, hash }) => {
    const { axes } = problem.archive
    const wanted = outcomes.filter((each) => axes.some(({ descriptor }) => descriptor === each.name))
    return {
      name,
      version: 1,
      keep: 'recompute',
      identity: hash(JSON.stringify(['describe', 1, axes])),
      reuse: 'own',
      readsSource: false,
      late: 'evaluator',
      run: (_candidate, inputs) => {
        const parsed = inputs['program'] as unknown as ParseOutput
        const scored = inputs['scored'] as unknown as Scored
        const report = inputs['results'] as unknown as RunReport | undefined
        const { scores, objectives } = scored
        const outcome = { caseMs: report?.cases.map(({ ms }) => ms) ?? [], scores, objectives }
        const measured = Object.fromEntries(wanted.map((each) => [each.name, each.measure(outcome)]))
        const values = { ...parsed.descriptors, ...measured, ...scored.descriptors }
        const described = axes.map(({ descriptor }, index) => {
          const value = values[descriptor]
          if (value === undefined || !Number.isFinite(value)) {
            throw new UserError(
              `descriptor ${descriptor} is neither built in (${descriptors.join(', ')}) ` +
                `nor a finite number that the evaluator returned under descriptors: return it there or change the axis`,
              { file: problem.file, key: `archive.axes[${String(index)}].descriptor` },
            )
          }
          return [descriptor, value] as const
        })
        return Promise.resolve({ ok: true, output: Object.fromEntries(described) })
      },
    }
  },
}

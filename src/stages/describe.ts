import type { Axis } from '../core/descriptor.ts'
import { UserError } from '../core/errors.ts'
import type { Scored } from '../core/evaluation.ts'
import type { Stage } from '../pipeline/stage.ts'
import type { ParseOutput } from './parse.ts'

/**
 * Gathers one value for every archive axis, from the source or from what the evaluator returned.
 *
 * The evaluator's own value wins over a built-in of the same name.
 */
export function describeStage(axes: readonly Axis[], problemFile: string): Stage {
  return {
    name: 'describe',
    version: 1,
    needs: ['parse', 'score'],
    keep: 'stored',
    run: (_candidate, inputs) => {
      const parsed = inputs['parse'] as unknown as ParseOutput
      const scored = inputs['score'] as unknown as Scored
      const known = { ...parsed.descriptors, ...scored.descriptors }
      const values = axes.map(({ descriptor }, index) => {
        const value = known[descriptor]
        if (value === undefined || !Number.isFinite(value)) {
          throw new UserError(
            `descriptor ${descriptor} is neither built in (${Object.keys(parsed.descriptors).join(', ')}) ` +
              `nor a finite number that the evaluator returned under descriptors: return it there or change the axis`,
            { file: problemFile, key: `archive.axes[${String(index)}].descriptor` },
          )
        }
        return [descriptor, value] as const
      })
      return Promise.resolve({ ok: true, output: Object.fromEntries(values) })
    },
  }
}

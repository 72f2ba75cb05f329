import { rungTop, rungWindow } from '../config/schema-rungs.ts'
import type { Scored } from '../core/evaluation.ts'
import { fitnessOf } from '../core/objective.ts'
import { isPromoted, quotaOf } from '../pipeline/promotion.ts'
import type { StageKind } from './stage-kind.ts'
import { optionsOf } from './stage-kind.ts'

const options = { top: rungTop, window: rungWindow }

/**
 * Lets the best share of those that finished a rung go on to the next one.
 *
 * @see {@link isPromoted}
 */
export const promote: StageKind<typeof options> = {
  kind: 'promote',
  description: 'Fails a candidate whose score is not in the top share of those that came as far, before the next rung.',
  inputs: { scored: { type: 'scored', required: true } },
  output: 'nothing',
  filter: true,
  resource: undefined,
  conditions: [],
  options,
  provides: () => [],
  open: (declaration, { problem, hash }) => {
    const { top, window } = optionsOf({ options }, declaration)
    const { name } = declaration
    return {
      name,
      version: 1,
      keep: 'recompute',
      identity: hash(JSON.stringify(['promote', 1, top, window])),
      // It depends on the other candidates, which no key tells.
      reuse: 'never',
      readsSource: false,
      late: 'evaluator',
      run: async ({ ordinal }, inputs, context) => {
        const { objectives } = inputs['scored'] as unknown as Scored
        const fitness = fitnessOf(problem.objectives, objectives)
        const standing = await context.stand(name, ordinal, fitness, { top, window })
        if (isPromoted(standing, top)) return { ok: true, output: null }
        const { ahead, of } = standing
        const quota = String(quotaOf(of, top))
        const message = `not promoted by ${name}: ${String(ahead)} of ${String(of)} stand before it, and ${quota} may go on (top ${String(top)})`
        return { ok: false, failure: { kind: 'gated', message } }
      },
    }
  },
}

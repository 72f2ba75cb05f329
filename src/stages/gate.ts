import { formed } from '../config/fields.ts'
import { judge, parseCondition } from '../pipeline/condition.ts'
import { valuesText } from '../pipeline/schedule.ts'
import { InvariantError } from '../core/errors.ts'
import type { StageKind } from './stage-kind.ts'
import { optionsOf } from './stage-kind.ts'

const options = {
  require: formed(
    'Condition over objectives that a candidate must meet to go on, for example sum_radii > 2.0.',
    /\S/,
    'a condition over objectives, for example sum_radii > 2.0',
  ),
}

/** Ends the trip of a candidate whose scores so far do not meet a condition, before anything expensive. */
export const gate: StageKind<typeof options> = {
  kind: 'gate',
  description: 'Fails a candidate whose scores so far do not meet a condition, before anything expensive.',
  inputs: {},
  output: 'nothing',
  filter: true,
  resource: undefined,
  conditions: ['require'],
  options,
  provides: () => [],
  open: (declaration, { hash }) => {
    const text = optionsOf({ options }, declaration).require
    const parsed = parseCondition(text)
    if (!parsed.ok) throw new InvariantError(`the condition ${text} passed the config: ${parsed.message}`)
    return {
      name: declaration.name,
      version: 1,
      keep: 'recompute',
      identity: hash(JSON.stringify(['gate', 1, text])),
      reuse: 'own',
      readsSource: false,
      late: 'evaluator',
      run: (_candidate, _inputs, { value }) => {
        const judgement = judge(parsed.condition, value)
        if (judgement.known && judgement.holds) return Promise.resolve({ ok: true, output: null })
        if (!judgement.known) return Promise.resolve({ ok: 'skipped', reason: `${judgement.missing} has no value` })
        const message = `${text} does not hold: ${valuesText(judgement.values)}`
        return Promise.resolve({ ok: false, failure: { kind: 'gated', message } })
      },
    }
  },
}

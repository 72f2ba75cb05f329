import { formed } from '../config/fields.ts'
import { judge, namesIn, outlook, parseCondition } from '../pipeline/condition.ts'
import { valuesText } from '../pipeline/schedule.ts'
import { InvariantError } from '../core/errors.ts'
import type { StageDeclaration } from '../pipeline/declaration.ts'
import { review } from './review.ts'
import type { StageKind } from './stage-kind.ts'
import { optionsOf } from './stage-kind.ts'

const options = {
  require: formed(
    'Condition over objectives that a candidate must meet to go on, for example sum_radii > 2.0.',
    /\S/,
    'a condition over objectives, for example sum_radii > 2.0',
  ),
}

/**
 * Ends the trip of a candidate whose scores so far do not meet a condition, before anything expensive.
 *
 * A review may give no grade. What hangs on a grade that is missing is then taken as met: nobody has judged against the
 * candidate.
 */
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
  open: (declaration, { hash, problem }) => {
    const text = optionsOf({ options }, declaration).require
    const parsed = parseCondition(text)
    if (!parsed.ok) throw new InvariantError(`the condition ${text} passed the config: ${parsed.message}`)
    const grades = gradesOf(problem.pipeline.stages)
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
        const names = namesIn(parsed.condition)
        if (!judgement.known) {
          const missing = names.find((name) => value(name) === undefined && !grades.has(name))
          if (missing !== undefined) return Promise.resolve({ ok: 'skipped', reason: `${missing} has no value` })
          if (outlook(parsed.condition, value) !== false) return Promise.resolve({ ok: true, output: null })
        }
        const known = names.flatMap((name) => {
          const number = value(name)
          return number === undefined ? [] : [[name, number] as const]
        })
        const message = `${text} does not hold: ${valuesText(Object.fromEntries(known))}`
        return Promise.resolve({ ok: false, failure: { kind: 'gated', message } })
      },
    }
  },
}

/** The names under which conditions know what reviews give. */
function gradesOf(stages: readonly StageDeclaration[]): ReadonlySet<string> {
  const names = stages
    .filter(({ kind }) => kind === review.kind)
    .flatMap(({ name, options: given }) => review.provides(given).flatMap((grade) => [grade, `${name}.${grade}`]))
  return new Set(names)
}

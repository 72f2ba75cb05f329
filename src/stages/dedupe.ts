import { oneOf } from '../config/fields.ts'
import { UserError } from '../core/errors.ts'
import type { RunReport } from '../evaluation/backend.ts'
import { normalisedSource } from '../syntax/normalise.ts'
import type { StageKind } from './stage-kind.ts'
import { optionsOf } from './stage-kind.ts'

const options = {
  by: oneOf(
    'source: equal but for comments, white space and the names of what it declares. behaviour: equal results of the run before. Default: source.',
    ['source', 'behaviour'],
  ).default('source'),
}

/** Refuses a candidate that is, or behaves like, an earlier one of the run. */
export const dedupe: StageKind<typeof options> = {
  kind: 'dedupe',
  description: 'Refuses a candidate that is an earlier one in other words, or behaves like it on the inputs of a run.',
  inputs: { results: { type: 'results', required: false } },
  output: 'nothing',
  filter: true,
  resource: undefined,
  conditions: [],
  options,
  provides: () => [],
  open: (declaration, { hash, problem }) => {
    const { by } = optionsOf({ options }, declaration)
    const { name } = declaration
    return {
      name,
      version: 1,
      keep: 'recompute',
      identity: hash(JSON.stringify(['dedupe', 1, by])),
      reuse: 'own',
      readsSource: true,
      late: 'evaluator',
      run: ({ source, ordinal }, inputs, context) => {
        const report = inputs['results'] as unknown as RunReport | undefined
        if (by === 'behaviour' && report === undefined) {
          const message = `stage ${name} compares behaviour, but no run is listed before it: add one on probe inputs`
          throw new UserError(message, { file: problem.file, key: 'pipeline.stages' })
        }
        const text = by === 'source' ? normalisedSource(source) : behaviourText(report)
        const of = context.claim(`${name} ${by}`, hash(text), ordinal)
        if (of === ordinal) return Promise.resolve({ ok: true, output: null })
        const message =
          by === 'source' ? 'only names, comments or white space differ' : 'it returns the same on every input'
        return Promise.resolve({ ok: false, failure: { kind: 'duplicate', message, of } })
      },
    }
  },
}

/** What the candidate returned, without the time that it took. */
function behaviourText(report: RunReport | undefined): string {
  return JSON.stringify(report?.cases.map((each) => (each.ok ? [each.id, each.value] : [each.id, each.failure.kind])))
}

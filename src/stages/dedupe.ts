import { oneOf } from '../config/fields.ts'
import type { CandidateFailure, DuplicateCheck } from '../core/failure.ts'
import type { Departure } from '../core/rejection.ts'
import type { RunReport } from '../evaluation/backend.ts'
import { auditOption, refuse } from './audit.ts'
import type { StageKind } from './stage-kind.ts'
import { optionsOf } from './stage-kind.ts'

const options = {
  by: oneOf(
    'source: equal but for comments, white space and the names of what it declares. lineage: the same, but only to an ancestor of its own. behaviour: equal results of the run before. Default: source.',
    ['source', 'lineage', 'behaviour'],
  ).default('source'),
  audit: auditOption,
}

/** Refuses a candidate that is, or behaves like, an earlier one of the run. */
export const dedupe: StageKind<typeof options> = {
  kind: 'dedupe',
  description: 'Refuses a candidate that is an earlier one in other words, or behaves like it on the inputs of a run.',
  inputs: { results: { type: 'results', required: true } },
  inputsOf: ({ by }) => (by === 'behaviour' ? dedupe.inputs : {}),
  output: 'nothing',
  filter: true,
  resource: undefined,
  conditions: [],
  options,
  provides: () => [],
  open: (declaration, { hash, pool, seed }) => {
    const { by, audit } = optionsOf({ options }, declaration)
    const { name } = declaration
    return {
      name,
      version: 2,
      keep: 'recompute',
      identity: hash(JSON.stringify(['dedupe', 2, by, audit])),
      reuse: 'own',
      readsSource: true,
      late: 'evaluator',
      run: async ({ source, ordinal }, inputs, context) => {
        const report = inputs['results'] as unknown as RunReport | undefined
        const fingerprint = report === undefined ? await pool.fingerprint(source) : hash(behaviourText(report))
        const scope = by === 'behaviour' ? `${name} behaviour` : sourceScope
        const twin = context.claim(scope, fingerprint, ordinal, by === 'lineage' ? 'ancestors' : 'committed')
        if (twin === undefined) return { ok: true, output: null }
        return refuse(context, seed, audit, { ordinal, stage: name, check: by, twin }, () =>
          duplicateOf(twin, by, context.departure(twin, ordinal)),
        )
      },
    }
  },
}

/** Fingerprints of sources are the same for every stage; another way to normalise them needs another name. */
const sourceScope = 'source 2'

const sameness: Readonly<Record<Exclude<DuplicateCheck, 'embedding'>, string>> = {
  source: 'only names, comments or white space differ',
  lineage: 'only names, comments or white space differ',
  behaviour: 'it returns the same on every input',
}

function duplicateOf(of: number, check: keyof typeof sameness, departure: Departure | undefined): CandidateFailure {
  return { kind: 'duplicate', message: `${sameness[check]}${departureText(of, departure)}`, of, check }
}

function departureText(of: number, departure: Departure | undefined): string {
  if (departure === undefined) return ''
  const { by, gain } = departure
  const change = gain === undefined || gain === 0 ? 'brought nothing' : gain > 0 ? 'gained' : 'lost'
  const amount = gain === undefined || gain === 0 ? '' : ` ${String(Number(Math.abs(gain).toPrecision(6)))}`
  return `; program ${String(of)} is an ancestor, and program ${String(by)}, which changed it, ${change}${amount}`
}

/** What the candidate returned, without the time that it took. */
function behaviourText({ cases }: RunReport): string {
  return JSON.stringify(cases.map((each) => (each.ok ? [each.id, each.value] : [each.id, each.failure.kind])))
}

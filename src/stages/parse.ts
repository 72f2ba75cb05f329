import type { Json } from '../core/json.ts'
import type { ModuleGraph } from '../evaluation/backend.ts'
import type { StageKind } from './stage-kind.ts'

/** What the parse stage hands on. */
export interface ParseOutput {
  /** What is run. */
  readonly code: string
  readonly graph?: ModuleGraph
  readonly descriptors: Readonly<Record<string, number>>
}

/** Checks the syntax, strips types and measures the source. */
export const parse: StageKind = {
  kind: 'parse',
  description: 'Checks the syntax where the language is known, strips types and measures the source.',
  inputs: {},
  output: 'program',
  filter: false,
  resource: undefined,
  conditions: [],
  options: {},
  provides: () => [],
  open: ({ name }, { pool, problem, hash }) => ({
    name,
    version: 1,
    keep: 'recompute',
    identity: hash(JSON.stringify(['parse', 1, problem.program.language, problem.program.entry])),
    reuse: 'own',
    readsSource: true,
    late: 'evaluator',
    run: async (candidate) => {
      const outcome = await pool.parse(candidate.source)
      return outcome.ok ? { ok: true, output: outcome.parsed satisfies ParseOutput as unknown as Json } : outcome
    },
  }),
}

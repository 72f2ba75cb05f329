import type { Json } from '../core/json.ts'
import type { ModuleGraph } from '../evaluation/backend.ts'
import type { TrustedPool } from '../evaluation/trusted-pool.ts'
import type { Stage } from '../pipeline/stage.ts'

/** What the parse stage hands on. */
export interface ParseOutput {
  /** What is run. */
  readonly code: string
  readonly graph?: ModuleGraph
  readonly descriptors: Readonly<Record<string, number>>
}

/** Checks the syntax, strips types and measures the source. */
export function parseStage(pool: Pick<TrustedPool, 'parse'>): Stage {
  return {
    name: 'parse',
    version: 1,
    needs: [],
    keep: 'recompute',
    run: async (candidate) => {
      const outcome = await pool.parse(candidate.source)
      return outcome.ok ? { ok: true, output: outcome.parsed satisfies ParseOutput as unknown as Json } : outcome
    },
  }
}

import { InvariantError } from '../core/errors.ts'
import type { EvaluatorBackend } from './backend.ts'

/** The backend of problems whose programs are data: it never runs anything, and says so. */
export function createSourceOnlyBackend(): EvaluatorBackend {
  return {
    name: 'none',
    protections: () =>
      Promise.resolve([{ name: 'nothing is run', active: true, detail: 'the evaluator reads the source as a text' }]),
    run: () => Promise.reject(new InvariantError('a problem without a run stage was run')),
    close: () => Promise.resolve(),
  }
}

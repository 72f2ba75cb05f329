import { UserError, UserErrors } from '../core/errors.ts'
import { describeFailure } from '../core/failure.ts'
import type { Library } from '../core/library.ts'
import type { EvaluatorBackend, Limits } from './backend.ts'

/**
 * Imports each library once where candidates run.
 *
 * @throws {@link UserError} or {@link UserErrors} for libraries that cannot be loaded there, because they need a clock,
 * a global of Node or more than a candidate's limits.
 */
export async function refuseUnloadable(
  backend: Pick<EvaluatorBackend, 'run'>,
  libraries: readonly Library[],
  problem: { readonly file: string; readonly limits: Limits },
): Promise<void> {
  const trials = libraries.map(async ({ name }, index): Promise<readonly UserError[]> => {
    const code = `import ${JSON.stringify(name)}; export const trial = () => true`
    const cases = [{ id: 'import', args: [] }]
    const { signal } = new AbortController()
    const report = await backend.run({ code, entry: 'trial', cases, limits: problem.limits, seed: 'trial' }, signal)
    const [result] = report.cases
    if (result === undefined || result.ok) return []
    const why = `${describeFailure(result.failure)}: choose one that needs neither Node nor a clock`
    const place = { file: problem.file, key: `program.imports[${String(index)}]` }
    return [new UserError(`the library ${name} cannot be loaded by a candidate, ${why}`, place)]
  })
  const errors = (await Promise.all(trials)).flat()
  const [first, ...rest] = errors
  if (first !== undefined) throw rest.length === 0 ? first : new UserErrors(errors)
}

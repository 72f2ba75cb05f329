import type { Evaluating } from '../compose/evaluating.ts'
import { textHash } from '../compose/hashes.ts'
import type { Problem } from '../config/problem.ts'
import { systemClock } from '../core/system-clock.ts'
import type { RunIdentity } from '../store/run-store.ts'
import { packageVersion } from './version.ts'

/** What a run that begins now is. */
export function newIdentity(
  run: { readonly name: string; readonly seed: number; readonly problem: Problem; readonly effective: string },
  evaluating: Evaluating,
): RunIdentity {
  const { name, seed, problem, effective } = run
  const [objective] = problem.objectives
  return {
    name,
    seed,
    createdAt: systemClock.now(),
    version: packageVersion(),
    problemFile: problem.file,
    config: effective,
    evaluatorHash: evaluating.evaluatorHash,
    programHash: textHash(problem.program.source),
    libraries: evaluating.libraries,
    contract: evaluating.contract,
    reproducible: problem.timeBudgetMs === undefined,
    objective: { name: objective?.name ?? '', direction: objective?.direction ?? 'maximize' },
  }
}

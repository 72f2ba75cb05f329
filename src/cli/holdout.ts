import { InvariantError, UserError } from '../core/errors.ts'
import { holdoutText } from '../report/holdout-text.ts'
import { jsonText } from '../report/json-text.ts'
import { printableLine } from '../report/printable.ts'
import { resolveRun } from '../store/runs-folder.ts'
import { openSqliteRun } from '../store/sqlite/run-store.ts'
import { withEvaluating } from './carry-out.ts'
import { exitCodes } from './exit.ts'
import type { Io } from './io.ts'
import { refuseChanges, storedProblem } from './stored-problem.ts'
import { scoreOnHoldout } from './score-holdout.ts'

/** The flags of `evolve holdout`. */
export interface HoldoutFlags {
  readonly problem?: string
  readonly json?: boolean
  readonly runsDir: string
}

/** `evolve holdout <run>`: scores a run's first and best programs on the inputs that its search never saw. */
export async function holdoutVerb(io: Io, run: string, flags: HoldoutFlags): Promise<number> {
  const dir = resolveRun(flags.runsDir, run)
  const store = openSqliteRun(dir)
  try {
    const { problem } = storedProblem(store.identity, dir, { moved: flags.problem, env: io.env })
    if (problem.holdout === undefined) {
      const message = 'the problem keeps no inputs back: add `holdout: {}` and score the run again with evolve rescore'
      throw new UserError(message, { file: problem.file, key: 'holdout' })
    }
    return await withEvaluating(problem, store.identity.seed, async (evaluating) => {
      refuseChanges(problem, store.identity, evaluating)
      const scored = await scoreOnHoldout(io, problem, store, evaluating)
      if (scored === undefined) return exitCodes.interrupted
      const [objective] = problem.objectives
      if (objective === undefined) throw new InvariantError('a problem has at least one objective')
      if (flags.json === true) io.out.write(`${jsonText(scored)}\n`)
      else
        io.out.write(
          scored.best.map((best) => `${printableLine(holdoutText(objective, scored.first, best))}\n`).join(''),
        )
      return exitCodes.done
    })
  } finally {
    store.close()
  }
}

import { randomUUID } from 'node:crypto'
import type { Evaluating } from '../compose/evaluating.ts'
import type { Problem } from '../config/problem.ts'
import { UserErrors } from '../core/errors.ts'
import { systemClock } from '../core/system-clock.ts'
import { noteOrder } from '../run/steering.ts'
import type { Settings } from '../run/steering.ts'
import type { RunStore } from '../store/run-store.ts'
import { latestRun, resolveRun } from '../store/runs-folder.ts'
import { openSqliteRun } from '../store/sqlite/run-store.ts'
import { carryOut, withEvaluating } from './carry-out.ts'
import type { Io } from './io.ts'
import { overridesOf } from './problem-flags.ts'
import type { ProblemFlags } from './problem-flags.ts'
import { changesOf, storedProblem } from './stored-problem.ts'

/** The flags of `evolve resume`. */
export interface ResumeFlags extends ProblemFlags {
  /** Where the problem file is now, should it have moved. */
  readonly problem?: string
  readonly acceptChanges?: boolean
  readonly cache?: boolean
  readonly json?: boolean
  readonly runsDir: string
}

/** `evolve resume [run]`: goes on with a run where it stopped; without a name, with the latest one. */
export async function resumeVerb(io: Io, run: string | undefined, flags: ResumeFlags): Promise<number> {
  const dir = run === undefined ? latestRun(flags.runsDir) : resolveRun(flags.runsDir, run)
  const store = openSqliteRun(dir)
  try {
    const { problem } = storedProblem(store.identity, dir, {
      moved: flags.problem,
      env: io.env,
      overrides: overridesOf(flags),
    })
    return await withEvaluating(problem, store.identity.seed, async (evaluating) => {
      acceptChanges(problem, store, evaluating, flags.acceptChanges === true)
      // The stored budget counts, with what this command line adds to it.
      store.setBudget(budgetOf(problem, store, flags))
      const settings = settingsIn(problem, flags)
      if (Object.keys(settings).length > 0) {
        const parts = { store, clock: systemClock, steering: { log: [] } }
        noteOrder(parts, { id: randomUUID(), kind: 'set', settings })
      }
      return carryOut(io, { problem, store, evaluating, dir, json: flags.json === true, cache: flags.cache })
    })
  } finally {
    store.close()
  }
}

/** What the command line says beside the budget counts from now on, whatever was set before. */
function settingsIn({ search, goals }: Problem, flags: ResumeFlags): Settings {
  return {
    ...(flags.concurrency === undefined ? {} : { concurrency: search.concurrency }),
    ...(flags.target === undefined ? {} : { target: goals.target }),
    ...(flags.patience === undefined ? {} : { patience: goals.patience }),
  }
}

function budgetOf(problem: Problem, store: RunStore, flags: ResumeFlags) {
  const stored = store.budget()
  return {
    candidates: flags.candidates === undefined ? stored.candidates : problem.budget.candidates,
    usd: flags.usd === undefined ? stored.usd : problem.budget.usd,
    tokens: flags.tokens === undefined ? stored.tokens : problem.budget.tokens,
    wallMs: flags.wall === undefined ? stored.wallMs : problem.budget.wallMs,
  }
}

/** Scores from two evaluators cannot be compared, nor can programs that grew around different fixed code. */
function acceptChanges(problem: Problem, store: RunStore, now: Evaluating, accept: boolean): void {
  const remedy =
    'put it back, start a new run, score the run again with `npx evolve rescore`, or resume with --accept-changes to keep the old scores beside the new'
  const errors = changesOf(problem, store.identity, now, remedy)
  if (errors.length === 0) return
  if (!accept) throw new UserErrors(errors)
  store.event('changes-accepted', { changed: errors.map((error) => error.message) }, systemClock.now())
}

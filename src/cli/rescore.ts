import path from 'node:path'
import { knownNames } from '../compose/names.ts'
import { rescoreRun } from '../compose/rescore-run.ts'
import { textHash } from '../compose/hashes.ts'
import { loadProblem, loadProblemFromText } from '../config/load.ts'
import type { Problem } from '../config/problem.ts'
import { rescoredConfig } from '../config/rescored.ts'
import { UserError } from '../core/errors.ts'
import { rawOf } from '../core/objective.ts'
import { systemClock } from '../core/system-clock.ts'
import { jsonText } from '../report/json-text.ts'
import { countText, scoreText } from '../report/numbers.ts'
import type { RescoreSummary } from '../run/rescore.ts'
import { resolveRun, writeBest } from '../store/runs-folder.ts'
import { openSqliteRun } from '../store/sqlite/run-store.ts'
import type { SqliteRunStore } from '../store/sqlite/owned-run.ts'
import { withEvaluating } from './carry-out.ts'
import { exitCodes } from './exit.ts'
import type { Io } from './io.ts'

/** The flags of `evolve rescore`. */
export interface RescoreFlags {
  /** Where the problem file is now, should it have moved. */
  readonly problem?: string
  /** `false` is `--no-cache`: every stage is computed again. */
  readonly cache?: boolean
  readonly json?: boolean
  readonly runsDir: string
}

/**
 * `evolve rescore <run>`: scores a run's programs by the evaluator and pipeline as they are now, computing only what they
 * change; the old scores stay beside the new. The run can then be resumed.
 */
export async function rescoreVerb(io: Io, run: string, flags: RescoreFlags): Promise<number> {
  const dir = resolveRun(flags.runsDir, run)
  const store = openSqliteRun(dir)
  const stop = new AbortController()
  const unregister = io.onInterrupt(() => stop.abort())
  try {
    const { problem, config } = judgedNow(io, store, flags)
    return await withEvaluating(problem, store.identity.seed, async (evaluating) => {
      let told = 0
      const progress = (done: number, of: number): void => {
        const now = systemClock.now()
        if (flags.json === true || now - told < 1000) return
        told = now
        io.out.write(`${countText(done)} of ${countText(of)} programs\n`)
      }
      const { evaluatorHash } = evaluating
      const summary = await rescoreRun({
        ...{ problem, store, evaluating, progress, clock: systemClock, signal: stop.signal },
        identity: { evaluatorHash, config },
        cache: flags.cache !== false,
      }).catch((error: unknown) => {
        if (stop.signal.aborted) return undefined
        throw error
      })
      if (summary === undefined) {
        io.out.write(`stopped; the run is what it was, and evolve rescore ${run} goes on from what is computed\n`)
        return exitCodes.interrupted
      }
      const { best } = summary
      if (best !== undefined) writeBest(dir, path.extname(problem.program.file), store.program(best.ordinal).source)
      io.out.write(flags.json === true ? `${jsonText(summary)}\n` : `${textOf(run, problem, summary)}\n`)
      return exitCodes.done
    })
  } finally {
    unregister()
    store.close()
  }
}

function judgedNow(io: Io, store: SqliteRunStore, flags: RescoreFlags) {
  const file = flags.problem ?? store.identity.problemFile
  const current = loadProblem(file, { env: io.env, known: knownNames })
  const config = rescoredConfig(store.identity.config, current.effective)
  const { problem } = loadProblemFromText(config, { file, env: io.env, known: knownNames })
  const [objective] = problem.objectives
  const { name, direction } = store.identity.objective
  if (objective?.name !== name || objective.direction !== direction) {
    throw new UserError(
      `the first objective of this run is ${name}, to ${direction}: put it back first, or start a new run`,
      { file, key: 'objectives[0]' },
    )
  }
  if (textHash(problem.program.source) !== store.identity.programHash) {
    throw new UserError('the first program has changed since the run began: put it back, or start a new run', {
      file: problem.program.file,
    })
  }
  return { problem, config }
}

function textOf(run: string, problem: Problem, summary: RescoreSummary): string {
  const { programs, ran, reused, changed, gained, lost, before, best, pass } = summary
  const raw = (fitness: number | undefined) => (fitness === undefined ? undefined : rawOf(problem.objectives, fitness))
  const stages = Object.entries(ran).map(([stage, count]) => `${stage} ${countText(count)}`)
  return [
    `${run}: ${countText(programs)} programs scored again (pass ${String(pass)})`,
    `  computed     ${stages.length === 0 ? 'nothing' : stages.join(', ')}`,
    `  taken over   ${countText(reused)} results that nothing had changed`,
    `  scores       ${countText(changed)} changed, ${countText(gained)} new, ${countText(lost)} gone`,
    `  best         ${scoreText(raw(before))} before, ${scoreText(raw(best?.fitness))} now${best === undefined ? '' : ` (program ${String(best.ordinal)})`}`,
    `  old and new  npx evolve sql ${run} "select ordinal, pass, value, failure_kind from scorings order by 1, 2"`,
  ].join('\n')
}

import { listRuns } from '../store/runs-folder.ts'
import { openReadOnly } from '../store/sqlite/read-only.ts'
import type { Io } from './io.ts'
import { writeTable } from './sql.ts'

/** `evolve runs`: lists the runs of a folder, the latest first. */
export function runsVerb(
  io: Io,
  flags: { readonly json?: boolean; readonly csv?: boolean; readonly runsDir: string },
): number {
  const runs = listRuns(flags.runsDir, openReadOnly)
  if (runs.length === 0 && flags.json !== true && flags.csv !== true) {
    io.out.write(`no runs in ${flags.runsDir}: npx evolve problems/circle-packing.yaml starts one\n`)
    return 0
  }
  const rows = runs.map((run) => [
    run.name,
    run.state,
    run.finished,
    run.candidates,
    run.best,
    run.tokens,
    run.usd,
    new Date(run.createdAt).toISOString(),
  ])
  writeTable(io, ['run', 'state', 'candidates', 'asked', 'best', 'tokens', 'usd', 'created'], rows, flags)
  return 0
}

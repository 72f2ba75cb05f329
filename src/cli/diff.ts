import { paintDiff, unifiedDiff } from '../report/diff-view.ts'
import { wantsColor } from '../report/output.ts'
import type { Io } from './io.ts'
import { programOf, sourceOf, withRun } from './named-program.ts'

/** `evolve diff <run> <a> <b>`: how one program of a run differs from another, as `patch` reads it. */
export function diffVerb(
  io: Io,
  run: string,
  before: string,
  after: string,
  flags: { readonly context?: number; readonly runsDir: string },
): number {
  withRun(flags.runsDir, run, (reader) => {
    const [old, fresh] = [programOf(reader, run, before), programOf(reader, run, after)]
    const difference = unifiedDiff(sourceOf(reader, run, old), sourceOf(reader, run, fresh), {
      before: `program ${String(old)}`,
      after: `program ${String(fresh)}`,
      context: flags.context,
    })
    // A pipe gets what patch reads, byte for byte; a terminal must not obey what a candidate wrote.
    const toTerminal = io.out.isTTY === true || wantsColor(io.out, io.env)
    io.out.write(toTerminal ? paintDiff(difference, wantsColor(io.out, io.env)) : difference)
  })
  return 0
}

import { jsonText } from '../report/json-text.ts'
import { paintDiff, unifiedDiff } from '../report/diff-view.ts'
import { wantsColor } from '../report/output.ts'
import { printable } from '../report/printable.ts'
import { UserError } from '../core/errors.ts'
import { resolveRun } from '../store/runs-folder.ts'
import { openReadOnly } from '../store/sqlite/read-only.ts'
import type { Io } from './io.ts'

/** `evolve best <run>`: prints the best program so far, or how it differs from the first one. */
export function bestVerb(
  io: Io,
  run: string,
  flags: { readonly diff?: boolean; readonly json?: boolean; readonly runsDir: string },
): number {
  const reader = openReadOnly(resolveRun(flags.runsDir, run))
  try {
    const best = reader.query(`
      SELECT programs.ordinal, programs.value, sources.text FROM best_so_far
      JOIN programs USING (ordinal) JOIN sources ON sources.id = programs.source_id
      ORDER BY best_so_far.seq DESC LIMIT 1`).rows[0]
    if (best === undefined) throw new UserError(`run ${run} has no program with a score yet`)
    const [ordinal, value, source] = best
    if (flags.json === true) {
      io.out.write(`${jsonText({ ordinal, value, source })}\n`)
    } else if (flags.diff === true) {
      const first = reader.query(`
        SELECT sources.text FROM programs JOIN sources ON sources.id = programs.source_id WHERE ordinal = 0`)
        .rows[0]?.[0]
      const labels = { before: 'program 0', after: `program ${String(ordinal)}` }
      io.out.write(paintDiff(unifiedDiff(String(first), String(source), labels), wantsColor(io.out, io.env)))
    } else {
      // A pipe gets the file as it is; a terminal must not obey what a candidate wrote.
      io.out.write(io.out.isTTY === true ? printable(String(source)) : String(source))
    }
  } finally {
    reader.close()
  }
  return 0
}

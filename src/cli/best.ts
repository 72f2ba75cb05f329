import { highlighted } from '../report/highlight.ts'
import { jsonText } from '../report/json-text.ts'
import { paintDiff, unifiedDiff } from '../report/diff-view.ts'
import { wantsColor } from '../report/output.ts'
import type { Io } from './io.ts'
import { extensionOf, programOf, sourceOf, withRun } from './named-program.ts'

/** `evolve best <run>`: prints the best program so far, or how it differs from the first one. */
export function bestVerb(
  io: Io,
  run: string,
  flags: { readonly diff?: boolean; readonly json?: boolean; readonly runsDir: string },
): number {
  withRun(flags.runsDir, run, (reader) => {
    const ordinal = programOf(reader, run, 'best')
    const source = sourceOf(reader, run, ordinal)
    if (flags.json === true) {
      io.out.write(`${jsonText({ ordinal, value: reader.best()?.value, source })}\n`)
    } else if (flags.diff === true) {
      const labels = { before: 'program 0', after: `program ${String(ordinal)}` }
      io.out.write(paintDiff(unifiedDiff(sourceOf(reader, run, 0), source, labels), wantsColor(io.out, io.env)))
    } else {
      // A pipe gets the file as it is; a terminal must not obey what a candidate wrote.
      io.out.write(
        io.out.isTTY === true ? highlighted(source, extensionOf(reader), wantsColor(io.out, io.env)) : source,
      )
    }
  })
  return 0
}

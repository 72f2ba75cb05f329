import path from 'node:path'
import { parse } from 'yaml'
import { UserError } from '../core/errors.ts'
import { askRow } from '../store/ask-rows.ts'
import type { RunReader } from '../store/run-reader.ts'
import { resolveRun } from '../store/runs-folder.ts'
import { openReadOnly } from '../store/sqlite/read-only.ts'

/** Opens a run by the name a user gave, lets `use` ask it, and closes it. */
export function withRun<T>(runsDir: string, run: string, use: (reader: RunReader, dir: string) => T): T {
  const dir = resolveRun(runsDir, run)
  const reader = openReadOnly(dir)
  try {
    return use(reader, dir)
  } finally {
    reader.close()
  }
}

/**
 * The ordinal of the program that a user means: a number, or `best`.
 *
 * @throws UserError when the run has no such program.
 */
export function programOf(reader: RunReader, run: string, text: string): number {
  if (text === 'best') {
    const best = reader.best()
    if (best === undefined) throw new UserError(`run ${run} has no program with a score yet`)
    return best.ordinal
  }
  if (!/^\d+$/.test(text)) throw new UserError(`a program is named by its number in the run, or best, not by ${text}`)
  const ordinal = Number(text)
  if (reader.candidate(ordinal) === undefined) {
    const last = askRow(reader, 'SELECT max(ordinal) AS last FROM programs')?.['last']
    throw new UserError(`run ${run} has no program ${text}: they go from 0 to ${String(last)}`)
  }
  return ordinal
}

/**
 * The source of a program that a user named.
 *
 * @throws UserError when it never had one.
 */
export function sourceOf(reader: RunReader, run: string, ordinal: number): string {
  const text = askRow(
    reader,
    'SELECT text FROM programs JOIN sources ON sources.id = programs.source_id WHERE ordinal = ?',
    [ordinal],
  )?.['text']
  if (typeof text === 'string') return text
  const failure = reader.candidate(ordinal)?.failure
  const reason = failure === undefined ? 'it is still on its way' : `it ended as ${failure.kind}`
  throw new UserError(`program ${String(ordinal)} of run ${run} has no source: ${reason}`)
}

/** Ending of the first program's file, without the dot. */
export function extensionOf(reader: RunReader): string {
  const config = parse(reader.identity.config) as { program?: { file?: unknown } } | null
  const file = config?.program?.file
  return typeof file === 'string' ? path.extname(file).slice(1) : ''
}

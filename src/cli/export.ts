import { closeSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { InfrastructureError, messageOf, UserError } from '../core/errors.ts'
import { csvLine } from '../report/csv.ts'
import { jsonText } from '../report/json-text.ts'
import { countText } from '../report/numbers.ts'
import { exportedColumns, exportedRows, exportedTables, structuredRow } from '../store/exported-rows.ts'
import type { ExportedTable } from '../store/exported-rows.ts'
import type { RunReader } from '../store/run-reader.ts'
import { resolveRun } from '../store/runs-folder.ts'
import { openReadOnly } from '../store/sqlite/read-only.ts'
import type { Io } from './io.ts'
import { exportFolder } from './export-folder.ts'
import { programOf, withRun } from './named-program.ts'
import { rlGroups } from './rl-export.ts'
import type { GroupedBy } from './rl-export.ts'

/** Formats that `evolve export` writes. */
export const exportFormats = ['jsonl', 'csv', 'rl', 'folder'] as const

/** Flags of `evolve export`. */
export interface ExportFlags {
  readonly format: (typeof exportFormats)[number]
  /** For `csv`: which table. */
  readonly table?: ExportedTable
  /** For `rl`: what the completions of a group share. */
  readonly groupBy?: GroupedBy
  /** For `folder`: which program; `best` unless given. */
  readonly program?: string
  /** File to write instead of the standard output; for `folder` the folder, `<run>-<program>` unless given. */
  readonly out?: string
  readonly runsDir: string
}

/**
 * `evolve export <run> --format jsonl|csv|rl|folder`: programs, transitions and calls for other tools, row by row, or one
 * program with all that scores it.
 */
export async function exportVerb(io: Io, run: string, flags: ExportFlags): Promise<number> {
  if (flags.table !== undefined && flags.format !== 'csv') {
    throw new UserError(`--table goes with --format csv: ${flags.format} holds everything`)
  }
  if (flags.groupBy !== undefined && flags.format !== 'rl') throw new UserError('--group-by goes with --format rl')
  if (flags.program !== undefined && flags.format !== 'folder')
    throw new UserError('--program goes with --format folder')
  if (flags.format === 'folder') {
    const reader = openReadOnly(resolveRun(flags.runsDir, run))
    try {
      const ordinal = programOf(reader, run, flags.program ?? 'best')
      await exportFolder(io, reader, ordinal, flags.out ?? `${reader.identity.name}-${String(ordinal)}`)
    } finally {
      reader.close()
    }
    return 0
  }
  const { format } = flags
  withRun(flags.runsDir, run, (reader) => {
    const pieces = piecesOf(reader, { ...flags, format })
    if (flags.out === undefined) {
      for (const piece of pieces) io.out.write(piece)
      return
    }
    const count = writtenTo(flags.out, pieces)
    io.err.write(`${flags.out}: ${countText(count)} lines\n`)
  })
  return 0
}

function* piecesOf(
  reader: RunReader,
  flags: ExportFlags & { readonly format: Exclude<ExportFlags['format'], 'folder'> },
): Generator<string> {
  switch (flags.format) {
    case 'jsonl': {
      const { identity } = reader
      yield `${jsonText({ type: 'run', ...identity, measures: reader.measures() }, 0)}\n`
      for (const table of exportedTables) {
        const type = table.slice(0, -1)
        for (const row of exportedRows(reader, table)) yield `${jsonText({ type, ...structuredRow(row) }, 0)}\n`
      }
      return
    }
    case 'csv': {
      const table = flags.table ?? 'programs'
      yield csvLine(exportedColumns(reader, table))
      for (const row of exportedRows(reader, table)) yield csvLine(Object.values(row))
      return
    }
    case 'rl':
      for (const group of rlGroups(reader, flags.groupBy ?? 'prompt')) yield `${jsonText(group, 0)}\n`
  }
}

/** Writes the pieces under another name first: a file of that name is always whole. Returns how many there were. */
function writtenTo(file: string, pieces: Iterable<string>): number {
  const unfinished = `${file}.${String(process.pid)}.part`
  let count = 0
  try {
    const out = openSync(unfinished, 'w')
    try {
      for (const piece of pieces) {
        writeSync(out, piece)
        count++
      }
    } finally {
      closeSync(out)
    }
    renameSync(unfinished, file)
  } catch (error) {
    rmSync(unfinished, { force: true })
    if (error instanceof Error && 'syscall' in error) {
      throw new InfrastructureError(`cannot write ${file}: ${messageOf(error)}`, { cause: error })
    }
    throw error
  }
  return count
}

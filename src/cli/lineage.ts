import { UserError } from '../core/errors.ts'
import { jsonText } from '../report/json-text.ts'
import { descentDot, descentText } from '../report/lineage-text.ts'
import type { Descent, Kin } from '../report/lineage-text.ts'
import { askRow, askRows } from '../store/ask-rows.ts'
import type { Row } from '../store/ask-rows.ts'
import type { RunReader } from '../store/run-reader.ts'
import type { Io } from './io.ts'
import { programOf, withRun } from './named-program.ts'

/** Flags of `evolve lineage`. */
export interface LineageFlags {
  readonly dot?: boolean
  readonly json?: boolean
  /** The most descendants to list. */
  readonly limit: number
  readonly runsDir: string
}

/** `evolve lineage <run> <program>`: the way from the first program to this one with deltas, and what came of it. */
export function lineageVerb(io: Io, run: string, program: string, flags: LineageFlags): number {
  if (flags.dot === true && flags.json === true) throw new UserError('choose one of --dot and --json')
  withRun(flags.runsDir, run, (reader) => {
    const descent = descentOf(reader, programOf(reader, run, program), flags.limit)
    if (flags.json === true) io.out.write(`${jsonText(descent)}\n`)
    else io.out.write(flags.dot === true ? descentDot(descent) : descentText(descent))
  })
  return 0
}

/** A program with all its ancestors and the first descendants, generation by generation, at most `limit`. */
export function descentOf(reader: RunReader, program: number, limit: number): Descent {
  const ancestors = askRows(
    reader,
    `SELECT ancestors.ordinal, lead(ancestors.ordinal) OVER (ORDER BY depth) AS parent, ancestors.island,
       ancestors.operator, ancestors.value, delta, programs.failure_kind, ancestors.change
     FROM ancestors JOIN programs ON programs.ordinal = ancestors.ordinal WHERE program = ? ORDER BY depth DESC`,
    [program],
  )
  const descendants = askRows(
    reader,
    `SELECT ordinal, parent, island, operator, value, delta, failure_kind, change FROM descendants
     WHERE program = ? ORDER BY depth, ordinal LIMIT ?`,
    [program, limit],
  )
  const counted = askRow(reader, 'SELECT count(*) AS count FROM descendants WHERE program = ?', [program])
  return {
    program,
    ancestors: ancestors.map(kinOf),
    descendants: descendants.map(kinOf),
    descendantCount: Number(counted?.['count'] ?? 0),
  }
}

function kinOf(row: Row): Kin {
  const number = (name: string): number | undefined => (row[name] === null ? undefined : Number(row[name]))
  const text = (name: string): string | undefined => (typeof row[name] === 'string' ? row[name] : undefined)
  return {
    ordinal: Number(row['ordinal']),
    parent: number('parent'),
    island: Number(row['island']),
    operator: text('operator') ?? '',
    value: number('value'),
    delta: number('delta'),
    failure: text('failure_kind'),
    change: text('change') ?? '',
  }
}

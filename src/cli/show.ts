import { describeFailure } from '../core/failure.ts'
import type { CandidateFailure } from '../core/failure.ts'
import { UserError } from '../core/errors.ts'
import { jsonText } from '../report/json-text.ts'
import { printable } from '../report/printable.ts'
import { tableText } from '../report/table.ts'
import { resolveRun } from '../store/runs-folder.ts'
import { openReadOnly } from '../store/sqlite/read-only.ts'
import type { RunReader } from '../store/run-reader.ts'
import type { Io } from './io.ts'

/** `evolve show <run> <program>`: everything the store knows about one program. */
export function showVerb(
  io: Io,
  run: string,
  program: string,
  flags: { readonly json?: boolean; readonly runsDir: string },
): number {
  const ordinal = Number(program)
  if (!/^\d+$/.test(program)) throw new UserError(`a program is named by its number in the run, not by ${program}`)
  const reader = openReadOnly(resolveRun(flags.runsDir, run))
  try {
    const facts = factsOf(reader, ordinal)
    if (facts === undefined) {
      const last = one(reader, 'SELECT max(ordinal) AS last FROM programs')?.['last']
      throw new UserError(`run ${run} has no program ${program}: they go from 0 to ${String(last)}`)
    }
    io.out.write(flags.json === true ? `${jsonText(facts)}\n` : printable(textOf(facts)))
  } finally {
    reader.close()
  }
  return 0
}

type Row = Readonly<Record<string, unknown>>

interface Facts {
  readonly program: Row
  readonly parents: readonly Row[]
  readonly evaluation: Row | undefined
  readonly placements: readonly Row[]
  readonly stages: readonly Row[]
  readonly artifacts: readonly Row[]
  readonly calls: readonly Row[]
  readonly prompt: Row | undefined
  readonly source: unknown
}

function factsOf(reader: RunReader, ordinal: number): Facts | undefined {
  const id = String(ordinal)
  const program = one(
    reader,
    `SELECT ordinal, state, decision, value, fitness, island, operator, model, generation, change, failure_kind, failure,
       ended_at - created_at AS ms FROM programs WHERE ordinal = ${id}`,
  )
  if (program === undefined) return undefined
  return {
    program,
    parents: all(
      reader,
      `SELECT role, edges.parent, value FROM edges JOIN programs ON programs.ordinal = edges.parent
       WHERE child = ${id} ORDER BY position`,
    ),
    evaluation: one(reader, `SELECT objectives, descriptors, scores, feedback FROM evaluations WHERE ordinal = ${id}`),
    placements: all(
      reader,
      `SELECT seq, island, cell, decision, via, displaced, clamped FROM placements WHERE ordinal = ${id} ORDER BY seq`,
    ),
    stages: all(
      reader,
      `SELECT stage, version, ok, cached, duration_ms FROM stage_runs WHERE ordinal = ${id} ORDER BY position`,
    ),
    artifacts: all(reader, `SELECT name, value FROM artifacts WHERE ordinal = ${id} ORDER BY name`),
    calls: all(
      reader,
      `SELECT attempt, model, status, input_tokens, output_tokens, tokens, usd, ended_at - started_at AS ms, finish, error,
         reply FROM llm_calls WHERE ordinal = ${id} ORDER BY attempt`,
    ),
    prompt: one(reader, `SELECT template, system, user FROM prompt_texts WHERE ordinal = ${id}`),
    source: one(
      reader,
      `SELECT text FROM programs JOIN sources ON sources.id = programs.source_id WHERE ordinal = ${id}`,
    )?.['text'],
  }
}

function textOf(facts: Facts): string {
  const { program, evaluation, prompt } = facts
  const parts: string[] = [
    Object.entries(program)
      .filter(([key, value]) => value !== null && key !== 'failure')
      .map(([key, value]) => `${key.padEnd(13)}${String(value)}`)
      .join('\n'),
  ]
  if (typeof program['failure'] === 'string') {
    parts.push(`failure: ${describeFailure(JSON.parse(program['failure']) as CandidateFailure)}`)
  }
  if (evaluation !== undefined) {
    parts.push(`objectives   ${String(evaluation['objectives'])}\ndescriptors  ${String(evaluation['descriptors'])}`)
    if (typeof evaluation['feedback'] === 'string') parts.push(`feedback: ${evaluation['feedback']}`)
  }
  addTable(parts, 'made from', facts.parents)
  addTable(parts, 'placements', facts.placements)
  addTable(parts, 'stages', facts.stages)
  addTable(parts, 'artifacts', facts.artifacts)
  addTable(
    parts,
    'model calls',
    facts.calls.map(({ reply: _reply, ...call }) => call),
  )
  if (prompt !== undefined) parts.push(`--- prompt (${String(prompt['template'])})\n${String(prompt['user'])}`)
  for (const call of facts.calls) {
    if (typeof call['reply'] === 'string') parts.push(`--- reply ${String(call['attempt'])}\n${call['reply']}`)
  }
  if (typeof facts.source === 'string') parts.push(`--- source\n${facts.source}`)
  return `${parts.join('\n\n')}\n`
}

function addTable(parts: string[], title: string, rows: readonly Row[]): void {
  const [first] = rows
  if (first === undefined) return
  const columns = Object.keys(first)
  parts.push(
    `${title}\n${tableText(
      columns,
      rows.map((row) => columns.map((column) => row[column])),
    )}`,
  )
}

function all(reader: RunReader, query: string): readonly Row[] {
  const { columns, rows } = reader.query(query)
  return rows.map((row) => Object.fromEntries(columns.map((column, index) => [column, row[index]])))
}

function one(reader: RunReader, query: string): Row | undefined {
  return all(reader, query)[0]
}

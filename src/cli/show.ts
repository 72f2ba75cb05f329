import { describeFailure } from '../core/failure.ts'
import type { CandidateFailure } from '../core/failure.ts'
import { InvariantError } from '../core/errors.ts'
import { highlighted } from '../report/highlight.ts'
import { jsonText } from '../report/json-text.ts'
import { deltaText } from '../report/lineage-text.ts'
import { wantsColor } from '../report/output.ts'
import { printable } from '../report/printable.ts'
import { tableText } from '../report/table.ts'
import { askRow, askRows } from '../store/ask-rows.ts'
import type { Row } from '../store/ask-rows.ts'
import type { RunReader } from '../store/run-reader.ts'
import type { Io } from './io.ts'
import { extensionOf, programOf, withRun } from './named-program.ts'

/** `evolve show <run> <program>`: everything the store knows about one program. */
export function showVerb(
  io: Io,
  run: string,
  program: string,
  flags: { readonly json?: boolean; readonly runsDir: string },
): number {
  withRun(flags.runsDir, run, (reader) => {
    const facts = factsOf(reader, programOf(reader, run, program))
    if (flags.json === true) io.out.write(`${jsonText(facts)}\n`)
    else io.out.write(textOf(facts, extensionOf(reader), wantsColor(io.out, io.env)))
  })
  return 0
}

interface Facts {
  readonly program: Row
  readonly parents: readonly Row[]
  /** What came of it against its parent; `undefined` for the first program and while it is on its way. */
  readonly transition: Row | undefined
  readonly objectives: readonly Row[]
  readonly evaluation: Row | undefined
  /** On inputs that the search never saw. */
  readonly holdout: readonly Row[]
  /** What `evolve simplify` made of it. */
  readonly simplified: readonly Row[]
  readonly placements: readonly Row[]
  readonly stages: readonly Row[]
  readonly artifacts: readonly Row[]
  readonly calls: readonly Row[]
  /** Drawn from its own making. */
  readonly lessons: readonly Row[]
  /** Insights that stood in its prompt. */
  readonly insights: readonly Row[]
  /** The instruction that stood in its prompt, where instructions evolve. */
  readonly instruction: readonly Row[]
  readonly prompt: Row | undefined
  readonly source: unknown
}

function factsOf(reader: RunReader, ordinal: number): Facts {
  const id = String(ordinal)
  const program = askRow(
    reader,
    `SELECT ordinal, state, decision, value, fitness, island, operator, model, generation, change, failure_kind, failure,
       ended_at - created_at AS ms FROM programs WHERE ordinal = ${id}`,
  )
  if (program === undefined) throw new InvariantError(`there is no program ${id}`)
  return {
    program,
    parents: askRows(
      reader,
      `SELECT role, edges.parent, value FROM edges JOIN programs ON programs.ordinal = edges.parent
       WHERE child = ${id} ORDER BY position`,
    ),
    transition: askRow(reader, 'SELECT before, after, delta, noise, verdict FROM transitions WHERE child = ?', [
      ordinal,
    ]),
    objectives: askRows(
      reader,
      'SELECT name, direction, before, after, delta, noise, verdict FROM transition_objectives WHERE child = ?',
      [ordinal],
    ),
    evaluation: askRow(
      reader,
      `SELECT objectives, descriptors, scores, feedback FROM evaluations WHERE ordinal = ${id}`,
    ),
    holdout: askRows(reader, 'SELECT value, objectives, scores, failure FROM holdout_scores WHERE ordinal = ?', [
      ordinal,
    ]),
    simplified: askRows(
      reader,
      `SELECT characters_before AS characters, characters_after AS shortest, value_before AS value, value_after AS its_value,
         attempts, kept, reason FROM simplified WHERE ordinal = ?`,
      [ordinal],
    ),
    placements: askRows(
      reader,
      `SELECT seq, island, cell, decision, via, displaced, clamped FROM placements WHERE ordinal = ${id} ORDER BY seq`,
    ),
    stages: askRows(
      reader,
      `SELECT pass, stage, version, ok, skipped, cached, duration_ms FROM stage_runs WHERE ordinal = ${id}
       ORDER BY pass, position`,
    ),
    artifacts: askRows(reader, `SELECT name, value FROM artifacts WHERE ordinal = ${id} ORDER BY name`),
    calls: askRows(
      reader,
      `SELECT attempt, model, status, input_tokens, output_tokens, tokens, usd, ended_at - started_at AS ms, finish, error,
         reply FROM llm_calls WHERE ordinal = ${id} ORDER BY attempt`,
    ),
    lessons: askRows(
      reader,
      'SELECT kind, condition, explanation, anchor FROM lessons WHERE ordinal = ? ORDER BY position',
      [ordinal],
    ),
    insights: askRows(
      reader,
      `SELECT insight_uses.insight, insight_uses.version, label, explanation FROM insight_uses
       JOIN insights ON insights.id = insight AND insights.version = insight_uses.version
       WHERE ordinal = ? ORDER BY position`,
      [ordinal],
    ),
    instruction: askRows(
      reader,
      `SELECT instruction, coalesce(text, 'as the template says') AS text, improved, gain FROM instruction_uses
       JOIN instructions ON instructions.id = instruction WHERE ordinal = ?`,
      [ordinal],
    ),
    prompt: askRow(reader, `SELECT template, system, user FROM prompt_texts WHERE ordinal = ${id}`),
    source: askRow(
      reader,
      `SELECT text FROM programs JOIN sources ON sources.id = programs.source_id WHERE ordinal = ${id}`,
    )?.['text'],
  }
}

function textOf(facts: Facts, extension: string, color: boolean): string {
  const { program, transition, evaluation, prompt } = facts
  const parts: string[] = [
    Object.entries(program)
      .filter(([key, value]) => value !== null && key !== 'failure')
      .map(([key, value]) => `${key.padEnd(13)}${String(value)}`)
      .join('\n'),
  ]
  if (typeof program['failure'] === 'string') {
    parts.push(`failure: ${describeFailure(JSON.parse(program['failure']) as CandidateFailure)}`)
  }
  if (transition !== undefined) parts.push(transitionText(transition))
  if (evaluation !== undefined) {
    parts.push(`objectives   ${String(evaluation['objectives'])}\ndescriptors  ${String(evaluation['descriptors'])}`)
    if (typeof evaluation['feedback'] === 'string') parts.push(`feedback: ${evaluation['feedback']}`)
  }
  addTable(parts, 'made from', facts.parents)
  if (facts.objectives.length > 1) addTable(parts, 'objective by objective', facts.objectives)
  addTable(parts, 'hold-out', facts.holdout)
  addTable(parts, 'simplified', facts.simplified)
  addTable(parts, 'placements', facts.placements)
  addTable(parts, 'stages', facts.stages)
  addTable(parts, 'artifacts', facts.artifacts)
  addTable(
    parts,
    'model calls',
    facts.calls.map(({ reply: _reply, ...call }) => call),
  )
  addTable(parts, 'lessons', facts.lessons)
  addTable(parts, 'insights in its prompt', facts.insights)
  addTable(parts, 'instruction in its prompt', facts.instruction)
  if (prompt !== undefined) parts.push(`--- prompt (${String(prompt['template'])})\n${String(prompt['user'])}`)
  for (const call of facts.calls) {
    if (typeof call['reply'] === 'string') parts.push(`--- reply ${String(call['attempt'])}\n${call['reply']}`)
  }
  const text = printable(`${parts.join('\n\n')}\n`)
  return typeof facts.source === 'string'
    ? `${text}\n--- source\n${highlighted(facts.source, extension, color)}\n`
    : text
}

function transitionText({ verdict, delta, noise }: Row): string {
  if (delta === null) return `verdict      ${String(verdict)}`
  const floor = noise === 0 ? '' : `, noise floor ${String(noise)}`
  return `verdict      ${String(verdict)}: fitness ${deltaText(Number(delta))} against its parent${floor}`
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

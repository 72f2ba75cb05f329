import type { Database, RunResult } from 'better-sqlite3'
import { movesFrom, purposesAside } from '../candidate-moves.ts'
import type { CandidateState } from '../run-store.ts'
import type { StageRow } from './rows.ts'

/**
 * Longest output of a stage that is kept for a program that came to nothing, in characters of its JSON. Without it the
 * stage can neither be found in the cache nor be left out by a rescore.
 */
export const largestKeptOutput = 65_536

type StageResultRow = Pick<StageRow, 'ok' | 'cached' | 'failure' | 'output'>

/** One value of a row on its way in. */
export type Bound = string | number | null | Uint8Array

/** A statement that changes rows. */
export interface Write {
  run(...columns: readonly Bound[]): RunResult
}

/** A statement that reads at most one row. */
interface Look<P extends unknown[], Row> {
  get(...key: P): Row | undefined
}

/** The statements by which a run's owner changes its store. */
export type Statements = ReturnType<typeof prepareStatements>

/** Prepares the statements on the owner's connection. Parameters stand in the order of the columns they name. */
export function prepareStatements(db: Database) {
  const write = (sql: string): Write => db.prepare<Bound[]>(sql)
  const look = <P extends unknown[], Row>(sql: string): Look<P, Row> => db.prepare<P, Row>(sql)
  const value = <P extends unknown[], V>(sql: string): Look<P, V> => db.prepare<P, V>(sql).pluck()
  const values = <V>(sql: string): { all(): V[] } => db.prepare<[], V>(sql).pluck()
  const rows = <Row>(sql: string): { all(): Row[] } => db.prepare<[], Row>(sql)
  return {
    openOrdinals: values<number>("SELECT ordinal FROM programs WHERE state NOT IN ('placed', 'failed')"),
    pass: value<[], number>('SELECT pass FROM runs'),
    evaluating: rows<{ ordinal: number; stages: number }>(
      `SELECT ordinal, (SELECT count(*) FROM stage_runs WHERE stage_runs.ordinal = programs.ordinal) AS stages
       FROM programs WHERE state = 'evaluating' AND state NOT IN ('placed', 'failed')`,
    ),
    stateOf: value<[number], CandidateState>('SELECT state FROM programs WHERE ordinal = ?'),
    setBudget: write('UPDATE runs SET budget_candidates = ?, budget_usd = ?, budget_tokens = ?, budget_wall_ms = ?'),
    dropMeasures: write('DELETE FROM measures'),
    measure: write('INSERT INTO measures (position, name, direction, noise, repeats) VALUES (?, ?, ?, ?, ?)'),
    openSession: write('INSERT INTO sessions (started_at, last_seen_at) VALUES (?, ?)'),
    touch: write('UPDATE sessions SET last_seen_at = ? WHERE id = ?'),
    event: write('INSERT INTO events (at, kind, data) VALUES (?, ?, ?)'),

    select: write(
      `INSERT INTO programs (ordinal, state, island, operator, model, generation, seen, created_at, level)
       VALUES (?, 'selected', ?, ?, ?, ?, ?, ?, ?)`,
    ),
    carry: write('INSERT INTO carried (ordinal, source) VALUES (?, ?)'),
    edge: write('INSERT INTO edges (child, position, parent, role) VALUES (?, ?, ?, ?)'),

    textId: value<[Uint8Array], number>('SELECT id FROM texts WHERE sha256 = ?'),
    text: write('INSERT INTO texts (sha256, text) VALUES (?, ?)'),
    sourceId: value<[Uint8Array], number>('SELECT id FROM sources WHERE sha256 = ?'),
    source: write('INSERT INTO sources (sha256, text) VALUES (?, ?)'),

    warmStart: write('INSERT INTO warm_starts (ordinal, source) VALUES (?, ?)'),
    toPrompted: write(move('prompted', '')),
    prompt: write('INSERT INTO prompts (ordinal, template, system_id) VALUES (?, ?, ?)'),
    promptPart: write('INSERT INTO prompt_parts (ordinal, position, section, shown, text_id) VALUES (?, ?, ?, ?, ?)'),

    openCall: write(
      `INSERT INTO llm_calls (ordinal, attempt, provider, model, purpose, question, parameters, status,
         reserved_tokens, reserved_usd, tokens, usd, started_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, 'open', ?, ?, ?, ?, ?)`,
    ),
    openCallRow: look<[number], { ordinal: number; purpose: string; tokens: number; usd: number | null }>(
      "SELECT ordinal, purpose, tokens, usd FROM llm_calls WHERE id = ? AND status = 'open'",
    ),
    closeCall: write(
      `UPDATE llm_calls SET status = ?, reply = ?, finish = ?, error = ?, input_tokens = ?, output_tokens = ?,
         cached_tokens = ?, cache_write_tokens = ?, reasoning_tokens = ?, tokens = ?, usd = ?, ended_at = ?
       WHERE id = ?`,
    ),
    toReplied: write(
      `UPDATE programs SET state = 'replied' WHERE ordinal = ? AND state = 'prompted' AND ? NOT IN ${purposesAside}`,
    ),
    loseOpenCalls: write("UPDATE llm_calls SET status = 'lost', ended_at = ? WHERE status = 'open'"),

    toPatched: write(move('patched', 'source_id = ?, traits = ?, change = ?, change_detail = ?')),
    hunk: write('INSERT INTO hunks (ordinal, position, line, removed, added) VALUES (?, ?, ?, ?, ?)'),
    addedLines: write('INSERT INTO added_lines (ordinal, added, readded) VALUES (?, ?, ?)'),
    readdedLine: write('INSERT INTO readded_lines (ordinal, position, line, removed_by) VALUES (?, ?, ?, ?)'),
    toEvaluating: write(move('evaluating', '')),
    stage: write(
      `INSERT INTO stage_runs (ordinal, pass, position, stage, version, ok, skipped, cached, started_at, duration_ms,
         failure, output, key, shared) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    stageResult: look<[Uint8Array], StageResultRow>(
      `SELECT ok, NULL AS cached, failure, output FROM stage_runs
       WHERE key = ? AND shared = 1 AND (ok = 0 OR output IS NOT NULL) LIMIT 1`,
    ),
    dropLargeOutputs: write(
      `UPDATE stage_runs SET output = NULL WHERE ordinal = ? AND length(output) > ${String(largestKeptOutput)}`,
    ),

    toPlaced: write(move('placed', 'value = ?, fitness = ?, decision = ?, finished = ?, ended_at = ?')),
    evaluation: write(
      `INSERT INTO evaluations (ordinal, fitness, value, objectives, descriptors, scores, feedback)
       VALUES (?, ?, ?, ?, ?, ?, ?)`,
    ),
    artifact: write('INSERT INTO artifacts (ordinal, name, value) VALUES (?, ?, ?)'),
    placement: write(
      `INSERT INTO placements (ordinal, island, cell, decision, fitness, displaced, via, clamped, committed_by,
         also_displaced, vector, level)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    toFailed: write(move('failed', 'failure_kind = ?, failure = ?, finished = ?, ended_at = ?')),
  }
}

/** An update that changes one row when the move is allowed and none when it is not. The ordinal comes last. */
function move(to: keyof typeof movesFrom, columns: string): string {
  const from = movesFrom[to].map((state) => `'${state}'`).join(', ')
  return `UPDATE programs SET state = '${to}'${columns === '' ? '' : `, ${columns}`} WHERE ordinal = ? AND state IN (${from})`
}

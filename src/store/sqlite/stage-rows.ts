import type { EndedStage } from '../../pipeline/stage.ts'
import { outputColumn, stageColumns } from './columns.ts'
import { largestKeptOutput } from './statements.ts'
import type { Bound, Statements } from './statements.ts'

/** A stage as it is written, but for its place among the others. */
interface StageRow {
  readonly columns: readonly Bound[]
  /** Whether its output is kept only for a program that owns a cell. */
  readonly elites: boolean
}

/** What is known here of a candidate that is being evaluated. */
interface Evaluating {
  /** Stages on disk. */
  stages: number
  /** Rows that ride in its next step. */
  readonly held: StageRow[]
}

/**
 * The stages of candidates on their way. `write` and `dropLarge` belong inside a transaction of the owner and change nothing here;
 * `begin`, `wrote` and `end` tell what has been committed.
 */
export class StageRows {
  /** The pass that rows are written under; a rescore that is adopted starts another. */
  pass: number
  readonly #sql: Statements
  readonly #evaluating = new Map<number, Evaluating>()
  /** Candidates with an output that is not worth keeping when they come to nothing. */
  readonly #large: Set<number>

  constructor(sql: Statements) {
    this.#sql = sql
    this.pass = sql.pass.get() ?? 0
    for (const { ordinal, stages } of sql.evaluating.all()) this.#evaluating.set(ordinal, { stages, held: [] })
    // What an earlier process recorded for those on their way is not known here.
    this.#large = new Set(sql.openOrdinals.all())
  }

  begin(ordinal: number): void {
    this.#evaluating.set(ordinal, { stages: 0, held: [] })
  }

  /**
   * Takes stages that have ended.
   *
   * @returns what has to be written now; no rows when they can ride in the candidate's next step; `undefined` when the candidate
   * is not being evaluated.
   */
  take(ordinal: number, runs: readonly EndedStage[]): readonly StageRow[] | undefined {
    const own = this.#evaluating.get(ordinal)
    if (own === undefined) return undefined
    const rows = runs.map((run) => ({ columns: stageColumns(run), elites: run.keep === 'elites' }))
    if (rows.some(({ columns }) => String(columns[outputColumn] ?? '').length > largestKeptOutput))
      this.#large.add(ordinal)
    if (runs.some(({ keep }) => keep === 'stored')) return [...own.held, ...rows]
    own.held.push(...rows)
    return []
  }

  /** Rows that ride in a candidate's next step. */
  heldOf(ordinal: number): readonly StageRow[] {
    return this.#evaluating.get(ordinal)?.held ?? []
  }

  /** Candidates with such rows. */
  waiting(): readonly number[] {
    return [...this.#evaluating].flatMap(([ordinal, { held }]) => (held.length > 0 ? [ordinal] : []))
  }

  write(ordinal: number, rows: readonly StageRow[], keepElites: boolean): void {
    const before = this.#evaluating.get(ordinal)?.stages ?? 0
    for (const [index, { columns, elites }] of rows.entries()) {
      const written = elites && !keepElites ? columns.with(outputColumn, null) : columns
      this.#sql.stage.run(ordinal, this.pass, before + index, ...written)
    }
  }

  /** Notes that so many rows, the held ones among them, are on disk. */
  wrote(ordinal: number, count: number): void {
    const own = this.#evaluating.get(ordinal)
    if (own === undefined) return
    own.stages += count
    own.held.length = 0
  }

  dropLarge(ordinal: number): void {
    if (this.#large.has(ordinal)) this.#sql.dropLargeOutputs.run(ordinal)
  }

  end(ordinal: number): void {
    this.#evaluating.delete(ordinal)
    this.#large.delete(ordinal)
  }
}

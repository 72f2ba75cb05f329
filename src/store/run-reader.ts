import type { CandidateFailure } from '../core/failure.ts'
import type { PlacementDecision } from '../core/placement.ts'
import type { Change } from '../core/program.ts'
import type { InstructionQuestions } from './instruction-store.ts'
import type { InsightStore } from './insight-store.ts'
import type { CandidateState, RunStore, Selected } from './run-store.ts'

/** One value of an answer. `Uint8Array` only for hashes. */
export type SqlValue = string | number | null | Uint8Array

/** The answer to a question in SQL. */
export interface SqlAnswer {
  readonly columns: readonly string[]
  readonly rows: readonly (readonly SqlValue[])[]
  /** Whether there were more rows than were asked for. */
  readonly truncated: boolean
}

/** Where a run stands. `stopped`: something is left to do and `evolve resume` goes on with it. */
export type RunState = 'running' | 'stopped' | 'done'

/** A program with its score; `value` is in the raw unit of the first objective. */
export interface ScoredProgram {
  readonly ordinal: number
  readonly fitness: number
  readonly value: number
}

/** What became of a candidate so far. */
export interface CandidateRecord extends Selected {
  readonly state: CandidateState
  readonly fitness: number | undefined
  readonly value: number | undefined
  /** What the archive of its own island decided; of several births, at the first program, the best. */
  readonly decision: PlacementDecision | undefined
  readonly failure: CandidateFailure | undefined
  readonly change: Change | undefined
  /** Milliseconds since the Unix epoch. */
  readonly createdAt: number
  readonly endedAt: number | undefined
}

/**
 * A run opened for reading only, also while another process writes to it. Every question sees all moves that were
 * finished when it was asked; two questions may see different moments.
 */
export interface RunReader extends Pick<
  RunStore,
  | 'identity'
  | 'budget'
  | 'measures'
  | 'totals'
  | 'program'
  | 'evaluation'
  | 'failureCounts'
  | 'placements'
  | 'schedule'
  | 'events'
  | 'lineage'
  | 'latestTrials'
  | 'bestSibling'
  | 'madeBy'
  | 'unfinished'
  | 'close'
> {
  readonly instructions: InstructionQuestions
  /** What the run has learned, for reading. */
  readonly memory: Omit<InsightStore, 'learn' | 'add' | 'setStatus' | 'refine' | 'endTrial'>
  state(): RunState
  /** The best program ever placed; of equals the first. `undefined` while there is none. */
  best(): ScoredProgram | undefined
  /** `undefined` when there is no such candidate. */
  candidate(ordinal: number): CandidateRecord | undefined
  /**
   * Answers one SQL statement that only reads.
   *
   * @param parameters - Values for the `?` in the statement.
   * @param limit - The most rows to return; 100,000 unless said otherwise.
   * @throws UserError, in one line, for a statement that is wrong, that writes, or that is more than one.
   */
  query(sql: string, parameters?: readonly (string | number | null)[], limit?: number): SqlAnswer
}

import type { Json } from '../core/json.ts'
import type { Case, CaseResult } from '../core/evaluation.ts'

/** What one call of a candidate may use. */
export interface Limits {
  /** Wall time of one case, in milliseconds. */
  readonly timeMs: number
  /** Memory of the candidate's process beyond its own base, in bytes. */
  readonly memoryBytes: number
  /** Size of one case's returned data as JSON, in bytes. */
  readonly outputBytes: number
  /** Console text kept, in bytes; the rest is dropped and counted. */
  readonly consoleBytes: number
}

/** One module of a candidate of several files. */
export interface CandidateModule {
  /** Path within the program; failures name it. */
  readonly path: string
  /** Plain JavaScript. */
  readonly code: string
  /** The module that each relative import means, by its specifier as written. */
  readonly imports: Readonly<Record<string, string>>
}

/** The modules of a candidate of several files; the first one exports the entry. */
export type ModuleGraph = readonly CandidateModule[]

/** The evaluator's `drive`, as text: it is run beside the candidate, where the evaluator itself never goes. */
export interface Driver {
  /** A JavaScript expression for an object with the method `drive`. */
  readonly source: string
  /** The evaluator it belongs to, for messages. */
  readonly evaluatorPath: string
}

/** A clock for candidates, and where they may start from. */
export interface TimeBudget {
  /** What each case sees running out, in milliseconds from the moment its module is loaded. */
  readonly ms: number
  /** What the best program so far returned, by case id; a case without an entry starts from nothing. */
  readonly best: Readonly<Record<string, Json>>
}

/** One candidate to run on all its cases. */
export interface RunRequest {
  /** The program; of a TypeScript module the text with its types blanked out. */
  readonly code: string
  /** All modules of a program of several files; `code` is then that of the first. */
  readonly graph?: ModuleGraph
  /** Name of the function to call; `undefined` where a program is run as a whole. */
  readonly entry: string | undefined
  readonly cases: readonly Case[]
  readonly limits: Limits
  /** Absent where candidates have no clock. */
  readonly timeBudget?: TimeBudget | undefined
  /** Seed text of the candidate's `Math.random`. Each case has its own stream. */
  readonly seed: string
  /** What plays each case against the entry, in place of one call of the entry with the case's arguments. */
  readonly driver?: Driver | undefined
}

/** What came of a run: one result per case, in the order asked, and what the candidate printed. */
export interface RunReport {
  readonly cases: readonly CaseResult[]
  readonly console: string
}

/** A guard against hostile or broken candidates, and whether it works on this machine. */
export interface Protection {
  readonly name: string
  readonly active: boolean
  /** What it does, or why it is missing. */
  readonly detail: string
}

/** The evaluator-backend seam: runs candidates where they can do no harm. */
export interface EvaluatorBackend {
  readonly name: string
  /** Which guards hold here; may probe the machine. */
  protections(): Promise<readonly Protection[]>
  /**
   * Runs one candidate. Several runs may be in flight; each has its own process.
   *
   * After a case that timed out, ran out of memory or lost its host, the cases behind it are not run and fail alike.
   *
   * @throws InfrastructureError when no process can be started, or when `signal` aborted.
   */
  run(request: RunRequest, signal: AbortSignal): Promise<RunReport>
  /** Ends every process and resolves when they are gone. */
  close(): Promise<void>
}

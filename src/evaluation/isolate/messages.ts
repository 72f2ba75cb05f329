import type { ModuleGraph } from '../backend.ts'

/**
 * What crosses the channel between our side (`host.ts`) and a host process (`host-main.ts`).
 *
 * One case at a time: our side sends a {@link CaseMessage}, the host answers with one {@link CaseAnswer}.
 */

/** The name a candidate's only file has in stack traces and syntax errors. */
export const CANDIDATE_FILE = 'candidate.js'

/** What comes before the path of a file there, when the candidate has several. */
export const CANDIDATE_FOLDER = 'candidate:'

/** The state of a case's `Math.random`: four 32-bit words, not all zero. */
export type RandomState = readonly [number, number, number, number]

/** A module that candidates may import by its name; it imports nothing itself. */
export interface LibraryModule {
  readonly name: string
  readonly code: string
}

/** Sent once, before the first case: what every candidate of this host may import. */
export interface LibrariesMessage {
  readonly kind: 'libraries'
  readonly libraries: readonly LibraryModule[]
}

/** The candidate itself; sent with its first case only. */
export interface ProgramMessage {
  readonly code: string
  /** All modules of a program of several files; `code` is then that of the first. */
  readonly graph?: ModuleGraph
  readonly entry: string
  /** Source of the evaluator's driver, a function expression; without one the entry is called once. */
  readonly driver?: string
}

/** One call of the candidate. */
export interface CaseMessage {
  readonly kind: 'case'
  /** Absent when the host still has the program of the case before. */
  readonly program?: ProgramMessage
  /** The arguments as the text of a JSON array. */
  readonly args: string
  readonly random: RandomState
  /** Wall time, in milliseconds. */
  readonly timeMs: number
  /** What the candidate may add to the host's resident memory, in bytes. */
  readonly memoryBytes: number
  /** In bytes of JSON. */
  readonly outputBytes: number
  /** Console text still to be kept, in bytes. */
  readonly consoleBytes: number
  /** Present where the candidate has a clock: what it sees running out, and JSON of what the best program returned. */
  readonly timeBudget?: { readonly ms: number; readonly best: string | undefined }
}

/**
 * Calls of a program that is being timed. Its isolate stays for the whole measurement, so the program is as warm as one
 * that runs for long.
 */
export interface TimedMessage {
  readonly kind: 'timed'
  /** Present at the beginning of a measurement, which gets a fresh isolate. */
  readonly program?: ProgramMessage
  /** The text of a JSON array: the argument lists of the calls that are timed together. Read before the clock starts. */
  readonly calls: string
  readonly random: RandomState
  /** Wall time of the calls together, in milliseconds. */
  readonly timeMs: number
  /** What the program may add to the host's resident memory, in bytes. */
  readonly memoryBytes: number
  /** All answers together, in bytes of JSON. */
  readonly outputBytes: number
}

/** Asks for the answers of the latest {@link TimedMessage} in full. */
export interface RecallMessage {
  readonly kind: 'recall'
}

/** Where a case stood when isolated-vm gave an error. */
export type Phase = 'compile' | 'link' | 'evaluate' | 'call' | 'way-back'

/** An error as isolated-vm reported it, unread: our side classifies it. Texts are cut to a few kilobytes. */
export interface EngineError {
  readonly phase: Phase
  readonly name: string
  readonly message: string
  readonly stack: string
  /** Whether the isolate was gone afterwards. */
  readonly disposed: boolean
  /** Path and nature of the first value that cannot be copied out, for example `$.f is a function`; else empty. */
  readonly uncopyable: string
}

/** What came of a case inside the host. */
export type CaseOutcome =
  | { readonly kind: 'value'; readonly json: string }
  | { readonly kind: 'imports'; readonly specifiers: readonly string[]; readonly allowed: readonly string[] }
  | { readonly kind: 'missing-entry'; readonly exports: string }
  | { readonly kind: 'threw'; readonly name: string; readonly message: string; readonly stack: string }
  | { readonly kind: 'invalid-output'; readonly message: string }
  | { readonly kind: 'driver-threw'; readonly message: string }
  | { readonly kind: 'timed-out' }
  | { readonly kind: 'memory'; readonly residentBytes: number }
  | { readonly kind: 'engine-error'; readonly error: EngineError }

/** The host's answer to one {@link CaseMessage}. After `timed-out` and `memory` the host ends itself. */
export interface CaseAnswer {
  readonly kind: 'case'
  readonly outcome: CaseOutcome
  /** Wall time from compiling the candidate to the outcome, in milliseconds. */
  readonly ms: number
  readonly console: string
  /** Console calls whose text did not fit. */
  readonly consoleDropped: number
  /** Resident memory of the host before the case, in bytes. */
  readonly baseBytes: number
}

/** The host's answer to one {@link TimedMessage}. */
export interface TimedAnswer {
  readonly kind: 'timed'
  /** The value itself stays in the host until it is recalled. */
  readonly outcome: Exclude<CaseOutcome, { kind: 'value' }> | { readonly kind: 'value'; readonly digest: string }
  /** Processor time from the first call to the last answer's copy outside the program's context, in milliseconds. */
  readonly ms: number
}

/** The host's answer to one {@link RecallMessage}: the JSON text of the answers, empty if there are none. */
export interface RecallAnswer {
  readonly kind: 'recall'
  readonly json: string
}

/** Sent once, when the host can take its first case. */
export interface ReadyMessage {
  readonly kind: 'ready'
  readonly baseBytes: number
  /** Whether the kernel limits this process's address space. */
  readonly addressSpaceLimited: boolean
}

/** Everything a host says. */
export type HostMessage = ReadyMessage | CaseAnswer | TimedAnswer | RecallAnswer

/** Everything a host is told. */
export type HostOrder = LibrariesMessage | CaseMessage | TimedMessage | RecallMessage

import type { CandidateFailure } from '../../core/failure.ts'
import { InvariantError, unreachable } from '../../core/errors.ts'
import type { Json } from '../../core/json.ts'
import type { Limits } from '../backend.ts'
import { CANDIDATE_FILE, CANDIDATE_FOLDER, type CaseOutcome, type EngineError } from './messages.ts'

/** How a host process ended, as the kernel and its own last words say. */
export interface HostEnd {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  /** The beginning of what it wrote to stderr. */
  readonly stderr: string
}

/** What a case came to. */
export type Verdict =
  { readonly ok: true; readonly value: Json } | { readonly ok: false; readonly failure: CandidateFailure }

/**
 * Turns a host's answer into a value or the candidate's failure.
 *
 * This file is the only one that reads the texts of isolated-vm and V8: they tell time-out from memory in no other way.
 */
export function classifyOutcome(outcome: CaseOutcome, entry: string, limits: Limits): Verdict {
  switch (outcome.kind) {
    case 'value':
      return { ok: true, value: JSON.parse(outcome.json) as Json }
    case 'imports':
      return failed({
        kind: 'syntax',
        message: `imports ${quotedList(outcome.specifiers)}, but a candidate can import ${outcome.allowed.length === 0 ? 'nothing' : `only ${quotedList(outcome.allowed)}`}`,
      })
    case 'missing-entry':
      return failed({
        kind: 'syntax',
        message:
          outcome.exports === ''
            ? `exports no function ${entry}; it exports nothing`
            : `exports no function ${entry}; it exports ${outcome.exports}`,
      })
    case 'threw':
      return failed(isRefusedMemory(outcome) ? outOfMemory(limits) : thrown(outcome))
    case 'invalid-output':
      return failed({ kind: 'invalid-output', message: outcome.message })
    case 'driver-threw':
      throw new InvariantError(`a driver that threw is the evaluator's fault, not the candidate's: ${outcome.message}`)
    case 'timed-out':
      return failed(timedOut(limits))
    case 'memory':
      return failed(outOfMemory(limits))
    case 'engine-error':
      return failed(classifyEngineError(outcome.error, limits))
    default:
      return unreachable(outcome, 'case outcome')
  }
}

/** Whose fault the end of a busy host is: `external` means that somebody outside killed it. */
export function classifyEnd(end: HostEnd, limits: Limits): CandidateFailure | 'external' {
  const words = end.stderr
  // Only the making of an isolate reserves a code range, and that happens before the candidate runs.
  if (/reserve virtual memory for CodeRange/i.test(words)) return 'external'
  if (end.signal === 'SIGKILL' || end.signal === 'SIGTERM' || end.signal === 'SIGINT' || end.signal === 'SIGHUP') {
    return 'external'
  }
  if (/out of memory|is_heap_oom|bad_alloc|allocation failed|invalid (table|array|string) (size|length)/i.test(words)) {
    return outOfMemory(limits)
  }
  return killedHost(end)
}

/** The failure of a candidate whose process ended without a word about memory or time. */
export function killedHost(end: HostEnd): CandidateFailure {
  const how = end.signal === null ? `code ${String(end.code)}` : end.signal
  const said = end.stderr
    .split('\n')
    .map((line) => line.replace(/^[#\s]+/, '').trim())
    .find((line) => /fatal|error|check failed/i.test(line))
  return {
    kind: 'killed-host',
    message: `its process ended with ${how}${said === undefined ? '' : `: ${said.slice(0, 300)}`}`,
  }
}

/** The failure of a case that outlasted its time. */
export function timedOut(limits: Limits): CandidateFailure {
  return { kind: 'timed-out', message: `took longer than ${String(limits.timeMs)} ms`, limitMs: limits.timeMs }
}

/** The failure of a case that is not run because of what an earlier case came to. */
export function notRun(failure: CandidateFailure, caseId: string): CandidateFailure {
  return { ...failure, message: `not run, because of case ${caseId} before it: ${failure.message}` }
}

function quotedList(names: readonly string[]): string {
  return names.map((name) => `'${name}'`).join(', ')
}

function failed(failure: CandidateFailure): Verdict {
  return { ok: false, failure }
}

function outOfMemory(limits: Limits): CandidateFailure {
  const megabytes = Math.round(limits.memoryBytes / 1e4) / 100
  return { kind: 'out-of-memory', message: `needed more than ${String(megabytes)} MB of memory` }
}

function classifyEngineError(error: EngineError, limits: Limits): CandidateFailure {
  if (/^Script execution timed out/.test(error.message) && error.stack !== '') return timedOut(limits)
  if (error.disposed) return outOfMemory(limits)
  if (error.phase === 'compile' || error.phase === 'link') return syntax(error)
  if (error.uncopyable !== '') return { kind: 'invalid-output', message: error.uncopyable }
  if (error.phase !== 'evaluate' && / could not be cloned\.$/.test(error.message)) {
    return { kind: 'invalid-output', message: `$ is not plain data: ${error.message}` }
  }
  if (error.phase !== 'evaluate' && error.stack === '') {
    return { kind: 'invalid-output', message: '$ cannot be copied out as plain data' }
  }
  return isRefusedMemory(error) ? outOfMemory(limits) : thrown(error)
}

/** An array buffer that would pass the limit is refused with an exception, not with the end of the process. */
function isRefusedMemory(error: { readonly name: string; readonly message: string }): boolean {
  return error.name === 'RangeError' && error.message === 'Array buffer allocation failed'
}

/** isolated-vm appends ` [file:line:column]` to what the parser says. */
function syntax(error: EngineError): CandidateFailure {
  const place = / \[([^\]]*?):(\d+):\d+\]$/.exec(error.message)
  const message = place === null ? error.message : error.message.slice(0, place.index)
  const line = Number(place?.[2] ?? 0)
  const file = place?.[1]?.startsWith(CANDIDATE_FOLDER) === true ? place[1].slice(CANDIDATE_FOLDER.length) : undefined
  return { kind: 'syntax', message, ...(line > 0 ? { line } : {}), ...(file === undefined ? {} : { file }) }
}

/** A place in the candidate's only file, or in one of several. */
const ownPlace = new RegExp(`(?:${CANDIDATE_FILE.replace('.', '\\.')}|${CANDIDATE_FOLDER}([^\\s:()]+)):(\\d+):\\d+`)

function thrown(error: { readonly name: string; readonly message: string; readonly stack: string }): CandidateFailure {
  const [, file, line] = ownPlace.exec(error.stack) ?? []
  const frames = error.stack
    .split('\n')
    .filter((frame) => /^\s+at /.test(frame) && ownPlace.test(frame))
    .slice(0, 8)
  const message = [error.name, error.message].filter((part) => part !== '').join(': ')
  return {
    kind: 'threw',
    message: message === '' ? 'an error without a message' : message,
    ...(line === undefined ? {} : { line: Number(line) }),
    ...(file === undefined ? {} : { file }),
    ...(frames.length === 0 ? {} : { stack: frames.join('\n') }),
  }
}

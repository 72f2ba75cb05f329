import type { CandidateFailure } from '../../core/failure.ts'
import { unreachable } from '../../core/errors.ts'
import type { Json } from '../../core/json.ts'
import { isProgramPath } from '../../core/program-files.ts'
import { bytesText, durationText } from '../../core/units.ts'
import type { Limits } from '../backend.ts'
import { firstFlaw } from '../evaluator/plain-data.ts'
import type { CaseAnswer, Described } from './messages.ts'
import type { ProcessSpec } from './spec.ts'
import type { Ending } from './supervise.ts'

/** What a case came to. */
export type Verdict =
  { readonly ok: true; readonly value: Json } | { readonly ok: false; readonly failure: CandidateFailure }

/** The limits that a verdict may have to name. */
export type NamedLimits = Limits & Pick<ProcessSpec, 'cpuMs' | 'processes' | 'diskBytes' | 'startMs'>

/**
 * Turns the end of a command into a value or the candidate's failure.
 *
 * A command that somebody outside killed is the candidate's failure too, since a candidate can kill itself; the caller
 * tries again first where it can tell the two apart, see {@link killedFromOutside}.
 */
export function classify(ending: Ending, limits: NamedLimits): Verdict {
  if (ending.ranOutOfMemory && ending.cause !== 'answered') return failed(outOfMemory(limits))
  switch (ending.cause) {
    case 'answered':
      return answered(ending, limits)
    case 'exited':
      return failed(withoutAnswer(ending, limits))
    case 'late':
      return failed({
        kind: 'timed-out',
        message: `took longer than ${String(limits.timeMs)} ms`,
        limitMs: limits.timeMs,
      })
    case 'late-start': {
      const startMs = limits.startMs ?? limits.timeMs
      const message = `the command did not start within ${durationText(startMs)}${lastWords(ending)}`
      return failed({ kind: 'timed-out', message, limitMs: startMs })
    }
    case 'cpu':
      return failed(usedUp(limits))
    case 'memory':
      return failed(outOfMemory(limits))
    case 'oversized':
      return failed({ kind: 'invalid-output', message: `$ is longer than ${bytesText(limits.outputBytes)} as JSON` })
    case 'processes':
      return failed({ kind: 'killed-host', message: `had more than ${String(limits.processes)} processes and threads` })
    case 'disk':
      return failed({ kind: 'killed-host', message: `wrote more than ${bytesText(limits.diskBytes)} to files` })
    default:
      return unreachable(ending.cause, 'end of a command')
  }
}

/** Whether a command was killed by neither us nor anything inside its confinement. */
export function killedFromOutside({ cause, signal, ranOutOfMemory }: Ending, confined: boolean): boolean {
  return confined && cause === 'exited' && signal === 'SIGKILL' && !ranOutOfMemory
}

function answered({ answer }: Ending, limits: Limits): Verdict {
  let parsed: unknown
  try {
    parsed = JSON.parse(answer)
  } catch {
    return failed({ kind: 'invalid-output', message: `the answer is not JSON: ${shown(answer)}` })
  }
  if (!isAnswer(parsed)) {
    const message = `the answer is not {"value": ...} alone: ${shown(answer)}`
    return failed({ kind: 'invalid-output', message })
  }
  if ('threw' in parsed) return failed(thrown(parsed.threw, limits))
  if ('syntax' in parsed) return failed({ kind: 'syntax', ...described(parsed.syntax) })
  if ('output' in parsed) return failed({ kind: 'invalid-output', message: short(parsed.output.message) })
  if (Buffer.byteLength(answer) - '{"value":}'.length > limits.outputBytes) {
    return failed({ kind: 'invalid-output', message: `$ is longer than ${bytesText(limits.outputBytes)} as JSON` })
  }
  const flaw = firstFlaw(parsed.value, '$')
  if (flaw !== undefined)
    return failed({ kind: 'invalid-output', message: `${flaw.path} cannot be taken: ${flaw.reason}` })
  return { ok: true, value: parsed.value }
}

/** Exactly one of the four keys, so that an answer never means two things. */
function isAnswer(parsed: unknown): parsed is CaseAnswer {
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return false
  const [[key, value] = [], ...more] = Object.entries(parsed)
  if (more.length > 0) return false
  if (key === 'value') return true
  const told = value as Partial<Described> | null
  return (key === 'threw' || key === 'syntax' || key === 'output') && typeof told?.message === 'string'
}

function thrown(told: Described, limits: Limits): CandidateFailure {
  return /^MemoryError\b/.test(told.message) ? outOfMemory(limits) : { kind: 'threw', ...described(told) }
}

function described({ message, file, line, stack }: Described) {
  return {
    message: message === '' ? 'an error without a message' : short(message),
    ...(typeof file === 'string' && isProgramPath(file) ? { file } : {}),
    ...(Number.isSafeInteger(line) ? { line: Number(line) } : {}),
    ...(typeof stack === 'string' && stack !== '' ? { stack: short(stack) } : {}),
  }
}

function withoutAnswer(ending: Ending, limits: NamedLimits): CandidateFailure {
  const { code, signal } = ending
  const number = signal === null && code !== null && code > 128 && code < 193 ? code - 128 : undefined
  const name = signal ?? (number === undefined ? undefined : (signalNames[number] ?? `signal ${String(number)}`))
  if (name === 'SIGXCPU') return usedUp(limits)
  if (name === 'SIGXFSZ') {
    return { kind: 'killed-host', message: `wrote a file of more than ${bytesText(limits.diskBytes)}` }
  }
  if (name !== undefined) return { kind: 'killed-host', message: `its process ended with ${name}${lastWords(ending)}` }
  if (code === 0) {
    return {
      kind: 'invalid-output',
      message: `the command ended with code 0 and without an answer${lastWords(ending)}`,
    }
  }
  return { kind: 'threw', message: `the command ended with code ${String(code)}${lastWords(ending)}` }
}

const signalNames: Readonly<Record<number, string>> = {
  4: 'SIGILL',
  6: 'SIGABRT',
  7: 'SIGBUS',
  8: 'SIGFPE',
  9: 'SIGKILL',
  11: 'SIGSEGV',
  13: 'SIGPIPE',
  14: 'SIGALRM',
  15: 'SIGTERM',
  24: 'SIGXCPU',
  25: 'SIGXFSZ',
  31: 'SIGSYS',
}

/** The last lines of the error output, for want of an answer. */
function lastWords({ stderr }: Ending): string {
  const lines = stderr.text().trimEnd().split('\n').slice(-5).join('\n')
  return lines === '' ? '' : `: ${short(lines)}`
}

function usedUp({ cpuMs }: NamedLimits): CandidateFailure {
  return { kind: 'timed-out', message: `used more than ${durationText(cpuMs)} of processor time`, limitMs: cpuMs }
}

function outOfMemory(limits: Limits): CandidateFailure {
  return { kind: 'out-of-memory', message: `needed more than ${bytesText(limits.memoryBytes)} of memory` }
}

function short(text: string): string {
  return text.length > 2000 ? `${text.slice(0, 2000)} ...` : text
}

function shown(text: string): string {
  return JSON.stringify(text.length > 100 ? `${text.slice(0, 100)}...` : text)
}

function failed(failure: CandidateFailure): Verdict {
  return { ok: false, failure }
}

/** The failure of a candidate that did not get through its build. */
export function buildFailure(ending: Ending, limits: NamedLimits): CandidateFailure | undefined {
  if (ending.cause === 'exited' && ending.code === 0 && !ending.ranOutOfMemory) return undefined
  if (ending.cause !== 'exited' || ending.ranOutOfMemory) {
    const verdict = classify(ending, limits)
    if (verdict.ok) return undefined
    return { ...verdict.failure, message: `the build: ${verdict.failure.message}` }
  }
  const said = `${ending.stderr.text()}\n${ending.stdout.text()}`
  const lines = said.split('\n').filter((line) => line.trim() !== '')
  const first = Math.max(
    0,
    lines.findIndex((line) => /\berror\b/i.test(line)),
  )
  const message = lines.slice(first, first + 6).join('\n')
  const [, file, place] = /\bprogram(?:\.\w+|\/([\w.+@/-]+))[:(](\d+)/.exec(message) ?? []
  const line = Number(place ?? 0)
  return {
    kind: 'syntax',
    message: message === '' ? `the build ended with code ${String(ending.code)}` : short(message),
    ...(file !== undefined && isProgramPath(file) ? { file } : {}),
    ...(line > 0 ? { line } : {}),
  }
}

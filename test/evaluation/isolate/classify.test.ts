import { describe, expect, it } from 'vitest'
import { classifyEnd, classifyOutcome, notRun } from '../../../src/evaluation/isolate/classify.ts'
import type { EngineError } from '../../../src/evaluation/isolate/messages.ts'

const limits = { timeMs: 1000, memoryBytes: 256e6, outputBytes: 1000, consoleBytes: 1000 }

function engineError(error: Partial<EngineError>) {
  const blank = { phase: 'call', name: 'Error', message: '', stack: 'Error', disposed: false, uncopyable: '' } as const
  const verdict = classifyOutcome({ kind: 'engine-error', error: { ...blank, ...error } }, 'f', limits)
  return verdict.ok ? undefined : verdict.failure
}

describe('an error of the engine', () => {
  it('is a time-out when the script was stopped', () => {
    expect(engineError({ message: 'Script execution timed out.' })).toMatchObject({ kind: 'timed-out', limitMs: 1000 })
  })

  it('is memory when the isolate is gone', () => {
    const message = 'Isolate was disposed during execution due to memory limit'
    expect(engineError({ message, disposed: true })).toEqual({
      kind: 'out-of-memory',
      message: 'needed more than 256 MB of memory',
    })
    expect(engineError({ message, disposed: false })).toMatchObject({ kind: 'threw' })
  })

  it('is memory when an array buffer was refused', () => {
    const refused = { name: 'RangeError', message: 'Array buffer allocation failed' }
    expect(engineError(refused)).toMatchObject({ kind: 'out-of-memory' })
    expect(engineError({ ...refused, name: 'Error' })).toMatchObject({ kind: 'threw' })
  })

  it('is a syntax failure with its line when the module does not compile', () => {
    const message = "Unexpected token '*' [candidate.js:12:7]"
    expect(engineError({ phase: 'compile', message })).toEqual({
      kind: 'syntax',
      message: "Unexpected token '*'",
      line: 12,
    })
  })

  it('is invalid output when the value cannot be copied', () => {
    expect(engineError({ uncopyable: '$.f is a function' })).toEqual({
      kind: 'invalid-output',
      message: '$.f is a function',
    })
  })

  it('keeps of a stack only what lies in the candidate', () => {
    const stack = 'TypeError: no\n    at g (candidate.js:4:2)\n    at call (evolve:candidate-context:9:9)'
    expect(engineError({ phase: 'evaluate', name: 'TypeError', message: 'no', stack })).toEqual({
      kind: 'threw',
      message: 'TypeError: no',
      line: 4,
      stack: '    at g (candidate.js:4:2)',
    })
  })
})

describe('the end of a busy host', () => {
  const end = { code: null, signal: 'SIGABRT', stderr: '' } as const

  it.each([
    'FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory',
    'CALL_AND_RETRY_LAST\nis_heap_oom = 1',
    '# Fatal process out of memory: Zone',
    "terminate called after throwing an instance of 'std::bad_alloc'",
  ])('is the candidate out of memory when its last words are %j', (stderr) => {
    expect(classifyEnd({ ...end, stderr }, limits)).toMatchObject({ kind: 'out-of-memory' })
  })

  it('is the candidate killing its host when it crashed for another reason', () => {
    const crash = classifyEnd({ ...end, signal: 'SIGSEGV', stderr: '# Fatal error in x.cc\n# Check failed' }, limits)
    expect(crash).toEqual({ kind: 'killed-host', message: 'its process ended with SIGSEGV: Fatal error in x.cc' })
  })

  it.each(['SIGKILL', 'SIGTERM'] as const)('is nobody in here when it was %s', (signal) => {
    expect(classifyEnd({ ...end, signal }, limits)).toBe('external')
  })

  it('is nobody when there was no room for the isolate itself', () => {
    const stderr = '# Fatal process out of memory: Failed to reserve virtual memory for CodeRange'
    expect(classifyEnd({ ...end, stderr }, limits)).toBe('external')
  })
})

it('keeps the kind of the failure that a case was not run for', () => {
  const failure = { kind: 'timed-out', message: 'took longer than 5 ms', limitMs: 5 } as const
  expect(notRun(failure, 'n26')).toEqual({
    kind: 'timed-out',
    message: 'not run, because of case n26 before it: took longer than 5 ms',
    limitMs: 5,
  })
})

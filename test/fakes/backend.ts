import type { CaseResult } from '../../src/core/evaluation.ts'
import { InfrastructureError, messageOf, UserError } from '../../src/core/errors.ts'
import type { CandidateFailure } from '../../src/core/failure.ts'
import type { Json } from '../../src/core/json.ts'
import { rngFromText } from '../../src/core/rng.ts'
import type { EvaluatorBackend, RunReport, RunRequest } from '../../src/evaluation/backend.ts'

/** What a case of the fake sees instead of the real globals. */
interface Surroundings {
  readonly console: object
  readonly Math: object
}

const surroundings = new Map<string, Surroundings>()
let serial = 0

/**
 * An evaluator backend without processes: candidates run in this very process, so they must be friendly.
 *
 * It keeps the contract of the seam as far as friendly candidates can tell. A program that begins with the line
 * `// ends as out-of-memory` (or `killed-host`, `invalid-output`) ends so.
 */
export function createFakeBackend(): EvaluatorBackend {
  let closed = false
  return {
    name: 'fake',
    protections: () => Promise.resolve([{ name: 'own process', active: false, detail: 'runs in the test itself' }]),
    async run(request, signal) {
      if (closed || signal.aborted) throw new InfrastructureError('the evaluation was called off')
      const calledOff = new Promise<never>((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(new InfrastructureError('the evaluation was called off')))
      })
      return Promise.race([runCases(request), calledOff])
    },
    close() {
      closed = true
      return Promise.resolve()
    },
  }
}

async function runCases(request: RunRequest): Promise<RunReport> {
  const cases: CaseResult[] = []
  let printed = ''
  let blocked: CandidateFailure | undefined
  const print = (...values: unknown[]): void => {
    printed += `${values.join(' ')}\n`
  }
  for (const { id, args } of request.cases) {
    const started = performance.now()
    const result: CaseResult =
      blocked === undefined
        ? { id, ...(await runCase(request, id, args, print)), ms: performance.now() - started }
        : { id, ok: false, ms: 0, failure: blocked }
    cases.push(result)
    if (!result.ok && stopping.includes(result.failure.kind)) blocked = result.failure
  }
  const { consoleBytes } = request.limits
  return { cases, console: printed.length > consoleBytes ? `${printed.slice(0, consoleBytes)}\n[dropped]` : printed }
}

const stopping = ['timed-out', 'syntax', 'out-of-memory', 'killed-host']

type Outcome = { ok: true; value: Json } | { ok: false; failure: CandidateFailure }

async function runCase(request: RunRequest, id: string, args: readonly Json[], print: object): Promise<Outcome> {
  const { entry, limits } = request
  const staged = /^\/\/ ends as (out-of-memory|killed-host|invalid-output)\n/.exec(request.code)?.[1]
  if (staged !== undefined) return failed({ kind: staged as 'killed-host', message: 'as it was told to' })
  const key = `fake-${String(serial++)}`
  const rng = rngFromText(`${request.seed}/${id}`)
  surroundings.set(key, {
    console: { log: print, info: print, warn: print, error: print, debug: print },
    Math: Object.assign(Object.create(Math) as object, { random: () => rng.next() }),
  })
  Object.assign(globalThis, { fakeSurroundings: surroundings })
  let module: Record<string, unknown>
  const prelude = `const { console, Math } = globalThis.fakeSurroundings.get('${key}');`
  try {
    module = (await import(`data:text/javascript,${encodeURIComponent(prelude + request.code)}`)) as typeof module
  } catch (error) {
    return failed({ kind: error instanceof SyntaxError ? 'syntax' : 'threw', message: messageOf(error) })
  }
  const called = module[entry ?? ''] as ((...args: unknown[]) => unknown) | undefined
  if (typeof called !== 'function') {
    return failed({
      kind: 'syntax',
      message: `exports no function ${String(entry)}; it exports ${Object.keys(module).join()}`,
    })
  }
  const late = Symbol('late')
  try {
    if (request.driver !== undefined) {
      const second = (await import(
        `data:text/javascript,${encodeURIComponent(`${prelude}${request.code}//again`)}`
      )) as typeof module
      return played(request.driver.source, args, called, second[String(entry)] as typeof called)
    }
    const value = await Promise.race([
      called(...structuredClone(args)),
      new Promise((resolve) => setTimeout(resolve, limits.timeMs, late)),
    ])
    if (value === late) return failed({ kind: 'timed-out', message: 'too late', limitMs: limits.timeMs })
    const wrong = findWrong(value, '$')
    if (wrong !== undefined) return failed({ kind: 'invalid-output', message: wrong })
    const json = JSON.stringify(value)
    if (Buffer.byteLength(json) > limits.outputBytes) return failed({ kind: 'invalid-output', message: 'too large' })
    return { ok: true, value: JSON.parse(json) as Json }
  } catch (error) {
    if (error instanceof UserError) throw error
    return failed({ kind: 'threw', message: String(error) })
  }
}

type Entry = (...args: unknown[]) => unknown

function played(source: string, args: readonly Json[], first: Entry, second: Entry): Outcome {
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- a driver is a text that only the tests themselves wrote.
  const make = new Function(`'use strict'; return (${source})`) as () => { drive: Entry }
  const { drive } = make()
  let failure: CandidateFailure | undefined
  const callable =
    (entry: Entry) =>
    (...given: readonly unknown[]): unknown => {
      try {
        const answer = entry(...structuredClone(given))
        const wrong = answer instanceof Promise ? 'is a promise' : findWrong(answer, 'the answer')
        if (wrong === undefined) return structuredClone(answer)
        failure ??= { kind: 'invalid-output', message: wrong }
      } catch (error) {
        failure ??= { kind: 'threw', message: String(error) }
      }
      throw new Error('the candidate failed')
    }
  try {
    const value = drive({ call: callable(first), again: callable(second) }, ...structuredClone(args))
    if (failure === undefined) return { ok: true, value: value as Json }
  } catch (error) {
    if (failure === undefined) throw new UserError(`drive() of the evaluator threw ${String(error)}`)
  }
  return failed(failure)
}

function failed(failure: CandidateFailure): Outcome {
  return { ok: false, failure }
}

function findWrong(value: unknown, path: string): string | undefined {
  if (typeof value === 'number' && !Number.isFinite(value)) return `${path} is ${String(value)}`
  if (['undefined', 'function', 'symbol', 'bigint'].includes(typeof value)) return `${path} is a ${typeof value}`
  if (typeof value !== 'object' || value === null) return undefined
  for (const [key, item] of Object.entries(value)) {
    const wrong = findWrong(item, Array.isArray(value) ? `${path}[${key}]` : `${path}.${key}`)
    if (wrong !== undefined) return wrong
  }
  return undefined
}

import path from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { setFlagsFromString } from 'node:v8'
import { Piscina } from 'piscina'
import { EvaluatorFault, InfrastructureError, InvariantError, messageOf, UserError } from '../../core/errors.ts'
import type { Json } from '../../core/json.ts'
import type { VariationRequest } from '../../core/program.ts'
import type { ParseOutcome, TrustedPool } from '../trusted-pool.ts'
import type { Draw, Fault, TaskKind, TaskRequests, TaskValues, TrustedReply, TrustedSetup } from './messages.ts'
import { createTurnstile } from './turnstile.ts'

/**
 * Longest time of one task by kind, in milliseconds, from the moment a thread is free for it. Above 0.
 *
 * The first task of a thread includes its start and the loading of the evaluator, some hundred milliseconds.
 */
export type TrustedDeadlines = Readonly<Record<TaskKind, number>>

/** How to set up the trusted threads. */
export interface TrustedPoolOptions extends TrustedSetup {
  /** At least 1. Default: 2. */
  readonly threads?: number
  /** Defaults: parse and vary 10 s, cases, driver and shape 30 s, score 60 s. */
  readonly deadlines?: Partial<TrustedDeadlines>
  /** Heap of one thread in megabytes. Default: 1024. */
  readonly heapMb?: number
}

const defaultDeadlines: TrustedDeadlines = {
  parse: 10_000,
  vary: 10_000,
  fingerprint: 10_000,
  cases: 30_000,
  driver: 30_000,
  shape: 30_000,
  inputs: 30_000,
  strip: 10_000,
  score: 60_000,
}

/** What an evaluator may know of the environment: nothing that could be a secret. */
const sharedVariables = ['PATH', 'HOME', 'TMPDIR', 'TEMP', 'LANG', 'TZ', 'NO_COLOR']

/**
 * Starts the threads that do the trusted work.
 *
 * The evaluator is loaded by the first `cases` or `score`, so that is when its mistakes show. Threads share nothing:
 * an evaluator that keeps state keeps it per thread. A thread sees only a few harmless environment variables.
 */
export function createTrustedPool(options: TrustedPoolOptions): TrustedPool {
  const threads = options.threads ?? 2
  const deadlines = { ...defaultDeadlines, ...options.deadlines }
  const pool = startThreads(options, threads)
  const turnstile = createTurnstile(threads)
  const ahead = parsedAhead()
  const fingerprints = latestAnswers()

  const perform = <Kind extends TaskKind>(
    kind: Kind,
    request: TaskRequests[Kind],
    limitMs = deadlines[kind],
  ): Promise<TaskValues[Kind]> =>
    turnstile.pass(async () => {
      const reply = await underDeadline(pool, kind, request, limitMs)
      if (!reply.ok) throw errorOf(reply.fault)
      return reply.value
    })

  const shared = {
    vary: async (operator: string, request: VariationRequest) => {
      const { variation, parsed } = await perform('vary', { operator, request })
      if (variation.ok && parsed !== undefined) ahead.put(variation.source, parsed)
      return variation
    },
    parse: (source: string) => {
      const parsed = ahead.take(source)
      return parsed === undefined ? perform('parse', { source }) : Promise.resolve(parsed)
    },
    // Several stages may ask the same about one candidate.
    fingerprint: (source: string) => fingerprints.get(source, () => perform('fingerprint', { source })),
    strip: (source: string) => perform('strip', { source }),
    driver: () => perform('driver', {}),
    shape: () => perform('shape', {}),
    close: async () => {
      turnstile.shut(new InfrastructureError('the trusted threads were closed'))
      await pool.destroy()
    },
  }
  const about = (instance: Json | undefined): TrustedPool => {
    let draw: Draw | undefined
    return {
      ...shared,
      about,
      cases: async (seed, split) => {
        const { cases, digest } = await perform('cases', { seed, split, instance })
        draw = { seed, split, digest, instance }
        return cases
      },
      inputs: (seed, batch) => perform('inputs', { seed, batch, instance }),
      score: async (results, source, limitMs) => {
        if (draw === undefined && results.length > 0) throw new InvariantError('cases are drawn before they are scored')
        const drawn = results.length === 0 ? undefined : draw
        try {
          return await perform('score', { results, source, draw: drawn, instance }, limitMs)
        } catch (error) {
          throw faultOfEvaluator(error, options.evaluatorPath)
        }
      },
    }
  }
  return about(undefined)
}

/** Answers about the latest sources, so that the same is not asked twice. */
function latestAnswers() {
  const answers = new Map<string, Promise<string>>()
  return {
    get: (source: string, ask: () => Promise<string>): Promise<string> => {
      const known = answers.get(source)
      if (known !== undefined) return known
      const answer = ask()
      answers.set(source, answer)
      const [oldest] = answers.keys()
      if (answers.size > mostLatest && oldest !== undefined) answers.delete(oldest)
      answer.catch(() => answers.delete(source))
      return answer
    },
  }
}

const mostLatest = 256

/** Outcomes of parsing that came with a child, each good for one `parse`; what nobody asks for is dropped in turn. */
function parsedAhead() {
  const outcomes = new Map<string, ParseOutcome>()
  return {
    put: (source: string, outcome: ParseOutcome): void => {
      outcomes.set(source, outcome)
      const [oldest] = outcomes.keys()
      if (outcomes.size > mostAhead && oldest !== undefined) outcomes.delete(oldest)
    },
    take: (source: string): ParseOutcome | undefined => {
      const outcome = outcomes.get(source)
      outcomes.delete(source)
      return outcome
    },
  }
}

/** More than any number of candidates in flight. */
const mostAhead = 2048

function startThreads(options: TrustedPoolOptions, threads: number): Piscina {
  // A precaution: V8 has aborted in the tests of these threads, maybe while it optimised type stripping, which is
  // WebAssembly, on a thread that was being ended. See docs/security.md.
  setFlagsFromString('--liftoff-only')
  const { evaluatorFile, evaluatorPath, objectives, form, first, measures } = options
  const extension = path.extname(fileURLToPath(import.meta.url))
  const pool = new Piscina({
    filename: fileURLToPath(new URL(`worker${extension}`, import.meta.url)),
    name: 'perform',
    minThreads: threads,
    maxThreads: threads,
    workerData: { evaluatorFile, evaluatorPath, objectives, form, first, measures } satisfies TrustedSetup,
    resourceLimits: { maxOldGenerationSizeMb: options.heapMb ?? 1024 },
    execArgv: ['--disable-warning=ExperimentalWarning'],
    env: Object.fromEntries(
      sharedVariables.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
    ),
    recordTiming: false,
  })
  // An idle thread that dies is replaced; a busy one rejects its task, which is where the error belongs.
  pool.on('error', () => undefined)
  return pool
}

async function underDeadline<Kind extends TaskKind>(
  pool: Piscina,
  kind: Kind,
  request: TaskRequests[Kind],
  limitMs: number,
): Promise<TrustedReply<TaskValues[Kind]>> {
  const late = new AbortController()
  const timer = setTimeout(() => late.abort(), limitMs)
  try {
    return (await pool.run({ kind, ...request }, { signal: late.signal })) as TrustedReply<TaskValues[Kind]>
  } catch (error) {
    if (late.signal.aborted) {
      const message = `${kind} took longer than ${limitMs} ms in a trusted thread, which was ended and replaced`
      throw new LateTask(message, { cause: error })
    }
    throw new InfrastructureError(`a trusted thread failed at ${kind}: ${messageOf(error)}`, { cause: error })
  } finally {
    clearTimeout(timer)
  }
}

/** What broke while the evaluator scored is its own fault, being late too; anything else is passed on. */
function faultOfEvaluator(error: unknown, file: string): unknown {
  if (error instanceof UserError) return new EvaluatorFault(error.message, error.location, { cause: error.cause })
  if (error instanceof LateTask)
    return new EvaluatorFault(`the evaluator: ${error.message}`, { file }, { cause: error })
  return error
}

/** A thread that had to be ended because its task took too long. */
class LateTask extends InfrastructureError {}

function errorOf(fault: Fault): Error {
  if (fault.kind === 'user') return new UserError(fault.message, fault.location, { cause: fault.stack })
  return new InvariantError(fault.message, { cause: fault.stack })
}

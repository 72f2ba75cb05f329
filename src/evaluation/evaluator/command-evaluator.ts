import { spawn, spawnSync } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Interface } from 'node:readline'
import { z } from 'zod'
import { defineEvaluator } from './define.ts'
import type { Evaluator, Verdict } from './define.ts'

/** A trusted command that scores: started once, then asked line by line. */
export interface ScorerCommand {
  /** The command and its arguments, paths absolute. */
  readonly command: readonly string[]
  /** Its working directory. */
  readonly folder: string
  /** Longest time of one answer, in milliseconds. */
  readonly timeMs: number
}

/**
 * Makes an evaluator out of a command that reads requests and writes answers, one line of JSON each.
 *
 * It is kept alive between candidates. When it dies it is started again, and what it was asked is asked once more; the
 * second death is an error of the evaluator, with the last words of the command. Its input ends when the run does.
 */
export function commandEvaluator(scorer: ScorerCommand): Evaluator {
  let worker: Worker | undefined
  let serial = 0
  const ask = async (request: object): Promise<Readonly<Record<string, unknown>>> => {
    for (let attempt = 1; ; attempt++) {
      worker = worker?.alive() === true ? worker : startWorker(scorer)
      const answer = await worker.ask(JSON.stringify({ id: ++serial, ...request }), scorer.timeMs)
      if ('line' in answer) return answerOf(answer.line, serial)
      worker = undefined
      if (attempt === 2) throw new Error(`the scorer ${answer.ended}`)
    }
  }
  return defineEvaluator({
    output: z.unknown(),
    // JSON has no `undefined`: without a curriculum no instance is told.
    cases: ({ rng, split, instance }) => {
      const request = { id: 0, cases: { seed: rng.int(2 ** 32), split, instance } }
      const answer = askOnce(scorer, JSON.stringify(request))
      // What is no list of cases is refused with the reason by whoever asked.
      return answer['cases'] as never
    },
    score: async ({ cases, program, instance }) => {
      const request = { score: { cases, source: program.source, instance } }
      const { id: _, error, invalid, failure, ...score } = await ask(request)
      if (typeof error === 'string') throw new Error(error)
      if (typeof invalid === 'string') return { kind: 'constraint-violated', message: invalid }
      return (failure ?? score) as Verdict
    },
  })
}

interface Worker {
  alive(): boolean
  ask(line: string, timeMs: number): Promise<{ readonly line: string } | { readonly ended: string }>
}

function startWorker({ command, folder }: ScorerCommand): Worker {
  const [file = '', ...args] = command
  const child = spawn(file, args, { cwd: folder, stdio: ['pipe', 'pipe', 'pipe'] })
  const lines = createInterface({ input: child.stdout })
  let said = ''
  let end: string | undefined
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-2000)))
  child.on('error', (error) => (end ??= `could not be started: ${error.message}`))
  child.on('close', (code, signal) => (end ??= `ended with ${signal ?? `code ${String(code)}`}${lastWords(said)}`))
  child.stdin.on('error', () => undefined)
  return {
    alive: () => end === undefined && child.exitCode === null && child.signalCode === null,
    ask: (line, timeMs) => answered(child, lines, line, timeMs, () => end ?? 'ended'),
  }
}

async function answered(
  child: ChildProcess,
  lines: Interface,
  line: string,
  timeMs: number,
  ended: () => string,
): Promise<{ readonly line: string } | { readonly ended: string }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ readonly line: string } | { readonly ended: string }>()
  const gone = (): void => resolve({ ended: ended() })
  const timer = setTimeout(() => {
    child.kill('SIGKILL')
    reject(new Error(`the scorer took longer than ${String(timeMs)} ms and was ended`))
  }, timeMs)
  const take = (answer: string): void => resolve({ line: answer })
  lines.once('line', take)
  child.once('close', gone)
  child.once('error', gone)
  child.stdin?.write(`${line}\n`)
  try {
    return await promise
  } finally {
    clearTimeout(timer)
    lines.off('line', take)
    child.off('close', gone)
    child.off('error', gone)
  }
}

/** Cases are drawn once per thread and at once, so a process of their own answers for them. */
function askOnce({ command, folder, timeMs }: ScorerCommand, line: string): Readonly<Record<string, unknown>> {
  const [file = '', ...args] = command
  const run = spawnSync(file, args, { cwd: folder, input: `${line}\n`, timeout: timeMs, encoding: 'utf8' })
  if (run.error !== undefined) throw new Error(`the scorer could not be asked for its cases: ${run.error.message}`)
  const answer = run.stdout.split('\n').find((each) => each.trim() !== '')
  if (answer === undefined) throw new Error(`the scorer ended without any cases${lastWords(run.stderr)}`)
  return answerOf(answer, 0)
}

function answerOf(line: string, id: number): Readonly<Record<string, unknown>> {
  let parsed: unknown
  try {
    parsed = JSON.parse(line)
  } catch {
    throw new Error(
      `the scorer must write one line of JSON for each it reads, but wrote ${JSON.stringify(line.slice(0, 100))}`,
    )
  }
  const answer = parsed as Readonly<Record<string, unknown>> | null
  if (typeof answer !== 'object' || answer === null || answer['id'] !== id) {
    throw new Error(
      `the scorer must repeat the id ${String(id)} in its answer, but wrote ${JSON.stringify(line.slice(0, 100))}`,
    )
  }
  return answer
}

function lastWords(said: string): string {
  const lines = said.trimEnd().split('\n').slice(-3).join(' ')
  return lines === '' ? '' : `: ${lines}`
}

import { spawnSync } from 'node:child_process'
import path from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { deserialize, serialize } from 'node:v8'
import { InfrastructureError, UserError } from '../../core/errors.ts'
import { durationText } from '../../core/units.ts'
import type { SqlAnswer } from '../run-reader.ts'

/** What the process that answers is asked. */
export interface TimedQuestion {
  /** Folder of the run. */
  readonly dir: string
  readonly sql: string
}

/** What it says: the answer, or what the user must mend. */
export type TimedReply =
  | { readonly ok: true; readonly answer: SqlAnswer }
  | { readonly ok: false; readonly message: string; readonly file: string | undefined }

/** More than an answer of the most rows needs, in bytes. */
const largestReply = 2 ** 30

/**
 * Asks a run's database in a process of its own, because nothing in this one could stop a query that has begun.
 *
 * @throws {@link UserError} for a statement that is wrong, or takes longer than `limitMs`.
 */
export function answerWithin(question: TimedQuestion, limitMs: number): SqlAnswer {
  const main = fileURLToPath(import.meta.url).replace(/timed-query(\.[jt]s)$/, 'timed-query-main$1')
  const { error, status, signal, stdout, stderr } = spawnSync(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', main],
    {
      input: serialize(question),
      timeout: limitMs,
      killSignal: 'SIGKILL',
      maxBuffer: largestReply,
      cwd: path.resolve('.'),
      env: {},
    },
  )
  if ((error as NodeJS.ErrnoException | undefined)?.code === 'ETIMEDOUT') {
    const remedy = 'ask for less (limit, an indexed column in where), or allow more with --timeout 10m'
    throw new UserError(`the query took longer than ${durationText(limitMs)} and was stopped: ${remedy}`)
  }
  if (error !== undefined || status !== 0) {
    const how = signal ?? `code ${String(status)}`
    const said = stderr.toString().trim().split('\n')[0] ?? ''
    throw new InfrastructureError(`the query's process ended with ${how}${said === '' ? '' : `: ${said}`}`, {
      cause: error,
    })
  }
  const reply = deserialize(stdout) as TimedReply
  if (reply.ok) return reply.answer
  throw new UserError(reply.message, reply.file === undefined ? undefined : { file: reply.file })
}

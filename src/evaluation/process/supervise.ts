import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import process from 'node:process'
import type { Readable, Writable } from 'node:stream'
import { InfrastructureError, messageOf } from '../../core/errors.ts'
import { captured } from './captured.ts'
import type { Captured } from './captured.ts'
import type { ControlGroup } from './control-group.ts'
import { ANSWER_FD, READY, REQUEST_FD } from './messages.ts'
import { treeUsage } from './process-tree.ts'
import { watch } from './watchdog.ts'
import type { Excess } from './watchdog.ts'

/** One command to run under supervision. */
export interface Supervised {
  /** Whole command line, confinement included; its first process is killed when the time is up. */
  readonly argv: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly cwd: string
  /** Written to descriptor 3 and closed. */
  readonly request: string
  /** Longest answer on descriptor 4, in bytes; `undefined` where none is expected and the end of the process counts. */
  readonly answerBytes: number | undefined
  readonly consoleBytes: number
  readonly timeMs: number
  /** Longest time until {@link READY}; the time limit then counts from there. */
  readonly startMs: number | undefined
  readonly cpuMs: number
  readonly memoryBytes: number
  readonly processes: number
  readonly diskBytes: number
  /** Folders on the machine's own disk that the command may write to. */
  readonly folders: readonly string[]
  /** `NAME=value` of the environment that tells the processes of this run from all others. */
  readonly marker: string
  /** Whether processes can detach from the first one, so that all that carry the marker must be looked for at the end. */
  readonly canDetach: boolean
  readonly group: ControlGroup | undefined
}

/** How a supervised command ended. */
export interface Ending {
  /** What stopped the wait: an answer, the end of the process, or what we ended it for. */
  readonly cause: 'answered' | 'exited' | 'late' | 'late-start' | 'oversized' | Excess
  /** The answer's line, without its line feed; empty when there was none. */
  readonly answer: string
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  /** Whether the kernel ended one of its processes for memory. */
  readonly ranOutOfMemory: boolean
  readonly stdout: Captured
  readonly stderr: Captured
  /** From the start, or from {@link READY}, to the answer or the end. */
  readonly ms: number
}

/** After its answer a command may still write out what it printed, for so many milliseconds. */
const graceMs = 100
/** Pipes that a detached process holds open are not waited for longer than this. */
const closingMs = 100

/**
 * Runs one command with its own descriptors for request and answer, ends it at the first of its limits, and resolves
 * when everything that can be found of it is gone.
 *
 * @throws InfrastructureError when it cannot be started, or when `signal` aborts.
 */
export async function supervise(supervised: Supervised, signal: AbortSignal): Promise<Ending> {
  refuseIfAborted(signal)
  const child = await started(supervised)
  const stdout = captured(child.stdio[1] as Readable, supervised.consoleBytes)
  const stderr = captured(child.stdio[2] as Readable, Math.max(supervised.consoleBytes, stderrBytes))
  const ended = once(child, 'close').catch(() => undefined)
  const exited = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>
  const abort = (): void => end(child, supervised)
  signal.addEventListener('abort', abort, { once: true })
  try {
    refuseIfAborted(signal)
    send(child, supervised.request)
    const { cause, answer, ms } = await outcome(child, supervised, exited)
    if (cause === 'answered') await Promise.race([ended, pause(graceMs)])
    end(child, supervised)
    const [code, killedBy] = await exited
    await Promise.race([ended, pause(closingMs)])
    for (const stream of child.stdio) stream?.destroy()
    refuseIfAborted(signal)
    const ranOutOfMemory = supervised.group?.ranOutOfMemory() ?? false
    return { cause, answer, code, signal: killedBy, ranOutOfMemory, stdout, stderr, ms }
  } catch (error) {
    abort()
    throw error
  } finally {
    signal.removeEventListener('abort', abort)
  }
}

function refuseIfAborted(signal: AbortSignal): void {
  if (signal.aborted) throw new InfrastructureError('the evaluation was called off')
}

/** Kept of the error output even where the console keeps less: it explains why there is no answer. */
const stderrBytes = 8192

async function started({ argv, env, cwd }: Supervised): Promise<ChildProcess> {
  const [file = '', ...args] = argv
  // A session of its own: an interrupt from the terminal is for the controller, which lets candidates finish.
  const child = spawn(file, args, {
    cwd,
    env: { ...env },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe', 'pipe'],
  })
  try {
    await once(child, 'spawn')
    return child
  } catch (error) {
    throw new InfrastructureError(`${file} could not be started: ${messageOf(error)}`, { cause: error })
  }
}

function send(child: ChildProcess, request: string): void {
  const stream = child.stdio[REQUEST_FD] as Writable
  // A command that never reads its request closes the pipe.
  stream.on('error', () => undefined)
  stream.end(`${request}\n`)
}

/** Waits for the first thing that settles the case. */
async function outcome(
  child: ChildProcess,
  supervised: Supervised,
  exited: Promise<unknown>,
): Promise<Pick<Ending, 'cause' | 'answer' | 'ms'>> {
  const { answerBytes, startMs, timeMs } = supervised
  const { promise, resolve } = Promise.withResolvers<Ending['cause']>()
  let since = performance.now()
  let timer = setTimeout(() => resolve(startMs === undefined ? 'late' : 'late-start'), startMs ?? timeMs)
  let waitsForReady = startMs !== undefined
  const chunks: Buffer[] = []
  let length = 0
  let answer = ''
  const take = (line: string): void => {
    if (waitsForReady && line === READY) {
      waitsForReady = false
      clearTimeout(timer)
      since = performance.now()
      timer = setTimeout(() => resolve('late'), timeMs)
      return
    }
    answer = line
    resolve('answered')
  }
  const stream = child.stdio[ANSWER_FD] as Readable
  stream.on('error', () => undefined)
  stream.on('data', (chunk: Buffer) => {
    for (let rest = chunk; rest.length > 0 && answer === '';) {
      const feed = rest.indexOf(10)
      const piece = feed === -1 ? rest : rest.subarray(0, feed)
      chunks.push(piece)
      length += piece.length
      if (answerBytes !== undefined && length > answerBytes + envelopeBytes) {
        resolve('oversized')
        return
      }
      if (feed === -1) return
      rest = rest.subarray(feed + 1)
      take(Buffer.concat(chunks.splice(0)).toString())
      length = 0
    }
  })
  const unwatch = watch({ ...supervised, root: child.pid ?? 0 }, resolve)
  void exited.then(async () => {
    // The last line may still be on its way, and it need not end with a line feed.
    if (!stream.readableEnded) await Promise.race([once(stream, 'end').catch(() => undefined), pause(closingMs)])
    if (answer === '' && length > 0) take(Buffer.concat(chunks.splice(0)).toString())
    resolve('exited')
  })
  const cause = await promise
  const ms = performance.now() - since
  clearTimeout(timer)
  unwatch()
  return { cause, answer, ms }
}

/** What an answer may hold around its value. */
const envelopeBytes = 4096

/** Kills the command: its first process, its group, what the control group holds, and what carries its marker. */
function end(child: ChildProcess, { group, marker, canDetach }: Supervised): void {
  const { pid } = child
  if (pid === undefined) return
  if (child.exitCode === null && child.signalCode === null) {
    kill(-pid)
    kill(pid)
  }
  if (!canDetach) return
  // First all are stopped, so that none forks while the others are looked for.
  const stopped = new Set<number>()
  for (let look = 0; look < mostLooks; look++) {
    const fresh = [...(group?.members() ?? []), ...treeUsage(pid, marker).pids].filter(
      (member) => member !== pid && !stopped.has(member),
    )
    if (fresh.length === 0) break
    for (const member of fresh) {
      kill(member, 'SIGSTOP')
      stopped.add(member)
    }
  }
  for (const member of stopped) kill(member)
}

const mostLooks = 50

function kill(pid: number, signal: 'SIGKILL' | 'SIGSTOP' = 'SIGKILL'): void {
  try {
    process.kill(pid, signal)
  } catch {
    // Gone already.
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref())
}

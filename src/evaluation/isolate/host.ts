import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import os from 'node:os'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { InfrastructureError } from '../../core/errors.ts'
import type { HostEnd } from './classify.ts'
import type {
  CaseAnswer,
  CaseMessage,
  HostMessage,
  HostOrder,
  LibraryModule,
  ReadyMessage,
  RecallAnswer,
  TimedAnswer,
  TimedMessage,
} from './messages.ts'

/** How far past its limit a case may go before its host is killed from outside, in milliseconds. */
const killGraceMs = 250
/** How long loading, reading arguments and reading answers may take around timed calls, in milliseconds. */
const timedGraceMs = 4000
/** How long a host may take to start, in milliseconds. */
const startMs = 15_000
/** How much of a host's last words is kept, in characters; V8 begins with the reason and goes on with addresses. */
const stderrKept = 16_384
/**
 * Address space of a host before the candidate asks for any, in bytes.
 *
 * Measured on Node 24.21, x64: 1,059 MiB after the start, 514 MiB more per isolate (V8 reserves its code range). Two
 * isolates overlap for a moment, and on a busy machine three, before the host waits (see its `sandboxWhenThereIsRoom`). The
 * rest is room for thread stacks and the allocator.
 */
const baseAddressSpace = 2816 * 2 ** 20

/**
 * isolated-vm needs the first flag. One worker thread of V8's pool is enough for one candidate and saves address space;
 * so do the next two: Node strips types with WebAssembly, whose memory would reserve up to 8 GiB. The permission model
 * is a second wall: JavaScript that got out of the isolate could not write files or start processes through Node.
 *
 * The collection of WebAssembly code holds a lock of the engine while it asks isolated-vm for the task runners of isolates;
 * when that lets go of the last reference to a disposed one, the isolate's end waits for the same lock, and with it every new
 * isolate, for good. Node's own WebAssembly starts that collection in a host's first moments: on Node 24.21, 22 of
 * 1,500 hosts on a crowded machine stood still (`npm run bench -- busy-hosts 1500`), without it none. It frees nothing that a host needs.
 */
const hostFlags = [
  '--no-node-snapshot',
  '--v8-pool-size=1',
  '--disable-wasm-trap-handler',
  '--wasm-max-mem-pages=1024',
  '--no-wasm-code-gc',
  '--permission',
  '--allow-addons',
  '--allow-fs-read=*',
]

/**
 * Measured on Node 24.21: with the middle compiler, one program in five stays with its code for a whole start on two busy
 * cores, three times slower than the same program beside it. With code that is replaced inside a running loop, a program of
 * two nested loops took either 2.3 or 3.5 ms, by halves, for as long as it was loaded; without, always 2.3. What garbage
 * collection takes belongs to the program, so it happens on its thread.
 */
const timingFlags = ['--no-maglev', '--no-use-osr', '--single-threaded-gc']

/** What came of one case: an answer, or the end of the process. `deadline` means that it was ended from here. */
export type CaseReply = HostReply<CaseAnswer>

/** What came of one order: its answer, or the end of the process. */
export type HostReply<Answer extends HostMessage> =
  | { readonly kind: 'answer'; readonly answer: Answer }
  | { readonly kind: 'deadline' }
  | { readonly kind: 'ended'; readonly end: HostEnd }

/** A running host process, idle or busy with one case. */
export interface Host {
  readonly pid: number
  /** The memory its isolates are made for, in bytes. */
  readonly memoryBytes: number
  readonly ready: ReadyMessage
  /** Resolves when the process is gone. */
  readonly ended: Promise<HostEnd>
  /** Runs one case, and kills the process when the answer is late. Never rejects. */
  runCase(message: CaseMessage): Promise<CaseReply>
  /** Makes calls whose time is measured, and kills the process when the answer is late. Never rejects. */
  timeCalls(message: TimedMessage): Promise<HostReply<TimedAnswer>>
  /** What the latest timed calls returned, as JSON. Never rejects. */
  recall(): Promise<HostReply<RecallAnswer>>
  /** Ends the process at once. */
  kill(): void
}

/**
 * Starts a host process and waits until it can take a case.
 *
 * It gets no environment, a neutral directory, a session of its own (so Ctrl+C reaches only us) and, where the shell
 * can set one, a limit on its address space.
 *
 * @param libraries - What its candidates may import.
 * @param purpose - Cases, or timed calls: then the engine compiles in the steadiest way, not in the quickest.
 * @throws {@link InfrastructureError} with its last words when it ends or says nothing for 15 s.
 */
export async function startHost(
  memoryBytes: number,
  libraries: readonly LibraryModule[],
  signal: AbortSignal,
  purpose: 'cases' | 'timing' = 'cases',
): Promise<Host> {
  const child = spawnHost(memoryBytes, purpose === 'timing' ? [...hostFlags, ...timingFlags] : hostFlags)
  const stderr = keepWords(child)
  const ended = endOf(child, stderr)
  const ready = await firstMessage(child, ended, signal)
  // A failed send means a dying process; the first case will tell.
  if (libraries.length > 0) child.send({ kind: 'libraries', libraries } satisfies HostOrder, () => undefined)
  const hold = (busy: boolean): void => holdEventLoop(child, busy)
  hold(false)
  const busy = async <T>(work: () => Promise<T>): Promise<T> => {
    hold(true)
    try {
      return await work()
    } finally {
      hold(false)
    }
  }
  return {
    pid: child.pid ?? 0,
    memoryBytes,
    ready,
    ended,
    kill() {
      hold(true)
      child.kill('SIGKILL')
    },
    runCase: (message) => busy(() => converse(child, message, 'case', message.timeMs + killGraceMs, ended)),
    timeCalls: (message) =>
      busy(() => converse(child, message, 'timed', message.timeMs + timedGraceMs + killGraceMs, ended)),
    recall: () => busy(() => converse(child, { kind: 'recall' }, 'recall', timedGraceMs, ended)),
  }
}

function spawnHost(memoryBytes: number, flags: readonly string[]): ChildProcess {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
  const main = fileURLToPath(new URL(`./host-main.${extension}`, import.meta.url))
  const command = [process.execPath, ...flags, main, String(memoryBytes)]
  const kilobytes = String(Math.ceil((baseAddressSpace + memoryBytes) / 1024))
  // The shell sets the limits, because Node cannot; a shell that cannot either says nothing and the host reports it.
  const limits = `ulimit -c 0 2>/dev/null; ulimit -v ${kilobytes} 2>/dev/null; exec "$0" "$@"`
  const [file, ...args] = process.platform === 'win32' ? command : ['/bin/sh', '-c', limits, ...command]
  return spawn(file ?? process.execPath, args, {
    cwd: process.platform === 'win32' ? os.tmpdir() : '/',
    // One allocator arena: every further one would reserve 64 MiB of the limited address space per thread.
    env: { MALLOC_ARENA_MAX: '1', TZ: 'UTC' },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    detached: process.platform !== 'win32',
    windowsHide: true,
  })
}

function keepWords(child: ChildProcess): () => string {
  let kept = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    kept = (kept + text).slice(0, stderrKept)
  })
  return () => kept
}

async function endOf(child: ChildProcess, stderr: () => string): Promise<HostEnd> {
  return new Promise((resolve) => {
    // Without a listener a failed spawn or a send to a dying process would be thrown at the whole program.
    child.on('error', (error) => {
      if (child.pid === undefined) resolve({ code: null, signal: null, stderr: error.message })
    })
    child.on('close', (code, signal) => resolve({ code, signal, stderr: stderr() }))
  })
}

async function firstMessage(child: ChildProcess, ended: Promise<HostEnd>, signal: AbortSignal): Promise<ReadyMessage> {
  const given = new AbortController()
  const limit = AbortSignal.any([signal, given.signal, AbortSignal.timeout(startMs)])
  try {
    const first = await Promise.race([once(child, 'message', { signal: limit }), ended])
    if (Array.isArray(first)) return first[0] as ReadyMessage
    throw new InfrastructureError(`a candidate host could not start: ${lastWords(first)}`, { cause: first })
  } catch (error) {
    child.kill('SIGKILL')
    if (error instanceof InfrastructureError) throw error
    const why = signal.aborted ? 'it was called off' : `it said nothing for ${String(startMs / 1000)} s`
    throw new InfrastructureError(`a candidate host could not start: ${why}`, { cause: error })
  } finally {
    given.abort()
  }
}

function lastWords(end: HostEnd): string {
  const said = end.stderr.trim().slice(0, 1000)
  return said === '' ? `it ended with ${end.signal ?? `code ${String(end.code)}`}` : said
}

function converse<Kind extends HostMessage['kind']>(
  child: ChildProcess,
  order: HostOrder,
  kind: Kind,
  limitMs: number,
  ended: Promise<HostEnd>,
): Promise<HostReply<Extract<HostMessage, { kind: Kind }>>> {
  type Reply = HostReply<Extract<HostMessage, { kind: Kind }>>
  return new Promise((resolve) => {
    const settle = (reply: Reply): void => {
      clearTimeout(clock)
      child.off('message', hear)
      resolve(reply)
    }
    const hear = (said: HostMessage): void => {
      if (said.kind === kind) settle({ kind: 'answer', answer: said as Extract<HostMessage, { kind: Kind }> })
    }
    // Timers run before sockets are read: an answer that is already here when we were late ourselves must count.
    const clock = setTimeout(
      () =>
        setImmediate(() => {
          if (child.listeners('message').includes(hear)) {
            child.kill('SIGKILL')
            settle({ kind: 'deadline' })
          }
        }),
      limitMs,
    )
    child.on('message', hear)
    void ended.then((end) => settle({ kind: 'ended', end }))
    // A failed send means a dying process, and `ended` says how it died.
    child.send(order, () => undefined)
  })
}

/** An idle host must not keep the program alive; one that is busy, or whose end is awaited, must. */
function holdEventLoop(child: ChildProcess, busy: boolean): void {
  const verb = busy ? 'ref' : 'unref'
  child[verb]()
  child.channel?.[verb]()
  const { stderr } = child as { stderr: { ref?: () => void; unref?: () => void } | null }
  stderr?.[verb]?.()
}

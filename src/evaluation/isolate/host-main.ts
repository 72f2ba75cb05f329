/**
 * A host process: runs candidates one at a time, each case in a fresh isolate, and trusts nothing it runs.
 *
 * The isolate works on a thread of its own, so this thread stays free to watch the clock, the memory and the channel;
 * when our side goes away, or a case cannot be ended in good order, the process ends itself.
 */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import process from 'node:process'
import { prepareSandbox, type Sandbox } from './sandbox.ts'
import type {
  CaseAnswer,
  CaseMessage,
  CaseOutcome,
  HostMessage,
  HostOrder,
  LibraryModule,
  ProgramMessage,
  TimedMessage,
} from './messages.ts'

/** How often the resident memory is read during a case, in milliseconds. */
const watchMs = 20
/**
 * What the engine may take beside the candidate's own data (young generation, compiled code), in bytes.
 *
 * Measured: a candidate that keeps 257 MB alive under a limit of 256 MiB makes the process grow by 305 MB.
 */
const engineBytes = 48 * 2 ** 20
/** How long after the limit a case is given up that the engine did not stop, in milliseconds. */
const stopGraceMs = 40
/** What loading a program, reading arguments and reading answers may take around timed calls, in milliseconds. */
const loadMs = 3000

const memoryBytes = Number(process.argv[2])
let program: ProgramMessage | undefined
let next: Sandbox | undefined
let libraries: readonly LibraryModule[] = []
/** The isolate of the measurement that is under way, its memory at the start, and what the latest calls returned. */
let timed: { readonly sandbox: Sandbox; readonly baseBytes: number; json: string } | undefined

process.on('disconnect', endNow)
if (!process.connected) endNow()
process.on('message', (order: HostOrder) => {
  if (order.kind === 'case') return void runCase(order)
  if (order.kind === 'timed') return void timeCalls(order)
  if (order.kind === 'recall') {
    say({ kind: 'recall', json: timed?.json ?? '' })
    return
  }
  libraries = order.libraries
  next?.dispose()
  next = prepareSandbox(memoryBytes, libraries)
})
next = prepareSandbox(memoryBytes, libraries)
say({ kind: 'ready', baseBytes: process.memoryUsage.rss(), addressSpaceLimited: isAddressSpaceLimited() })

async function runCase(request: CaseMessage): Promise<void> {
  program = request.program ?? program
  if (program === undefined) throw new Error('the first case comes without a program')
  const sandbox = takeSandbox()
  const baseBytes = process.memoryUsage.rss()
  const watch = watchCase(request, baseBytes)
  const result = await sandbox.run(program, request, watch.stopped)
  watch.end()
  const lineFeed = result.printed.lastIndexOf('\n')
  const answer: CaseAnswer = {
    kind: 'case',
    outcome: result.outcome,
    ms: result.ms,
    console: result.printed.slice(0, Math.max(0, lineFeed)),
    consoleDropped: Number(result.printed.slice(lineFeed + 1)),
    baseBytes,
  }
  const over = result.outcome.kind === 'timed-out' || result.outcome.kind === 'memory'
  say(answer, over ? endNow : undefined)
  if (over) return
  sandbox.dispose()
  next = prepareSandbox(memoryBytes, libraries)
}

/** A prepared isolate for the next candidate. The one of a measurement that is over makes room first. */
function takeSandbox(): Sandbox {
  timed?.sandbox.dispose()
  timed = undefined
  const sandbox = next ?? prepareSandbox(memoryBytes, libraries)
  next = undefined
  return sandbox
}

async function timeCalls(request: TimedMessage): Promise<void> {
  if (request.program !== undefined) {
    const sandbox = takeSandbox()
    timed = { sandbox, baseBytes: process.memoryUsage.rss(), json: '' }
  }
  if (timed === undefined) throw new Error('the first timed calls come without a program')
  timed.json = ''
  const watch = watchCase({ ...request, timeMs: request.timeMs + loadMs }, timed.baseBytes)
  const { outcome, ms } = await timed.sandbox.time(request, watch.stopped)
  watch.end()
  if (outcome.kind === 'value') {
    timed.json = outcome.json
    const digest = createHash('sha256').update(outcome.json).digest('base64')
    say({ kind: 'timed', outcome: { kind: 'value', digest }, ms })
  } else {
    const over = outcome.kind === 'timed-out' || outcome.kind === 'memory'
    say({ kind: 'timed', outcome, ms }, over ? endNow : undefined)
  }
}

/** Ends a case from this thread when it outlasts its time or outgrows its memory, whatever the engine does. */
function watchCase(
  request: { readonly timeMs: number; readonly memoryBytes: number },
  baseBytes: number,
): { stopped: Promise<CaseOutcome>; end: () => void } {
  const { promise: stopped, resolve } = Promise.withResolvers<CaseOutcome>()
  const clock = setTimeout(resolve, request.timeMs + stopGraceMs, { kind: 'timed-out' })
  const memory = setInterval(() => {
    const residentBytes = process.memoryUsage.rss() - baseBytes
    if (residentBytes > request.memoryBytes + engineBytes) resolve({ kind: 'memory', residentBytes })
  }, watchMs)
  return {
    stopped,
    end: () => {
      clearTimeout(clock)
      clearInterval(memory)
    },
  }
}

function say(message: HostMessage, then?: () => void): void {
  process.send?.(message, undefined, undefined, then)
}

/** No handler, no flush, no wait for a thread that may never come back. */
function endNow(): void {
  process.kill(process.pid, 'SIGKILL')
}

/** Read from the kernel, because the shell that sets the limit may not be able to. */
function isAddressSpaceLimited(): boolean {
  try {
    return /^Max address space\s+\d/m.test(readFileSync('/proc/self/limits', 'utf8'))
  } catch {
    return false
  }
}

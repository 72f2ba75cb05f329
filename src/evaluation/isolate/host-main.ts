/**
 * A host process: runs candidates one at a time, each case in a fresh isolate, and trusts nothing it runs.
 *
 * The isolate works on a thread of its own, so this thread stays free to watch the clock, the memory and the channel;
 * when our side goes away, or a case cannot be ended in good order, the process ends itself.
 */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import process from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
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

/** Address space that an isolate reserves for itself, in bytes; measured on Node 24.21, x64: 514 MiB. */
const isolateAddressSpace = 640 * 2 ** 20
/** How often and how long at most an isolate that is on its way out is waited for, in milliseconds. */
const [roomStepMs, roomMs] = [2, 120]

const memoryBytes = Number(process.argv[2])
const addressSpaceBytes = addressSpaceLimit()
let program: ProgramMessage | undefined
let next: Promise<Sandbox> | undefined
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
  const before = next
  next = before?.then((sandbox) => {
    sandbox.dispose()
    return sandboxWhenThereIsRoom()
  })
})
next = sandboxWhenThereIsRoom()
await next
say({ kind: 'ready', baseBytes: process.memoryUsage.rss(), addressSpaceLimited: addressSpaceBytes !== undefined })

async function runCase(request: CaseMessage): Promise<void> {
  program = request.program ?? program
  if (program === undefined) throw new Error('the first case comes without a program')
  const sandbox = await takeSandbox()
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
  next = sandboxWhenThereIsRoom()
}

/** A prepared isolate for the next candidate. The one of a measurement that is over makes room first. */
function takeSandbox(): Promise<Sandbox> {
  timed?.sandbox.dispose()
  timed = undefined
  const sandbox = next ?? sandboxWhenThereIsRoom()
  next = undefined
  return sandbox
}

/**
 * Prepares an isolate as soon as the limit of the address space has room for it. A disposed one gives back what it
 * reserved when its thread lets go of it, on a busy machine milliseconds later; with too many of them at once the engine ends the
 * process, and the candidate that runs would take the blame.
 */
async function sandboxWhenThereIsRoom(): Promise<Sandbox> {
  for (let waitedMs = 0; waitedMs < roomMs && !isThereRoom(); waitedMs += roomStepMs) await sleep(roomStepMs)
  return prepareSandbox(memoryBytes, libraries)
}

function isThereRoom(): boolean {
  if (addressSpaceBytes === undefined) return true
  const [, kilobytes] = /^VmSize:\s+(\d+) kB/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? []
  return Number(kilobytes ?? 0) * 1024 + isolateAddressSpace + memoryBytes <= addressSpaceBytes
}

async function timeCalls(request: TimedMessage): Promise<void> {
  if (request.program !== undefined) {
    const sandbox = await takeSandbox()
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

/** Most address space of this process, in bytes. Read from the kernel, because the shell that sets the limit may not be able to. */
function addressSpaceLimit(): number | undefined {
  try {
    const [, bytes] = /^Max address space\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? []
    return bytes === undefined ? undefined : Number(bytes)
  } catch {
    return undefined
  }
}

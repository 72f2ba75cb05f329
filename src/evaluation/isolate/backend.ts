import process from 'node:process'
import type { CaseResult } from '../../core/evaluation.ts'
import { InfrastructureError, UserError } from '../../core/errors.ts'
import type { CandidateFailure } from '../../core/failure.ts'
import type { Json } from '../../core/json.ts'
import { rngFromText } from '../../core/rng.ts'
import type { EvaluatorBackend, Protection, RunReport, RunRequest } from '../backend.ts'
import type { Timer } from '../timing/timer.ts'
import { classifyEnd, classifyOutcome, killedHost, notRun, timedOut, type Verdict } from './classify.ts'
import type { Host } from './host.ts'
import type { CaseMessage, LibraryModule, RandomState } from './messages.ts'
import { createHostPool, type HostPool } from './pool.ts'
import { timePair } from './time-pair.ts'

/** Hosts that outsiders may kill under one case before it is given up. */
const hostsPerCase = 5

/** A host is replaced after this many candidates, whatever it looks like. */
const candidatesPerHost = 2000
/** A host is replaced when its resident memory between cases has grown by this much, in bytes. */
const growthPerHost = 96 * 2 ** 20
/** What {@link EvaluatorBackend.protections} starts a host with, in bytes; the hosts of a run follow its limits. */
const probeMemoryBytes = 256 * 2 ** 20

/** How the isolate backend is set up. */
export interface IsolateBackendOptions {
  /** Candidates that run at the same time, each in its own process. At least 1; the number of cores is a good choice. */
  readonly hosts: number
  /** What every candidate may import. Default: nothing. */
  readonly libraries?: readonly LibraryModule[]
}

/** The isolate backend, with what an operator can see of it. */
export interface IsolateBackend extends EvaluatorBackend, Timer {
  /** Process ids of all its hosts, busy, idle and spare. */
  pids(): readonly number[]
}

/**
 * Runs JavaScript candidates in V8 isolates, one candidate at a time per supervised process.
 *
 * @see docs/security.md for what this protects against and what not.
 */
export function createIsolateBackend(options: IsolateBackendOptions): IsolateBackend {
  const pool = createHostPool(options.hosts, options.libraries ?? [])
  const served = new Map<number, number>()
  return {
    name: 'isolate',
    pids: () => pool.pids(),
    close: () => pool.close(),
    protections: () => probe(pool),
    time: (request, signal) => timePair(pool, request, signal),
    async run(request, signal) {
      const run = new CandidateRun(pool, request, signal)
      try {
        return await run.finish()
      } finally {
        run.leave(served)
      }
    },
  }
}

/** One candidate on its way through its cases: which host it has, and what it may still print. */
class CandidateRun {
  readonly #pool: HostPool
  readonly #request: RunRequest
  readonly #signal: AbortSignal
  #host: Host | undefined
  #knowsProgram = false
  #spent = false
  #console = ''
  #dropped = 0

  constructor(pool: HostPool, request: RunRequest, signal: AbortSignal) {
    this.#pool = pool
    this.#request = request
    this.#signal = signal
  }

  async finish(): Promise<RunReport> {
    const results: CaseResult[] = []
    let blocked: { failure: CandidateFailure; by: string } | undefined
    for (const { id, args } of this.#request.cases) {
      if (blocked !== undefined) {
        results.push({ id, ok: false, failure: notRun(blocked.failure, blocked.by), ms: 0 })
        continue
      }
      const { verdict, ms } = await this.#settle(id, JSON.stringify(args))
      results.push({ id, ms, ...verdict })
      if (!verdict.ok && stopsTheRest(verdict.failure)) blocked = { failure: verdict.failure, by: id }
    }
    return { cases: results, console: this.#printed() }
  }

  /** Gives the host back: to the next candidate if nothing suspicious happened in it. */
  leave(served: Map<number, number>): void {
    const host = this.#host
    if (host === undefined) return
    const count = (served.get(host.pid) ?? 0) + 1
    const worn = this.#spent || count >= candidatesPerHost
    if (worn) served.delete(host.pid)
    else served.set(host.pid, count)
    this.#pool.release(host, worn ? 'end' : 'keep')
  }

  /** One case. A host that somebody outside killed is not the candidate's fault: it gets another one. */
  async #settle(id: string, args: string): Promise<{ verdict: Verdict; ms: number }> {
    const { limits, entry = '' } = this.#request
    for (let attempt = 1; ; attempt++) {
      const started = performance.now()
      const reply = await this.#converse(id, args)
      if (reply.kind === 'answer') {
        const { outcome, ms, console, consoleDropped } = reply.answer
        this.#keep(console, consoleDropped)
        if (outcome.kind === 'driver-threw') throw this.#driverThrew(outcome.message)
        const verdict = classifyOutcome(outcome, entry, limits)
        if (!verdict.ok && endsTheHost(verdict.failure)) this.#spent = true
        return { verdict, ms }
      }
      this.#spent = true
      const ms = performance.now() - started
      if (reply.kind === 'deadline') return { verdict: { ok: false, failure: timedOut(limits) }, ms }
      const failure = classifyEnd(reply.end, limits)
      if (failure !== 'external') return { verdict: { ok: false, failure }, ms }
      if (attempt === hostsPerCase) return { verdict: { ok: false, failure: killedHost(reply.end) }, ms }
      this.#replaceHost()
    }
  }

  async #converse(id: string, args: string): ReturnType<Host['runCase']> {
    const host = (this.#host ??= await this.#pool.acquire(this.#request.limits.memoryBytes, this.#signal))
    const abort = (): void => host.kill()
    this.#signal.addEventListener('abort', abort, { once: true })
    if (this.#signal.aborted) abort()
    const reply = await host.runCase(this.#message(id, args))
    this.#signal.removeEventListener('abort', abort)
    if (this.#signal.aborted) {
      this.#spent = true
      throw new InfrastructureError('the evaluation was called off')
    }
    this.#knowsProgram = true
    if (reply.kind === 'answer' && reply.answer.baseBytes > host.ready.baseBytes + growthPerHost) this.#spent = true
    return reply
  }

  #message(id: string, args: string): CaseMessage {
    const { code, graph, entry = '', limits, seed, driver, timeBudget } = this.#request
    const program = {
      code,
      entry,
      ...(graph === undefined ? {} : { graph }),
      ...(driver === undefined ? {} : { driver: driver.source }),
    }
    return {
      kind: 'case',
      ...(this.#knowsProgram ? {} : { program }),
      args,
      random: randomState(`${seed}/${id}`),
      timeMs: limits.timeMs,
      memoryBytes: limits.memoryBytes,
      outputBytes: limits.outputBytes,
      ...(timeBudget === undefined ? {} : { timeBudget: { ms: timeBudget.ms, best: textOf(timeBudget.best[id]) } }),
      consoleBytes: Math.max(0, limits.consoleBytes - Buffer.byteLength(this.#console)),
    }
  }

  #driverThrew(message: string): UserError {
    const text = message.replaceAll(/\s+/g, ' ').trim()
    const { driver } = this.#request
    const location = driver === undefined ? undefined : { file: driver.evaluatorPath }
    return new UserError(
      `drive() of the evaluator threw ${text}: it may use nothing but its arguments and the language itself`,
      location,
    )
  }

  #replaceHost(): void {
    if (this.#host !== undefined) this.#pool.release(this.#host, 'end')
    this.#host = undefined
    this.#knowsProgram = false
    this.#spent = false
  }

  #keep(text: string, dropped: number): void {
    const whole = Buffer.from(this.#console + text)
    const kept = this.#request.limits.consoleBytes
    this.#console =
      whole.length <= kept
        ? whole.toString()
        : whole
            .subarray(0, kept)
            .toString()
            .replace(/\uFFFD$/, '')
    this.#dropped += dropped
  }

  #printed(): string {
    if (this.#dropped === 0) return this.#console
    const gap = this.#console === '' || this.#console.endsWith('\n') ? '' : '\n'
    return `${this.#console}${gap}[${String(this.#dropped)} console calls beyond ${String(this.#request.limits.consoleBytes)} bytes dropped]\n`
  }
}

function textOf(value: Json | undefined): string | undefined {
  return value === undefined ? undefined : JSON.stringify(value)
}

function randomState(text: string): RandomState {
  const rng = rngFromText(text)
  return [rng.int(2 ** 32), rng.int(2 ** 32), rng.int(2 ** 32), rng.int(2 ** 32) | 1]
}

/** Whether the cases behind this one are not worth a process. A module that does not compile fails them all alike. */
function stopsTheRest(failure: CandidateFailure): boolean {
  return failure.kind === 'syntax' || endsTheHost(failure)
}

function endsTheHost(failure: CandidateFailure): boolean {
  return failure.kind === 'timed-out' || failure.kind === 'out-of-memory' || failure.kind === 'killed-host'
}

async function probe(pool: HostPool): Promise<readonly Protection[]> {
  const host = await pool.acquire(probeMemoryBytes, AbortSignal.timeout(60_000))
  const limited = host.ready.addressSpaceLimited
  pool.release(host, 'keep')
  const active = (name: string, detail: string): Protection => ({ name, active: true, detail })
  return [
    active('own process', 'one candidate at a time per process, a fresh V8 isolate per case'),
    active(
      'no access',
      'no files, network, modules but those the problem names, environment, clock or threads inside the isolate',
    ),
    active('deadline', 'the process is killed from outside 250 ms after the time limit'),
    active(
      'memory watch',
      'resident memory is read every 20 ms and ends the case above the limit plus 48 MiB for the engine',
    ),
    {
      name: 'address-space limit',
      active: limited,
      detail: limited
        ? 'the kernel refuses memory far above the limit (RLIMIT_AS)'
        : `the shell on ${process.platform} cannot set RLIMIT_AS; the memory watch alone holds`,
    },
  ]
}

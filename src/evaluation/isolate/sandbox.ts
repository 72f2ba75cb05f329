import ivm from 'isolated-vm'
import { performance } from 'node:perf_hooks'
import { prepareCandidateContext } from './inside/candidate-context.ts'
import { prepareDriverContext } from './inside/driver-context.ts'
import { prepareOutputContext } from './inside/output-context.ts'
import { CANDIDATE_FILE, CANDIDATE_FOLDER } from './messages.ts'
import type { CaseMessage, CaseOutcome, LibraryModule, Phase, ProgramMessage, TimedMessage } from './messages.ts'

/** Strict, so that a sloppy function of the candidate cannot reach its callers' arguments. */
const sourceOf = (prepare: () => unknown): string => `'use strict';(${prepare.toString()})()`
const candidateSource = sourceOf(prepareCandidateContext)
const driverSource = sourceOf(prepareDriverContext)
const outputSource = sourceOf(prepareOutputContext)
/** What the file of an evaluator's driver is called in stack traces. */
const driverFile = 'evolve:driver'
/** How long reading the console of a case that already failed may take, in milliseconds. */
const consoleMs = 25
/** How long reading what timed calls returned may take beyond their own limit, in milliseconds. */
const readBackMs = 1000
/** isolated-vm accepts no less, in MiB. */
const leastIsolateMb = 8

/** What came of a case, and what the candidate printed: text, line feed, count of dropped calls. */
export interface SandboxResult {
  readonly outcome: CaseOutcome
  readonly ms: number
  readonly printed: string
}

/** A fresh isolate with everything a case needs prepared before the candidate's first instruction. */
export interface Sandbox {
  /**
   * Runs one case. To be called once.
   *
   * @param stopped - Resolves when the case has to end now, with the outcome it then has.
   */
  run(program: ProgramMessage, request: CaseMessage, stopped: Promise<CaseOutcome>): Promise<SandboxResult>
  /**
   * Makes calls whose time is measured. The first request brings the program; the isolate is kept for the next ones.
   *
   * @param stopped - Resolves when the calls have to end now, with the outcome they then have.
   */
  time(request: TimedMessage, stopped: Promise<CaseOutcome>): Promise<TimedResult>
  dispose(): void
}

/** What came of timed calls; `ms` is work of the isolate's thread and covers the calls and the copying of what they returned. */
export interface TimedResult {
  readonly outcome: CaseOutcome
  readonly ms: number
}

/**
 * Prepares an isolate whose heap may hold `memoryBytes`; a hint to the engine, the host watches what is real.
 *
 * @param libraries - Compiled beforehand; a candidate that imports one gets a fresh instance of it.
 */
export function prepareSandbox(memoryBytes: number, libraries: readonly LibraryModule[]): Sandbox {
  const isolate = new ivm.Isolate({ memoryLimit: Math.max(leastIsolateMb, Math.ceil(memoryBytes / 2 ** 20)) })
  const context = isolate.createContextSync()
  const controls = context.evalSync(candidateSource, { filename: 'evolve:candidate-context', reference: true })
  const handle = (name: string): ivm.Reference => controls.getSync(name, { reference: true })
  const [begin, call, printed, findUncopyable] = ['begin', 'call', 'printed', 'findUncopyable'].map(handle) as [
    ivm.Reference,
    ivm.Reference,
    ivm.Reference,
    ivm.Reference,
  ]
  const [prepareCalls, callPrepared] = ['prepareCalls', 'callPrepared'].map(handle) as [ivm.Reference, ivm.Reference]
  let timedProgram: { readonly namespace: ivm.Reference; readonly entry: string } | undefined
  const compiledLibraries = (): ReadonlyMap<string, ivm.Module> =>
    new Map(libraries.map(({ name, code }) => [name, isolate.compileModuleSync(code, { filename: `library:${name}` })]))
  const library = compiledLibraries()
  const output = isolate.createContextSync()
  const walk = output.evalSync(outputSource, { filename: 'evolve:output-context', reference: true })

  /** A text from the candidate's context, or an empty one when it does not come at once. */
  const ask = async (reference: ivm.Reference): Promise<string> => {
    if (isolate.isDisposed) return ''
    const asked = (reference.apply(undefined, [], { timeout: consoleMs }) as Promise<unknown>).then(String, () => '')
    return Promise.race([asked, after(2 * consoleMs, '')])
  }

  /** Loads the candidate's modules into a context; or says what they import that they may not. */
  const load = async (
    program: ProgramMessage,
    into: ivm.Context,
    library: ReadonlyMap<string, ivm.Module>,
    at: { phase: Phase },
    timeout: () => number,
  ) => {
    at.phase = 'compile'
    const { module, linked, strange } = await compile(program, library)
    if (strange.length > 0) {
      return { imports: { kind: 'imports', specifiers: strange, allowed: [...library.keys()] } } as const
    }
    at.phase = 'link'
    module.instantiateSync(into, (name, from) => library.get(name) ?? linked(name, from) ?? module)
    at.phase = 'evaluate'
    await module.evaluate({ timeout: timeout() })
    return { namespace: module.namespace } as const
  }

  /** The whole case as the evaluator's driver plays it, against this copy of the candidate and a second one. */
  const drive = async (
    driver: string,
    namespace: ivm.Reference,
    program: ProgramMessage,
    request: CaseMessage,
    at: { phase: Phase },
    timeout: () => number,
  ) => {
    const second = isolate.createContextSync()
    const others = second.evalSync(candidateSource, { filename: 'evolve:candidate-context', reference: true })
    const other = (name: string): ivm.Reference => others.getSync(name, { reference: true })
    // What the second copy prints is a repetition.
    other('begin').applySync(undefined, [...request.random, 0])
    const playing = isolate.createContextSync()
    const play = playing.evalSync(driverSource, { filename: 'evolve:driver-context', reference: true })
    const driving = playing.evalSync(`'use strict';(${driver})`, { filename: driverFile, reference: true })
    const loaded = await load(program, second, compiledLibraries(), at, timeout)
    if (loaded.namespace === undefined) return loaded.imports
    at.phase = 'call'
    const bound = (to: ivm.Reference, from: ivm.Reference): unknown =>
      to.applySync(undefined, [from.derefInto(), program.entry], { timeout: timeout() })
    const missing = String(bound(handle('bind'), namespace)) || String(bound(other('bind'), loaded.namespace))
    if (missing !== '') return { kind: 'missing-entry', exports: missing.slice(1) } as const
    return (await play.apply(
      undefined,
      [
        driving.derefInto(),
        request.args,
        handle('invoke').derefInto(),
        other('invoke').derefInto(),
        handle('hasPrinted').derefInto(),
      ],
      { timeout: timeout(), result: { externalCopy: true } },
    )) as ivm.ExternalCopy
  }

  const attempt = async (program: ProgramMessage, request: CaseMessage, at: { phase: Phase }, deadline: number) => {
    const timeout = timeUntil(deadline)
    const { timeBudget } = request
    begin.applySync(undefined, [...request.random, request.consoleBytes, timeBudget?.ms, timeBudget?.best])
    const loaded = await load(program, context, library, at, timeout)
    if (loaded.namespace === undefined) return loaded.imports
    at.phase = 'call'
    const copy =
      program.driver === undefined
        ? ((await call.apply(undefined, [loaded.namespace.derefInto(), program.entry, request.args], {
            timeout: timeout(),
            result: { promise: true, externalCopy: true },
          })) as ivm.ExternalCopy)
        : await drive(program.driver, loaded.namespace, program, request, at, timeout)
    if ('kind' in copy) return copy
    return { walked: await readBack(copy, request.outputBytes, at, timeout) }
  }

  const readBack = async (copy: ivm.ExternalCopy, outputBytes: number, at: { phase: Phase }, timeout: () => number) => {
    at.phase = 'way-back'
    return (await walk.apply(undefined, [copy.copyInto({ release: true }), outputBytes], {
      timeout: timeout(),
    })) as string
  }

  const attemptTimed = async (request: TimedMessage, at: { phase: Phase }, clock: { ms: number }) => {
    if (request.program !== undefined) {
      const { entry } = request.program
      begin.applySync(undefined, [...request.random, 0])
      const loaded = await load(request.program, context, library, at, timeUntil(performance.now() + request.timeMs))
      if (loaded.namespace === undefined) return loaded.imports
      timedProgram = { namespace: loaded.namespace, entry }
    }
    if (timedProgram === undefined) throw new Error('timed calls come without a program')
    at.phase = 'call'
    await prepareCalls.apply(undefined, [request.calls])
    const deadline = performance.now() + request.timeMs + readBackMs
    const started = workedMs(isolate)
    try {
      const copy = (await callPrepared.apply(undefined, [timedProgram.namespace.derefInto(), timedProgram.entry], {
        timeout: request.timeMs,
        result: { promise: true, externalCopy: true },
      })) as ivm.ExternalCopy
      clock.ms = workedMs(isolate) - started
      return { walked: await readBack(copy, request.outputBytes, at, timeUntil(deadline)) }
    } finally {
      if (!isolate.isDisposed) clock.ms ||= workedMs(isolate) - started
    }
  }

  /** The candidate's modules, which of them an import means, and the imports that mean nothing. */
  const compile = async ({ code, graph }: ProgramMessage, library: ReadonlyMap<string, ivm.Module>) => {
    if (graph === undefined) {
      const module = await isolate.compileModule(code, { filename: CANDIDATE_FILE })
      return {
        module,
        linked: () => undefined,
        strange: module.dependencySpecifiers.filter((name) => !library.has(name)),
      }
    }
    const modules = new Map<string, ivm.Module>()
    const targets = new Map<ivm.Module, Readonly<Record<string, string>>>()
    const strange: string[] = []
    for (const { path, code: text, imports } of graph) {
      const module = await isolate.compileModule(text, { filename: `${CANDIDATE_FOLDER}${path}` })
      modules.set(path, module)
      targets.set(module, imports)
      strange.push(...module.dependencySpecifiers.filter((name) => !library.has(name) && !Object.hasOwn(imports, name)))
    }
    const [module] = modules.values()
    if (module === undefined) throw new Error('a program of several files has files')
    const linked = (name: string, from: ivm.Module) => modules.get(targets.get(from)?.[name] ?? '')
    return { module, linked, strange }
  }

  return {
    async run(program, request, stopped) {
      const at: { phase: Phase } = { phase: 'compile' }
      const started = performance.now()
      const deadline = started + request.timeMs
      const attempted = attempt(program, request, at, deadline).then(
        (result) =>
          'walked' in result ? readWalked(result.walked, request.outputBytes) : { outcome: result, talked: true },
        async (error: unknown) => ({ outcome: await describeError(error, at.phase, deadline), talked: true }),
      )
      const { outcome, talked } = await Promise.race([
        attempted,
        stopped.then((outcome) => ({ outcome, talked: true })),
      ])
      const ms = performance.now() - started
      return { outcome, ms, printed: talked && outcome.kind !== 'memory' ? await ask(printed) : '' }
    },
    async time(request, stopped) {
      const at: { phase: Phase } = { phase: 'compile' }
      const clock = { ms: 0 }
      const attempted = attemptTimed(request, at, clock).then(
        (result) => ('walked' in result ? readWalked(result.walked, request.outputBytes).outcome : result),
        (error: unknown) => describeError(error, at.phase, Number.POSITIVE_INFINITY),
      )
      return { outcome: await Promise.race([attempted, stopped]), ms: clock.ms }
    },
    dispose() {
      if (!isolate.isDisposed) isolate.dispose()
    },
  }

  async function describeError(error: unknown, phase: Phase, deadline: number): Promise<CaseOutcome> {
    const described =
      error instanceof Error
        ? { name: error.name, message: error.message, stack: error.stack ?? '' }
        : { name: '', message: `${String(error)} (not an Error)`, stack: '' }
    const uncopyable = phase === 'call' && performance.now() < deadline ? await ask(findUncopyable) : ''
    return {
      kind: 'engine-error',
      error: {
        phase,
        name: described.name.slice(0, 200),
        message: described.message.slice(0, 2000),
        stack: described.stack.slice(0, 4000),
        disposed: isolate.isDisposed,
        uncopyable,
      },
    }
  }
}

/** Reads the tagged string of the walker; see `inside/output-context.ts`. */
function readWalked(walked: string, outputBytes: number): { outcome: CaseOutcome; talked: boolean } {
  const tag = walked.charAt(0)
  const talked = tag !== tag.toUpperCase()
  const text = walked.slice(1)
  switch (tag.toUpperCase()) {
    case 'V':
      return Buffer.byteLength(text) > outputBytes
        ? {
            outcome: { kind: 'invalid-output', message: `$ holds more than ${String(outputBytes)} bytes of JSON` },
            talked,
          }
        : { outcome: { kind: 'value', json: text }, talked }
    case 'T': {
      const { name, message, stack } = JSON.parse(text) as { name?: unknown; message?: unknown; stack?: unknown }
      return { outcome: { kind: 'threw', name: cut(name), message: cut(message), stack: cut(stack) }, talked }
    }
    case 'D':
      return { outcome: { kind: 'driver-threw', message: text }, talked }
    case 'M':
      return { outcome: { kind: 'missing-entry', exports: text }, talked }
    default:
      return { outcome: { kind: 'invalid-output', message: text }, talked }
  }
}

function cut(value: unknown): string {
  return typeof value === 'string' ? value.slice(0, 4000) : ''
}

/**
 * What the isolate's thread has worked so far, in milliseconds. On Linux that is processor time, which unlike a clock on
 * the wall is not stretched by whatever else the machine does. A measured program has no thread of its own, and its host
 * collects garbage on this one (see the flags in host.ts), so all of its work is in it. The time of the whole process would
 * not do: Linux adds to it what a thread on another core works only at the next tick, and one reading in two hundred
 * showed next to nothing.
 */
function workedMs(isolate: ivm.Isolate): number {
  return Number(isolate.cpuTime) / 1e6
}

function timeUntil(deadline: number): () => number {
  return () => Math.max(1, Math.ceil(deadline - performance.now()))
}

function after<T>(ms: number, value: T): Promise<T> {
  return new Promise((resolve) => setTimeout(resolve, ms, value))
}

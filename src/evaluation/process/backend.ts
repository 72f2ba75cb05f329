import { randomUUID } from 'node:crypto'
import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import process from 'node:process'
import type { CaseResult } from '../../core/evaluation.ts'
import { InfrastructureError, UserError } from '../../core/errors.ts'
import type { CandidateFailure } from '../../core/failure.ts'
import { languageNamed } from '../../core/language.ts'
import { rngFromText } from '../../core/rng.ts'
import type { EvaluatorBackend, Protection, RunReport, RunRequest } from '../backend.ts'
import { createTurnstile } from '../trusted/turnstile.ts'
import { buildFailure, classify, killedFromOutside } from './classify.ts'
import type { NamedLimits, Verdict } from './classify.ts'
import { commandLine, runnerFor } from './command-line.ts'
import { confined, isVisible, placesIn, resolvedCommand, visiblePath } from './confinement.ts'
import type { Surroundings } from './confinement.ts'
import type { ControlGroup } from './control-group.ts'
import { candidateEnvironment } from './environment.ts'
import { isLeftover } from './leftovers.ts'
import type { CaseRequest } from './messages.ts'
import { guards, protectionsOf } from './guards.ts'
import type { Guards } from './guards.ts'
import type { ProcessSpec } from './spec.ts'
import { supervise } from './supervise.ts'
import type { Ending } from './supervise.ts'

/** How the process backend is set up. */
export interface ProcessBackendOptions {
  readonly spec: ProcessSpec
  /** Name of the programs' language; see `core/language`. */
  readonly language: string
  /** Folder of the problem file: relative paths in commands start there. */
  readonly folder: string
  /** Candidates that run at the same time. At least 1. */
  readonly slots: number
  /** Finds out what works on this machine. Default: {@link guards}. */
  readonly probe?: (sandbox: ProcessSpec['sandbox']) => Promise<Guards>
  /**
   * Lends a device for the time of one candidate's cases; its build runs without. What it gives is added to the
   * environment and to what the sandbox shows.
   */
  readonly lease?: <Value>(use: (device: Device) => Promise<Value>, signal: AbortSignal) => Promise<Value>
}

/** A device that a candidate may use. */
export interface Device {
  readonly env: Readonly<Record<string, string>>
  /** Device files and folders, for example `/dev/nvidia0`. */
  readonly files: readonly string[]
}

/** A command killed from outside gets so many tries in all. */
const tries = 3
const noDevice: Device = { env: {}, files: [] }

/**
 * Runs candidates with a command of the user's, in any language: one process tree per case, confined as far as this
 * machine allows, with its own descriptors for request and answer.
 *
 * @see docs/security.md for what this protects against and what not.
 */
export function createProcessBackend(options: ProcessBackendOptions): EvaluatorBackend {
  const { spec } = options
  const turnstile = createTurnstile(options.slots)
  const closing = new AbortController()
  const running = new Set<Promise<unknown>>()
  let found: Promise<Guards> | undefined
  const ready = (): Promise<Guards> => (found ??= prepare(options))
  return {
    name: 'process',
    protections: async (): Promise<readonly Protection[]> => protectionsOf(await ready(), spec),
    async run(request, signal) {
      const either = AbortSignal.any([signal, closing.signal])
      const work = turnstile.pass(async () => {
        if (either.aborted) throw new InfrastructureError('the evaluation was called off')
        return new CandidateRun(options, await ready(), request, either).finish()
      })
      running.add(work)
      try {
        return await work
      } finally {
        running.delete(work)
      }
    },
    async close() {
      turnstile.shut(new InfrastructureError('the process backend was closed'))
      closing.abort()
      await Promise.allSettled(running)
      await (await found?.catch(() => undefined))?.groups?.settle()
    },
  }
}

/** Finds out what works here, and checks that the commands can be found. */
async function prepare({ spec, folder, language, probe = guards }: ProcessBackendOptions): Promise<Guards> {
  const here = await probe(spec.sandbox)
  const places = { program: '', build: '', runner: runnerFor(language) }
  for (const [key, command] of [
    ['evaluation.command', spec.command],
    ['evaluation.build.command', spec.build?.command],
  ] as const) {
    if (command === undefined || command[0]?.startsWith('{build}') === true) continue
    const { argv, needs } = commandLine(command, folder, places)
    const resolved = resolvedCommand(argv[0] ?? '', here.confinement, [...spec.read, ...needs])
    if (!resolved.ok) throw new UserError(resolved.message, { file: folder, key })
  }
  await removeLeftovers()
  return here
}

const folderPrefix = 'evolve-candidate-'

/** Folders of controllers that were killed. */
async function removeLeftovers(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    if (isLeftover(name, folderPrefix)) await rm(path.join(tmpdir(), name), { recursive: true, force: true })
  }
}

/** One candidate on its way through its build and its cases. */
class CandidateRun {
  readonly #options: ProcessBackendOptions
  readonly #guards: Guards
  readonly #request: RunRequest
  readonly #signal: AbortSignal
  readonly #limits: NamedLimits
  #stdout = ''
  #stderr = ''
  #dropped = 0

  constructor(options: ProcessBackendOptions, here: Guards, request: RunRequest, signal: AbortSignal) {
    this.#options = options
    this.#guards = here
    this.#request = request
    this.#signal = signal
    const { cpuMs, processes, diskBytes, startMs } = options.spec
    this.#limits = { ...request.limits, cpuMs, processes, diskBytes, startMs }
  }

  async finish(): Promise<RunReport> {
    const folder = await mkdtemp(path.join(tmpdir(), `${folderPrefix}${String(process.pid)}-`))
    try {
      const failure = await this.#build(folder)
      const cases =
        failure === undefined
          ? await this.#leased((device) => this.#cases(folder, device))
          : this.#request.cases.map(({ id }) => ({ id, ok: false as const, failure, ms: 0 }))
      return { cases, console: this.#printed() }
    } finally {
      await rm(folder, { recursive: true, force: true, maxRetries: 3 })
    }
  }

  #leased<Value>(use: (device: Device) => Promise<Value>): Promise<Value> {
    const { lease } = this.#options
    return lease === undefined ? use(noDevice) : lease(use, this.#signal)
  }

  async #build(folder: string): Promise<CandidateFailure | undefined> {
    const { build } = this.#options.spec
    if (build === undefined) return undefined
    await mkdir(path.join(folder, 'build'))
    const { timeMs, memoryBytes } = build
    const limits = { ...this.#limits, timeMs, memoryBytes, cpuMs: timeMs * 4, startMs: undefined, consoleBytes: 8192 }
    const ending = await this.#run(folder, build.command, limits, noDevice, undefined)
    return buildFailure(ending, limits)
  }

  async #cases(folder: string, device: Device): Promise<readonly CaseResult[]> {
    const results: CaseResult[] = []
    let blocked: { failure: CandidateFailure; by: string } | undefined
    for (const { id, args } of this.#request.cases) {
      if (blocked !== undefined) {
        const message = `not run, because of case ${blocked.by} before it: ${blocked.failure.message}`
        results.push({ id, ok: false, failure: { ...blocked.failure, message }, ms: 0 })
        continue
      }
      const { entry, seed } = this.#request
      const request: CaseRequest = { args, id, entry, seed: rngFromText(`${seed}/${id}`).int(2 ** 32) }
      const { verdict, ms } = await this.#case(folder, device, request)
      results.push({ id, ms, ...verdict })
      if (!verdict.ok && stopping.includes(verdict.failure.kind)) blocked = { failure: verdict.failure, by: id }
    }
    return results
  }

  async #case(folder: string, device: Device, request: CaseRequest): Promise<{ verdict: Verdict; ms: number }> {
    const { command } = this.#options.spec
    for (let attempt = 1; ; attempt++) {
      const ending = await this.#run(folder, command, this.#limits, device, request)
      if (attempt < tries && killedFromOutside(ending, this.#guards.confinement !== 'none')) continue
      this.#stdout += ending.stdout.text()
      this.#stderr += ending.stderr.text()
      this.#dropped += ending.stdout.dropped() + ending.stderr.dropped()
      return { verdict: classify(ending, this.#limits), ms: ending.ms }
    }
  }

  /** One confined command, in a working directory of its own. Without a request it is a build. */
  async #run(
    folder: string,
    command: readonly string[],
    limits: NamedLimits,
    device: Device,
    request: CaseRequest | undefined,
  ): Promise<Ending> {
    const { spec, language } = this.#options
    const { confinement } = this.#guards
    const home = await mkdtemp(path.join(folder, 'case-'))
    const programName = await writeProgram(home, this.#request, language)
    const build =
      spec.build === undefined ? undefined : { folder: path.join(folder, 'build'), writable: request === undefined }
    const runner = runnerFor(language)
    const marker = randomUUID()
    const before: Surroundings = {
      ...{ folder: home, programName, build, runner, read: [], devices: device.files, env: {} },
      diskBytes: limits.diskBytes,
    }
    const places = placesIn(confinement, before)
    const { argv, needs } = commandLine(command, this.#options.folder, places)
    // What lies in a folder that is shown already must not be shown once more: it may be a link in there.
    const read = [...spec.read, ...needs.filter((file) => !isVisible(file, spec.read))]
    const env = candidateEnvironment(spec.env, {
      ...device.env,
      PATH: visiblePath(confinement, read),
      HOME: places.home,
      TMPDIR: places.temporary,
      EVOLVE_RUN: marker,
    })
    const group = this.#group(limits)
    try {
      const whole = this.#guards.limited(
        confined(confinement, { ...before, read, env }, argv, this.#guards.extras),
        group,
        limits,
      )
      return await supervise(
        {
          ...limits,
          argv: whole,
          env: confinement === 'bubblewrap' ? { PATH: process.env['PATH'] ?? '', EVOLVE_RUN: marker } : env,
          cwd: home,
          request: request === undefined ? '' : JSON.stringify(request),
          answerBytes: request === undefined ? undefined : limits.outputBytes,
          folders: [
            ...(confinement === 'bubblewrap' ? [] : [home]),
            ...(request === undefined && build !== undefined ? [build.folder] : []),
          ],
          marker: `EVOLVE_RUN=${marker}`,
          canDetach: confinement === 'none',
          group,
        },
        this.#signal,
      )
    } finally {
      group?.remove()
      await rm(home, { recursive: true, force: true, maxRetries: 3 })
    }
  }

  #group({ memoryBytes, processes }: NamedLimits): ControlGroup | undefined {
    // The confinement itself is two processes.
    return this.#guards.groups?.create({ memoryBytes, processes: processes + 3 })
  }

  #printed(): string {
    const kept = this.#request.limits.consoleBytes
    const errors = this.#stderr === '' ? '' : `[stderr]\n${this.#stderr}`
    const gap = this.#stdout === '' || this.#stdout.endsWith('\n') || errors === '' ? '' : '\n'
    const whole = Buffer.from(this.#stdout + gap + errors)
    const text = whole
      .subarray(0, kept)
      .toString()
      .replace(/\uFFFD$/, '')
    const dropped = this.#dropped + Math.max(0, whole.length - kept)
    if (dropped === 0) return text
    return `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}[${String(dropped)} bytes beyond ${String(kept)} dropped]\n`
  }
}

/** Failures after which the cases behind are not worth a process. */
const stopping: readonly string[] = ['syntax', 'timed-out', 'out-of-memory', 'killed-host']

/**
 * Writes a program so that nobody can write to it: one file, or several below the folder `program`.
 *
 * @returns The path, in `home`, of the file that exports the entry.
 */
async function writeProgram(home: string, { code, graph }: RunRequest, language: string): Promise<string> {
  const single = `program${languageNamed(runLanguage(language)).extensions[0] ?? ''}`
  const files = graph?.map((each) => ({ name: `program/${each.path}`, text: each.code })) ?? [
    { name: single, text: code },
  ]
  for (const { name, text } of files) {
    const file = path.join(home, name)
    await mkdir(path.dirname(file), { recursive: true })
    await writeFile(file, text, { flag: 'wx' })
    await chmod(file, 0o444)
  }
  return files[0]?.name ?? single
}

/** Types are stripped before a program is run. */
function runLanguage(language: string): string {
  return language === 'typescript' ? 'javascript' : language
}

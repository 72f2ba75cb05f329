import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import path from 'node:path'
import process from 'node:process'
import { createInterface } from 'node:readline'
import { exclusively } from 'evolve-agent'
import type { CandidateFailure } from 'evolve-agent'
import './kernel-host.mjs'

/** How fast a kernel is beside the naive one, measured by turns on one device. */
export interface Timing {
  /** Times as fast as the naive kernel. */
  readonly speedup: number
  /** How far the naive kernel is from itself in the same measurement: the logarithm of the ratio of two of its times. */
  readonly noise: number
  readonly kernelMs: number
  readonly naiveMs: number
  readonly gflops: number
  readonly naiveGflops: number
  readonly rounds: number
  /** Rows and columns of the matrices that were multiplied. */
  readonly size: number
  readonly adapter: string
  /** Whether the processor plays the GPU. */
  readonly software: boolean
  /** Rows x columns of C that a workgroup of the kernel writes. */
  readonly group: string
}

/** What came of a kernel. */
export type KernelOutcome =
  { readonly ok: true; readonly timing: Timing } | { readonly ok: false; readonly failure: CandidateFailure }

/** Longest time of the checks of a kernel, and again of its timing, in milliseconds. */
const limitMs = 10_000
/** Longest time until a device is found, in milliseconds. */
const startMs = 30_000

/** Where browsers keep SwiftShader, a Vulkan driver that runs on the processor. */
const softwareDrivers = [
  '/usr/lib/chromium',
  '/usr/lib/chromium-browser',
  '/usr/lib64/chromium-browser',
  '/usr/lib64/chromium',
  '/opt/google/chrome',
  '/opt/chromium',
].map((folder) => path.join(folder, 'vk_swiftshader_icd.json'))

/** What is missing on a machine that cannot run kernels. */
export class NoKernelsHere extends Error {}

let running: KernelProcess | undefined

/**
 * Compiles, checks and times one kernel in a process of its own, which is kept for the next one.
 *
 * A kernel that takes too long or takes the process down fails, and the process is started again. While it is at work it has
 * its adapter for itself: no kernel of another run on this machine is timed there.
 *
 * @param env - Variables that choose the device.
 * @throws NoKernelsHere when this machine lacks WebGPU or a device for it, with what to install.
 */
export async function timeKernel(source: string, env: Readonly<Record<string, string>> = {}): Promise<KernelOutcome> {
  const choice = JSON.stringify(env)
  if (running?.alive() !== true || running.choice !== choice) {
    running?.end()
    running = await started(env, choice)
  }
  const host = running
  return exclusively(`webgpu ${host.adapter}`, () => host.ask(source))
}

/** What this machine lacks to run kernels, with the remedy; `undefined` when it can. */
export async function whyNoKernels(): Promise<string | undefined> {
  try {
    const found = await started({}, '')
    found.end()
    return undefined
  } catch (error) {
    if (error instanceof NoKernelsHere) return error.message
    throw error
  }
}

/** Ends the process that {@link timeKernel} keeps. */
export function endKernels(): void {
  running?.end()
  running = undefined
}

/** Tries the machine's own drivers first, then those that run on the processor. */
async function started(env: Readonly<Record<string, string>>, choice: string): Promise<KernelProcess> {
  const drivers = [undefined, ...softwareDrivers.filter((file) => existsSync(file))]
  for (const driver of drivers) {
    const candidate = new KernelProcess({ ...env, ...driverVariables(driver) }, choice)
    const unusable = await candidate.ready()
    if (unusable === undefined) return candidate
    candidate.end()
    if (unusable === 'not-installed') {
      throw new NoKernelsHere('WebGPU is not installed here: npm install webgpu')
    }
    if (unusable.startsWith('no-such-adapter: ')) throw new NoKernelsHere(unusable.slice('no-such-adapter: '.length))
    if (unusable !== 'no-adapter' && driver !== undefined) throw new NoKernelsHere(unusable)
  }
  throw new NoKernelsHere(
    'WebGPU finds no GPU here: install its driver, or for software Vulkan the Debian packages chromium and libvulkan1',
  )
}

function driverVariables(driver: string | undefined): Readonly<Record<string, string>> {
  if (driver === undefined) return {}
  // A browser brings the Vulkan loader too; it is used where the system has none.
  return { VK_DRIVER_FILES: driver, VK_ICD_FILENAMES: driver, LD_LIBRARY_PATH: path.dirname(driver) }
}

type Answer = Partial<Timing> & {
  readonly ready?: { readonly adapter: string }
  readonly unusable?: string
  readonly checked?: true
  readonly failure?: CandidateFailure
  readonly error?: string
}

class KernelProcess {
  readonly choice: string
  /** What the driver calls the GPU; known once it is {@link ready}. */
  adapter = ''
  readonly #child: ChildProcess
  readonly #answers: Answer[] = []
  #arrived: () => void = () => undefined
  #ended: string | undefined

  constructor(env: Readonly<Record<string, string>>, choice: string) {
    this.choice = choice
    const host = path.join(import.meta.dirname, 'kernel-host.mjs')
    const child = spawn(process.execPath, [host, 'serve'], {
      stdio: ['pipe', 'pipe', 'ignore'],
      env: { ...process.env, ...env },
    })
    this.#child = child
    child.stdin.on('error', () => undefined)
    createInterface({ input: child.stdout }).on('line', (line) => {
      this.#answers.push(JSON.parse(line) as Answer)
      this.#arrived()
    })
    child.on('error', ({ message }) => this.#over(`could not be started: ${message}`))
    child.on('close', (code, signal) => this.#over(`ended with ${signal ?? `code ${String(code)}`}`))
  }

  alive(): boolean {
    return this.#ended === undefined
  }

  end(): void {
    this.#over('was ended')
    this.#child.kill('SIGKILL')
  }

  /** Why it cannot run kernels; `undefined` when it can. */
  async ready(): Promise<string | undefined> {
    const answer = await this.#next(startMs)
    if (answer === 'late') return `WebGPU found no device within ${String(startMs)} ms`
    if (typeof answer === 'string') return `the process that looks for a GPU ${answer}`
    this.adapter = answer.ready?.adapter ?? ''
    return answer.unusable
  }

  async ask(source: string): Promise<KernelOutcome> {
    this.#child.stdin?.write(`${JSON.stringify({ source })}\n`)
    let answer = await this.#next(limitMs)
    if (typeof answer === 'object' && answer.checked === true) answer = await this.#next(limitMs)
    if (answer === 'late') {
      this.end()
      const message = `the kernel took longer than ${String(limitMs)} ms and was ended with its process`
      return { ok: false, failure: { kind: 'timed-out', message, limitMs } }
    }
    if (typeof answer === 'string') {
      this.end()
      return { ok: false, failure: { kind: 'killed-host', message: `the process that ran the kernel ${answer}` } }
    }
    if (answer.error !== undefined) throw new Error(answer.error)
    if (answer.failure !== undefined) return { ok: false, failure: answer.failure }
    return { ok: true, timing: answer as Timing }
  }

  async #next(limit: number): Promise<Answer | string> {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<'late'>((resolve) => {
      timer = setTimeout(() => resolve('late'), limit)
    })
    try {
      for (;;) {
        const answer = this.#answers.shift()
        if (answer !== undefined) return answer
        if (this.#ended !== undefined) return this.#ended
        const arrival = new Promise<undefined>((resolve) => {
          this.#arrived = () => resolve(undefined)
        })
        if ((await Promise.race([arrival, late])) === 'late') return 'late'
      }
    } finally {
      clearTimeout(timer)
    }
  }

  #over(how: string): void {
    this.#ended ??= how
    this.#arrived()
  }
}

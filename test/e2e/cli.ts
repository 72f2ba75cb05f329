import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import path from 'node:path'

/** The repository's root. */
export const root = path.resolve(import.meta.dirname, '../..')

/** The built command. */
export const command = path.join(root, 'dist/cli/main.js')

/** What a command left behind. */
export interface Finished {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

/** A command at work. */
export interface Started {
  readonly child: ChildProcess
  readonly finished: Promise<Finished>
}

/** Starts the built command as a user would, without any key in its environment unless `env` gives one. */
export function start(args: readonly string[], options: { cwd?: string; env?: Record<string, string> } = {}): Started {
  const child = spawn(process.execPath, [command, ...args], {
    cwd: options.cwd ?? root,
    env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const output = { stdout: '', stderr: '' }
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text))
  const finished = new Promise<Finished>((resolve) => {
    child.on('close', (code, signal) => resolve({ code, signal, ...output }))
  })
  return { child, finished }
}

/** Runs the built command to its end. */
export function evolve(
  args: readonly string[],
  options: { cwd?: string; env?: Record<string, string> } = {},
): Promise<Finished> {
  return start(args, options).finished
}

/** Asks a run's database through the command. */
export async function ask(runsDir: string, run: string, query: string): Promise<Record<string, unknown>[]> {
  const { code, stdout, stderr } = await evolve(['sql', run, query, '--json', '--runs-dir', runsDir])
  if (code !== 0) throw new Error(`sql failed: ${stderr}`)
  return JSON.parse(stdout) as Record<string, unknown>[]
}

// Runs every problem of problems/ and writes docs/suite.md:
//   npm run suite -- --candidates 2000 --seeds 3 [--with-model] [--only circle-packing,kissing-11]
// What was finished before with the same files is not run again, and what was cut short goes on.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, cpus, tmpdir } from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { knownNames } from '../src/compose.ts'
import { loadProblem } from '../src/config/load.ts'
import type { Problem } from '../src/config/problem.ts'
import { bundleEvaluator } from '../src/evaluation/evaluator/bundle.ts'
import { suitePage } from './suite/table.ts'
import type { SuiteRow, SuiteRun } from './suite/table.ts'

const root = path.resolve(import.meta.dirname, '..')
const command = path.join(root, 'dist/cli/main.js')

interface Order {
  readonly candidates: number
  readonly seeds: number
  readonly withModel: boolean
  readonly only: readonly string[] | undefined
  readonly runsDir: string
  readonly out: string
}

interface Finished {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

const order = orderOf(process.argv.slice(2))
if (order === undefined) {
  process.exitCode = 2
} else {
  process.exitCode = await runSuite(order)
}

function orderOf(args: readonly string[]): Order | undefined {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        candidates: { type: 'string', default: '2000' },
        seeds: { type: 'string', default: '1' },
        'with-model': { type: 'boolean', default: false },
        only: { type: 'string' },
        'runs-dir': { type: 'string', default: path.join(root, 'runs/suite') },
        out: { type: 'string', default: path.join(root, 'docs/suite.md') },
      },
    })
    const [candidates, seeds] = [Number(values.candidates), Number(values.seeds)]
    if (![candidates, seeds].every((each) => Number.isInteger(each) && each >= 1)) {
      throw new Error('--candidates and --seeds are whole numbers from 1')
    }
    const only = values.only?.split(',').map((name) => name.trim())
    const unknown = only?.find((name) => !problemNames().includes(name))
    if (unknown !== undefined) throw new Error(`no problem ${unknown}; there are ${problemNames().join(', ')}`)
    return { candidates, seeds, withModel: values['with-model'], only, runsDir: values['runs-dir'], out: values.out }
  } catch (error) {
    console.error(`suite: ${error instanceof Error ? error.message : String(error)}`)
    return undefined
  }
}

function problemNames(): readonly string[] {
  return readdirSync(path.join(root, 'problems'))
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => path.basename(name, '.yaml'))
    .sort()
}

/** @returns the exit code: 130 when it was interrupted, 3 when a run broke. */
async function runSuite(order: Order): Promise<number> {
  const names = order.only ?? problemNames()
  const rows: SuiteRow[] = []
  for (const name of names) {
    const row = await runProblem(name, order)
    if (row === undefined) {
      console.error('suite: interrupted; the same command goes on')
      return 130
    }
    rows.push(row)
    writePage(rows, order)
  }
  return rows.some(({ broken }) => broken.length > 0) ? 3 : 0
}

function writePage(rows: readonly SuiteRow[], { candidates, seeds, withModel, out }: Order): void {
  const machine = `${availableParallelism()} cores (${cpus()[0]?.model.trim() ?? 'unknown'}), Node ${process.version}`
  writeFileSync(out, suitePage(rows, { candidates, seeds, withModel, machine }))
}

/** All seeds of one problem; `undefined` when the user interrupted one. */
async function runProblem(name: string, order: Order): Promise<SuiteRow | undefined> {
  const file = path.join(root, 'problems', `${name}.yaml`)
  const overrides = order.withModel ? {} : { llm: false as const }
  const { problem } = loadProblem(file, { env: process.env, known: knownNames, overrides })
  const [objective] = problem.objectives
  if (objective === undefined) throw new Error(`${name} has no objective`)
  const files = await filesHash(problem)
  const runs: SuiteRun[] = []
  const broken: { seed: number; reason: string }[] = []
  for (let seed = 1; seed <= order.seeds; seed++) {
    const run = `${name}-c${order.candidates}-s${seed}${order.withModel ? '-model' : ''}-${files}`
    const done = finishedRun(run, seed, order) ?? (await finish(run, file, seed, order))
    if (done === 'interrupted') return undefined
    if ('reason' in done) broken.push({ seed, reason: done.reason })
    else runs.push(done)
  }
  return { problem: name, objective, trivial: problem.trivial, known: problem.known, runs, broken }
}

/** Changes with the problem, its first program and its evaluator, so that an old run is not taken for a new one. */
async function filesHash(problem: Problem): Promise<string> {
  const folder = mkdtempSync(path.join(tmpdir(), 'evolve-suite-'))
  try {
    const { hash } = await bundleEvaluator(problem.evaluator, folder)
    const texts = [readFileSync(problem.file, 'utf8'), problem.program.source, hash]
    return createHash('sha256').update(JSON.stringify(texts)).digest('hex').slice(0, 8)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function resultFile(run: string, { runsDir }: Order): string {
  return path.join(runsDir, run, 'suite.json')
}

function finishedRun(run: string, seed: number, order: Order): SuiteRun | undefined {
  const file = resultFile(run, order)
  if (!existsSync(file)) return undefined
  console.log(`${run}: finished before`)
  return { ...(JSON.parse(readFileSync(file, 'utf8')) as SuiteRun), seed }
}

async function finish(
  run: string,
  file: string,
  seed: number,
  order: Order,
): Promise<SuiteRun | 'interrupted' | { readonly reason: string }> {
  const begun = existsSync(path.join(order.runsDir, run, 'evolve.db'))
  const start = begun ? ['resume', run, '--problem', file] : [file, '--run', run, '--seed', String(seed)]
  const model = order.withModel ? [] : ['--no-llm']
  const flags = ['--candidates', String(order.candidates), '--runs-dir', order.runsDir, ...model, '--json']
  console.log(`${run}: ${begun ? 'goes on' : 'starts'}`)
  const { code, stdout, stderr } = await evolve([...start, ...flags])
  if (code === 130) return 'interrupted'
  if (code !== 0) return { reason: stderr.trim().split('\n').at(-1) ?? `ended with code ${String(code)}` }
  const result = JSON.parse(stdout) as Omit<SuiteRun, 'seed'>
  const { first, best, finished, failures, elapsedMs, usd } = result
  const done: SuiteRun = { seed, first, best, finished, failures, elapsedMs, usd }
  writeFileSync(resultFile(run, order), JSON.stringify(done))
  console.log(`${run}: ${first} -> ${best} in ${(elapsedMs / 1000).toFixed(1)} s`)
  return done
}

function evolve(args: readonly string[]): Promise<Finished> {
  // Ctrl+C reaches the run itself, which then stops in good order and says so by its exit code.
  const ignore = (): void => undefined
  process.on('SIGINT', ignore)
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [command, ...args], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
    const output = { stdout: '', stderr: '' }
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text))
    const forward = (): void => void child.kill('SIGINT')
    process.on('SIGTERM', forward)
    child.on('close', (code) => {
      process.off('SIGINT', ignore)
      process.off('SIGTERM', forward)
      resolve({ code, ...output })
    })
  })
}

// Runs every problem of problems/ and writes docs/suite.md:
//   npm run suite -- --candidates 2000 --seeds 3 [--wall 5m] [--with-model] [--only circle-packing,kissing-11]
// What was finished before with the same files is not run again, and what was cut short goes on. A problem that cannot be
// run here ends nothing: its row says why.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, cpus, loadavg, tmpdir } from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { reportError } from '../src/cli/exit.ts'
import { knownNames } from '../src/compose/names.ts'
import { loadProblem } from '../src/config/load.ts'
import { parseDuration } from '../src/config/units.ts'
import type { Problem } from '../src/config/problem.ts'
import { bundleEvaluator } from '../src/evaluation/evaluator/bundle.ts'
import { suitePage } from './suite/table.ts'
import type { SuiteRow, SuiteRun } from './suite/table.ts'

const root = path.resolve(import.meta.dirname, '..')
const command = path.join(root, 'dist/cli/main.js')

interface Order {
  readonly candidates: number
  readonly seeds: number
  /** Longest time of one run, in milliseconds. */
  readonly wallMs: number | undefined
  readonly withModel: boolean
  readonly problems: string
  readonly only: readonly string[] | undefined
  readonly runsDir: string
  readonly out: string
}

interface Finished {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
  /** It was killed because it did not end by itself. */
  readonly overran: boolean
}

/** How long after its wall time a run may still be about finishing what it had begun. */
const graceMs = 120_000

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
        wall: { type: 'string' },
        problems: { type: 'string', default: path.join(root, 'problems') },
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
    const { problems, wall } = values
    const names = problemNames(problems)
    const only = values.only?.split(',').map((name) => name.trim())
    const unknown = only?.find((name) => !names.includes(name))
    if (unknown !== undefined) throw new Error(`no problem ${unknown}; there are ${names.join(', ')}`)
    const wallMs = wall === undefined ? undefined : durationOf(wall)
    const { 'with-model': withModel, 'runs-dir': runsDir, out } = values
    return { candidates, seeds, wallMs, withModel, problems, only, runsDir, out }
  } catch (error) {
    console.error(`suite: ${error instanceof Error ? error.message : String(error)}`)
    return undefined
  }
}

function durationOf(text: string): number {
  const ms = parseDuration(text)
  if (ms === undefined || ms <= 0) throw new Error('--wall is a time above 0, for example 5m')
  return ms
}

function problemNames(folder: string): readonly string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => path.basename(name, '.yaml'))
    .sort()
}

/** @returns the exit code: 130 when it was interrupted, 3 when a run broke. */
async function runSuite(order: Order): Promise<number> {
  const names = order.only ?? problemNames(order.problems)
  const rows: SuiteRow[] = []
  const started = performance.now()
  for (const [index, name] of names.entries()) {
    console.log(`problem ${index + 1} of ${names.length}, ${minutesText(performance.now() - started)} so far`)
    const row = await runProblem(name, order)
    if (row === undefined) {
      console.error('suite: interrupted; the same command goes on')
      return 130
    }
    rows.push(row)
    writePage(rows, order)
  }
  const broken = rows.filter((row) => row.broken.length > 0).map(({ problem }) => problem)
  const rest = broken.length === 0 ? '' : `; not finished: ${broken.join(', ')}`
  console.log(`${rows.length} problems in ${minutesText(performance.now() - started)}${rest}`)
  return broken.length > 0 ? 3 : 0
}

function minutesText(ms: number): string {
  return `${(ms / 60_000).toFixed(1)} min`
}

function writePage(rows: readonly SuiteRow[], order: Order): void {
  const machine = `${availableParallelism()} cores (${cpus()[0]?.model.trim() ?? 'unknown'}), Node ${process.version}`
  writeFileSync(order.out, suitePage(rows, { ...order, machine }))
}

/** All seeds of one problem; `undefined` when the user interrupted one. */
async function runProblem(name: string, order: Order): Promise<SuiteRow | undefined> {
  const file = path.join(order.problems, `${name}.yaml`)
  const opened = await openProblem(file, order)
  if ('reason' in opened) {
    console.log(`${name}: not run: ${opened.reason}`)
    const broken = [{ seed: undefined, reason: opened.reason }]
    return { problem: name, objective: undefined, trivial: undefined, known: [], runs: [], broken }
  }
  const { problem, files } = opened
  const runs: SuiteRun[] = []
  const broken: { seed: number; reason: string }[] = []
  for (let seed = 1; seed <= order.seeds; seed++) {
    const run = `${name}-c${order.candidates}-s${seed}${order.withModel ? '-model' : ''}-${files}`
    const done = finishedRun(run, seed, order) ?? (await finish(run, file, seed, order))
    if (done === 'interrupted') return undefined
    if ('reason' in done) {
      console.log(`${run}: not finished: ${done.reason}`)
      broken.push({ seed, reason: done.reason })
    } else runs.push(done)
  }
  const { trivial, known } = problem
  return { problem: name, objective: problem.objectives[0], trivial, known, runs, broken }
}

/** The page names no folder of the machine that it was made on. */
function withoutFolders(text: string, { problems }: Order): string {
  return [problems, root].reduce(
    (left, folder) => left.replaceAll(`${folder}${path.sep}`, '').replaceAll(`${folder} `, ''),
    text,
  )
}

/** A problem with the hash of its files, or why it cannot be read. */
async function openProblem(
  file: string,
  order: Order,
): Promise<{ readonly problem: Problem; readonly files: string } | { readonly reason: string }> {
  try {
    const overrides = order.withModel ? {} : { llm: false as const }
    const { problem } = loadProblem(file, { env: process.env, known: knownNames, overrides })
    return { problem, files: await filesHash(problem) }
  } catch (error) {
    return {
      reason: reportError(error, false)
        .lines.map((line) => withoutFolders(line, order))
        .join('; '),
    }
  }
}

/** Changes with the problem, its first program, its evaluator and what it is timed against, so that an old run is not taken for a new one. */
async function filesHash(problem: Problem): Promise<string> {
  const folder = mkdtempSync(path.join(tmpdir(), 'evolve-suite-'))
  try {
    const { hash } = await bundleEvaluator(problem.evaluator, folder)
    const texts = [readFileSync(problem.file, 'utf8'), problem.program.source, hash, ...referenceTexts(problem)]
    return createHash('sha256').update(JSON.stringify(texts)).digest('hex').slice(0, 8)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function referenceTexts({ file, pipeline }: Problem): readonly string[] {
  return pipeline.stages.flatMap(({ options }) => {
    const { reference } = options
    return typeof reference === 'string' ? [readFileSync(path.resolve(path.dirname(file), reference), 'utf8')] : []
  })
}

function resultFile(run: string, { runsDir }: Order): string {
  return path.join(runsDir, run, 'suite.json')
}

function finishedRun(run: string, seed: number, order: Order): SuiteRun | undefined {
  const file = resultFile(run, order)
  if (!existsSync(file)) return undefined
  const result = JSON.parse(readFileSync(file, 'utf8')) as SuiteRun
  // One that its time cut off goes on when there is more time now.
  if (result.finished < order.candidates && (result.wallMs ?? Infinity) < (order.wallMs ?? Infinity)) return undefined
  console.log(`${run}: finished before`)
  return { ...result, seed }
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
  const wall = order.wallMs === undefined ? [] : ['--wall', `${order.wallMs}ms`]
  const flags = ['--candidates', String(order.candidates), ...wall, '--runs-dir', order.runsDir, ...model, '--json']
  console.log(`${run}: ${begun ? 'goes on' : 'starts'}`)
  const { code, stdout, stderr, overran } = await evolve([...start, ...flags], order.wallMs)
  if (overran) return { reason: `did not end within ${graceMs / 1000} s after its wall time` }
  if (code === 130) return 'interrupted'
  if (code !== 0)
    return {
      reason: withoutFolders(stderr.trim().split('\n').at(-1) ?? '', order) || `ended with code ${String(code)}`,
    }
  const result = JSON.parse(stdout) as Omit<SuiteRun, 'seed' | 'wallMs' | 'load'>
  const { first, best, finished, failures, elapsedMs, usd } = result
  const done: SuiteRun = {
    seed,
    first,
    best,
    finished,
    failures,
    elapsedMs,
    usd,
    wallMs: order.wallMs,
    load: loadavg()[0] ?? 0,
  }
  writeFileSync(resultFile(run, order), JSON.stringify(done))
  console.log(`${run}: ${first} -> ${best} in ${(elapsedMs / 1000).toFixed(1)} s`)
  return done
}

function evolve(args: readonly string[], wallMs: number | undefined): Promise<Finished> {
  // Ctrl+C reaches the run itself, which then stops in good order and says so by its exit code.
  const ignore = (): void => undefined
  process.on('SIGINT', ignore)
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [command, ...args], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
    const output = { stdout: '', stderr: '', overran: false }
    // A run ends by its own clock; one that hangs all the same must not hold up the problems after it.
    const kill = (): void => {
      output.overran = true
      child.kill('SIGKILL')
    }
    const limit = wallMs === undefined ? undefined : setTimeout(kill, wallMs + graceMs)
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text))
    const forward = (): void => void child.kill('SIGINT')
    process.on('SIGTERM', forward)
    child.on('close', (code) => {
      clearTimeout(limit)
      process.off('SIGINT', ignore)
      process.off('SIGTERM', forward)
      resolve({ code, ...output })
    })
  })
}

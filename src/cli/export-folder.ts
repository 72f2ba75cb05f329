import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { parse, stringify } from 'yaml'
import { knownNames } from '../compose/names.ts'
import { loadProblemFromText } from '../config/load.ts'
import type { Problem } from '../config/problem.ts'
import { UserError } from '../core/errors.ts'
import { splitFiles } from '../core/program-files.ts'
import { bundleEvaluator } from '../evaluation/evaluator/bundle.ts'
import { jsonText } from '../report/json-text.ts'
import type { ScoreSheet } from '../report/score-sheet.ts'
import { askRows } from '../store/ask-rows.ts'
import type { RunReader } from '../store/run-reader.ts'
import type { Io } from './io.ts'
import { sourceOf } from './named-program.ts'
import { packageVersion } from './version.ts'

/** Keys of a problem that say how to search, not what is scored. They may name keys and servers. */
const searchKeys = ['llm', 'search', 'memory', 'budget'] as const

/**
 * Writes a program with everything that scores it into a folder of its own: the problem, its first program, the evaluator
 * with what it imports, the program, and a sheet with its scores and the hash of every file.
 *
 * npm packages are not copied; `verify` needs them installed.
 *
 * @throws UserError when the folder is not empty, the program has no score, or the evaluator is not the one that scored it.
 */
export async function exportFolder(io: Io, reader: RunReader, ordinal: number, out: string): Promise<void> {
  const { identity } = reader
  if (existsSync(out) && (!statSync(out).isDirectory() || readdirSync(out).length > 0)) {
    throw new UserError(`${out} exists and is not an empty folder: name another with --out`)
  }
  const evaluation = reader.evaluation(ordinal)
  if (evaluation === undefined) throw new UserError(`program ${String(ordinal)} of run ${identity.name} has no score`)
  const source = sourceOf(reader, identity.name, ordinal)
  const text = scoringPart(identity.config)
  const { problem } = loadProblemFromText(text, { file: identity.problemFile, env: io.env, known: knownNames })
  const inputs = await evaluatorFiles(problem, identity.evaluatorHash)
  const scoring = [identity.problemFile, ...programFiles(problem), ...inputs, ...commandFiles(problem)]
  const root = commonFolder(scoring)
  const within = (file: string): string => path.relative(root, file).split(path.sep).join('/')
  const files: Record<string, string> = {}
  const put = (name: string, bytes: string | Uint8Array): void => {
    const file = path.join(out, name)
    mkdirSync(path.dirname(file), { recursive: true })
    writeFileSync(file, bytes)
    files[name] = createHash('sha256').update(bytes).digest('hex')
  }
  for (const file of new Set(scoring)) put(within(file), file === identity.problemFile ? text : readFileSync(file))
  const best = `program${path.extname(problem.program.file)}`
  put(best, source)
  for (const part of splitFiles(source)) put(`program/${part.path}`, part.text)
  const sheet: ScoreSheet = {
    format: 1,
    run: identity.name,
    program: ordinal,
    evolve: packageVersion(),
    seed: identity.seed,
    objective: identity.objective.name,
    direction: identity.objective.direction,
    objectives: { ...evaluation.objectives },
    reproducible: identity.reproducible,
    noise: Object.fromEntries(reader.measures().map(({ name, noise }) => [name, noise])),
    problem: within(identity.problemFile),
    source: best,
    outputs: keptOutputs(reader, ordinal),
    files,
  }
  writeFileSync(path.join(out, 'score.json'), `${jsonText(sheet)}\n`)
  io.out.write(`${out}\n`)
}

function scoringPart(config: string): string {
  const problem = parse(config) as Record<string, unknown>
  for (const key of searchKeys) Reflect.deleteProperty(problem, key)
  return `# What is scored and how, out of the run's effective configuration.\n${stringify(problem, { lineWidth: 0 })}`
}

async function evaluatorFiles(problem: Problem, hash: string): Promise<readonly string[]> {
  const scratch = mkdtempSync(path.join(tmpdir(), 'evolve-'))
  try {
    const bundle = await bundleEvaluator(problem.evaluator, scratch)
    if (bundle.hash !== hash) {
      throw new UserError('the evaluator has changed since it scored the run: evolve rescore scores it anew', {
        file: problem.evaluator,
      })
    }
    return bundle.inputs.filter((file) => !file.split(path.sep).includes('node_modules'))
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

/** The files of the first program: speed problems time against it, and descriptors measure the distance from it. */
function programFiles({ program }: Problem): readonly string[] {
  const parts = splitFiles(program.source)
  if (parts.length === 0) return [program.file]
  const [first] = parts
  const root = first === undefined ? '' : program.file.slice(0, program.file.length - first.path.length)
  return parts.map((part) => path.join(root, part.path))
}

/** Files beside the problem that the command of a process backend names. */
function commandFiles({ evaluation, file }: Problem): readonly string[] {
  if (evaluation.backend !== 'process') return []
  return [...evaluation.command, ...(evaluation.build?.command ?? [])]
    .filter((word) => !word.includes('{') && /[./]/.test(word))
    .map((word) => path.resolve(path.dirname(file), word))
    .filter((named) => statSync(named, { throwIfNoEntry: false })?.isFile() === true)
}

function commonFolder(files: readonly string[]): string {
  return files
    .map((file) => path.dirname(path.resolve(file)))
    .reduce((common, folder) => {
      let shared = common
      while (!`${folder}${path.sep}`.startsWith(shared.endsWith(path.sep) ? shared : `${shared}${path.sep}`)) {
        shared = path.dirname(shared)
      }
      return shared
    })
}

/** What the candidate returned, for problems whose output cannot be had again. */
function keptOutputs(reader: RunReader, ordinal: number): Record<string, unknown> {
  const rows = askRows(
    reader,
    'SELECT stage, output FROM stage_runs WHERE ordinal = ? AND output LIKE \'{"cases":%\' ORDER BY position',
    [ordinal],
  )
  return Object.fromEntries(rows.map(({ stage, output }) => [String(stage), JSON.parse(String(output)) as unknown]))
}

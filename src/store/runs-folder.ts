import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs'
import path from 'node:path'
import { nearestName } from '../config/nearest.ts'
import { isSeveralFiles, splitFiles } from '../core/program-files.ts'
import { InfrastructureError, messageOf, UserError } from '../core/errors.ts'
import { writeBestFolder } from './best-folder.ts'
import type { RunReader, RunState } from './run-reader.ts'

/** Name of a run's database inside its folder. */
const database = 'evolve.db'

/** Opens one run for reading: the store's adapter. */
export type OpenReader = (dir: string) => RunReader

/** A run at one glance. */
export interface ListedRun {
  readonly name: string
  readonly dir: string
  /** `unreadable`: `problem` says why, and the figures are empty. */
  readonly state: RunState | 'unreadable'
  readonly problem: string | undefined
  /** Children placed or failed. */
  readonly finished: number
  /** Children asked for; `undefined` when the budget does not say. */
  readonly candidates: number | undefined
  /** Raw value of the first objective; `undefined` while nothing was placed. */
  readonly best: number | undefined
  readonly bestOrdinal: number | undefined
  /** Name of the first objective. */
  readonly objective: string | undefined
  readonly tokens: number
  readonly usd: number
  /** Wall time over all processes of the run, in milliseconds. */
  readonly elapsedMs: number
  /** Milliseconds since the Unix epoch. */
  readonly createdAt: number
}

/** Lists the runs in a folder, the one that worked latest first. A run that cannot be read is listed with the reason. */
export function listRuns(folder: string, open: OpenReader): readonly ListedRun[] {
  return runDirs(folder).map((dir) => {
    try {
      return runInfo(dir, open)
    } catch (error) {
      return unreadable(dir, messageOf(error))
    }
  })
}

/**
 * Says how one run stands.
 *
 * @throws whatever `open` throws when the run cannot be read.
 */
export function runInfo(dir: string, open: OpenReader): ListedRun {
  const run = open(dir)
  try {
    const { finished, tokens, usd, elapsedMs } = run.totals()
    const best = run.best()
    return {
      name: path.basename(path.resolve(dir)),
      dir,
      state: run.state(),
      problem: undefined,
      finished,
      candidates: run.budget().candidates,
      best: best?.value,
      bestOrdinal: best?.ordinal,
      objective: run.identity.objective.name,
      tokens,
      usd,
      elapsedMs,
      createdAt: run.identity.createdAt,
    }
  } finally {
    run.close()
  }
}

/**
 * The folder of the run that worked latest.
 *
 * @throws UserError when there is no run.
 */
export function latestRun(folder: string): string {
  const latest = runDirs(folder)[0]
  if (latest === undefined) throw new UserError(noRuns(folder))
  return latest
}

/** The folder of a new run. */
export interface NewRunFolder {
  readonly name: string
  /** Empty. */
  readonly dir: string
  /** Name of the latest run of the same problem that was stopped before its end. */
  readonly unfinished: string | undefined
}

/**
 * Makes the folder of a new run: the name that was asked for, or else the first free one of `<problem>`,
 * `<problem>-2`, `<problem>-3` ...
 *
 * Two processes that do this at the same moment get different folders.
 *
 * @throws UserError when the name that was asked for is taken or cannot be a folder's name.
 * @throws InfrastructureError when the folder cannot be written.
 */
export function createRunFolder(
  folder: string,
  problem: string,
  wanted: string | undefined,
  open: OpenReader,
): NewRunFolder {
  const name = wanted ?? problem
  if (!/^[\p{L}\p{N}_][\p{L}\p{N}_.-]*$/u.test(name)) {
    throw new UserError(
      `"${name}" cannot name a run: use letters, digits, ".", "_" and "-", and begin with a letter or a digit`,
    )
  }
  const unfinished = stoppedRun(folder, problem, open)
  for (let number = 1; ; number++) {
    const free = number === 1 ? name : `${name}-${String(number)}`
    const dir = path.join(folder, free)
    if (claim(dir)) return { name: free, dir, unfinished }
    if (wanted === undefined) continue
    const remedy = isRun(dir) ? `go on with it (evolve resume ${name}) or choose another name` : 'choose another name'
    throw new UserError(`${dir} exists already: ${remedy}`)
  }
}

/**
 * Finds the folder of a run by its name in `folder`, or by a path to its folder or its database.
 *
 * @throws UserError for an unknown one; it names the runs that are near.
 */
export function resolveRun(folder: string, nameOrPath: string): string {
  const direct = path.basename(nameOrPath) === database ? path.dirname(nameOrPath) : nameOrPath
  for (const dir of [path.join(folder, nameOrPath), path.resolve(direct)]) if (isRun(dir)) return dir
  const names = runDirs(folder).map((dir) => path.basename(dir))
  if (names.length === 0) throw new UserError(`there is no run "${nameOrPath}": ${noRuns(folder)}`)
  const nearest = nearestName(nameOrPath, names)
  const shown = `${names.slice(0, 5).join(', ')}${names.length > 5 ? ' ... (`evolve runs` lists all)' : ''}`
  const remedy = nearest === undefined ? `${folder} has ${shown}` : `did you mean ${nearest}?`
  throw new UserError(`there is no run "${nameOrPath}": ${remedy}`)
}

/**
 * Replaces `best.<ext>` in a run's folder, or the folder `best` when the program has several files. Whoever reads it, and a crash at any moment, finds the old or the new text,
 * never a part of one.
 *
 * @param extension - With or without its dot.
 * @returns Path of the file or folder.
 * @throws InfrastructureError when the disk does not take it; the old file is still there then.
 */
export function writeBest(dir: string, extension: string, text: string): string {
  if (isSeveralFiles(text)) {
    try {
      return writeBestFolder(dir, splitFiles(text))
    } catch (error) {
      throw unwritable(path.join(dir, 'best'), error)
    }
  }
  const file = path.join(dir, `best.${extension.replace(/^\./, '')}`)
  const temporary = `${file}.${String(process.pid)}.tmp`
  try {
    const handle = openSync(temporary, 'w')
    try {
      writeSync(handle, text)
      fsyncSync(handle)
    } finally {
      closeSync(handle)
    }
    renameSync(temporary, file)
    return file
  } catch (error) {
    rmSync(temporary, { force: true })
    throw unwritable(file, error)
  }
}

function stoppedRun(folder: string, problem: string, open: OpenReader): string | undefined {
  const ofProblem = runDirs(folder).filter((dir) => {
    const name = path.basename(dir)
    return name === problem || (name.startsWith(`${problem}-`) && /^\d+$/.test(name.slice(problem.length + 1)))
  })
  const stopped = ofProblem.find((dir) => {
    try {
      return runInfo(dir, open).state === 'stopped'
    } catch {
      // A run that cannot be read is no reason not to start another one.
      return false
    }
  })
  return stopped === undefined ? undefined : path.basename(stopped)
}

function unreadable(dir: string, problem: string): ListedRun {
  return {
    name: path.basename(dir),
    dir,
    state: 'unreadable',
    problem,
    finished: 0,
    candidates: undefined,
    best: undefined,
    bestOrdinal: undefined,
    objective: undefined,
    tokens: 0,
    usd: 0,
    elapsedMs: 0,
    createdAt: writtenAt(dir),
  }
}

/** Folders of runs, the one written to latest first. */
function runDirs(folder: string): readonly string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .map((name) => path.join(folder, name))
    .filter(isRun)
    .map((dir) => ({ dir, at: writtenAt(dir) }))
    .sort((one, other) => other.at - one.at || one.dir.localeCompare(other.dir))
    .map(({ dir }) => dir)
}

function isRun(dir: string): boolean {
  return existsSync(path.join(dir, database))
}

function writtenAt(dir: string): number {
  const [main, log] = [database, `${database}-wal`].map((name) =>
    statSync(path.join(dir, name), { throwIfNoEntry: false }),
  )
  // A reader leaves an empty log behind: only one that holds something tells of work on the run.
  return Math.max(main?.mtimeMs ?? 0, log === undefined || log.size === 0 ? 0 : log.mtimeMs)
}

/** Whether this call made the folder; `false` when it was there already. */
function claim(dir: string): boolean {
  try {
    mkdirSync(path.dirname(dir), { recursive: true })
    mkdirSync(dir)
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST' && existsSync(dir)) return false
    throw unwritable(dir, error)
  }
}

function noRuns(folder: string): string {
  return `there are no runs in ${folder} yet: start one with \`evolve <problem.yaml>\``
}

function unwritable(file: string, error: unknown): InfrastructureError {
  const message = `${file} could not be written: ${messageOf(error)}: free some disk space or make the folder writable`
  return new InfrastructureError(message, { cause: error })
}

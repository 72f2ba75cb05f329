import { existsSync, mkdirSync, readdirSync, statSync } from 'node:fs'
import path from 'node:path'
import { nearestName } from '../config/nearest.ts'
import { InfrastructureError, messageOf, UserError } from '../core/errors.ts'
import type { RunReader, RunState, ScoredProgram } from './run-reader.ts'
import type { Totals } from './run-store.ts'

/** Name of a run's database inside its folder. */
const database = 'evolve.db'

/** One line of the list of runs. */
export type ListedRun =
  | {
      readonly name: string
      readonly dir: string
      readonly ok: true
      readonly state: RunState
      /** Milliseconds since the Unix epoch. */
      readonly createdAt: number
      readonly totals: Totals
      readonly best: ScoredProgram | undefined
      /** Name of the objective that `best.value` belongs to. */
      readonly objective: string
    }
  | { readonly name: string; readonly dir: string; readonly ok: false; readonly problem: string }

/**
 * Lists the runs in a folder, the one at work latest first. A run that can not be read is listed with the reason.
 *
 * @param open - Opens one run for reading.
 */
export function listRuns(folder: string, open: (dir: string) => RunReader): readonly ListedRun[] {
  return runDirs(folder).map((dir) => listed(dir, open))
}

/** The folder of the run that was at work latest; `undefined` when there is none. */
export function latestRun(folder: string): string | undefined {
  return runDirs(folder)[0]
}

/**
 * Makes the folder of a new run: `<name>`, or the first free one of `<name>-2`, `<name>-3` ...
 *
 * Two processes that do this at the same moment get different folders.
 *
 * @returns The name that was free and its folder, which is empty.
 * @throws UserError when the name can not be a folder's name.
 * @throws InfrastructureError when the folder can not be written.
 */
export function claimRunFolder(folder: string, name: string): { readonly name: string; readonly dir: string } {
  if (!/^[\p{L}\p{N}_][\p{L}\p{N}_.-]*$/u.test(name)) {
    throw new UserError(
      `"${name}" can not name a run: use letters, digits, ".", "_" and "-", and begin with a letter or digit`,
    )
  }
  try {
    mkdirSync(folder, { recursive: true })
    for (let number = 1; ; number++) {
      const free = number === 1 ? name : `${name}-${String(number)}`
      const dir = path.join(folder, free)
      if (claimed(dir)) return { name: free, dir }
    }
  } catch (error) {
    throw new InfrastructureError(
      `${folder}: a run's folder could not be made: ${messageOf(error)}: make it writable`,
      {
        cause: error,
      },
    )
  }
}

/**
 * Finds the folder of a run by its name in `folder`, or by a path to its folder or its database.
 *
 * @throws UserError for an unknown one; it names the runs that are nearest.
 */
export function resolveRun(folder: string, nameOrPath: string): string {
  const direct = path.basename(nameOrPath) === database ? path.dirname(nameOrPath) : nameOrPath
  for (const dir of [path.join(folder, nameOrPath), path.resolve(direct)]) if (isRun(dir)) return dir
  const names = runDirs(folder).map((dir) => path.basename(dir))
  const nearest = nearestName(nameOrPath, names)
  const remedy =
    nearest !== undefined
      ? `did you mean ${nearest}?`
      : names.length === 0
        ? `there are no runs in ${folder} yet: start one with \`evolve <problem.yaml>\``
        : `there ${names.length === 1 ? 'is' : 'are'} ${names.slice(0, 5).join(', ')}${names.length > 5 ? ' ...' : ''}`
  throw new UserError(`there is no run "${nameOrPath}": ${remedy}`)
}

function listed(dir: string, open: (dir: string) => RunReader): ListedRun {
  const name = path.basename(dir)
  try {
    const run = open(dir)
    try {
      const { createdAt, objective } = run.identity
      const figures = { state: run.state(), totals: run.totals(), best: run.best() }
      return { name, dir, ok: true, createdAt, objective: objective.name, ...figures }
    } finally {
      run.close()
    }
  } catch (error) {
    return { name, dir, ok: false, problem: messageOf(error) }
  }
}

/** Folders of runs, the one written to latest first. */
function runDirs(folder: string): readonly string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .map((name) => path.join(folder, name))
    .filter(isRun)
    .map((dir) => ({ dir, at: writtenAt(dir) }))
    .sort((one, other) => other.at - one.at)
    .map(({ dir }) => dir)
}

function isRun(dir: string): boolean {
  return existsSync(path.join(dir, database))
}

function writtenAt(dir: string): number {
  const times = [database, `${database}-wal`].map(
    (name) => statSync(path.join(dir, name), { throwIfNoEntry: false })?.mtimeMs ?? 0,
  )
  return Math.max(...times)
}

/** Whether this call made the folder; `false` when it was there already. */
function claimed(dir: string): boolean {
  try {
    mkdirSync(dir)
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
    throw error
  }
}

import { existsSync } from 'node:fs'
import path from 'node:path'
import type { Evaluating } from '../compose/evaluating.ts'
import { textHash } from '../compose/hashes.ts'
import { knownNames } from '../compose/names.ts'
import { loadProblemFromText } from '../config/load.ts'
import type { LoadedProblem, TextOptions } from '../config/load.ts'
import type { Problem } from '../config/problem.ts'
import { UserError, UserErrors } from '../core/errors.ts'
import { changedLibraries } from '../core/library.ts'
import type { RunIdentity } from '../store/run-store.ts'

/** What is beside the stored configuration. */
export interface StoredProblemOptions extends Pick<TextOptions, 'env' | 'overrides'> {
  /** Where the problem file is now, should it have moved. */
  readonly moved?: string | undefined
}

/**
 * Reads the problem of a run as its folder keeps it.
 *
 * @throws UserError when the problem file, beside which the evaluator is looked for, is not where it was.
 */
export function storedProblem(
  identity: RunIdentity,
  dir: string,
  { moved, ...options }: StoredProblemOptions,
): LoadedProblem {
  const file = problemFile(identity, moved)
  return loadProblemFromText(identity.config, {
    ...options,
    file,
    label: `${dir} (its stored config)`,
    known: knownNames,
  })
}

/** Where the problem file of a run is now. */
function problemFile(identity: RunIdentity, given: string | undefined): string {
  const file = given ?? identity.problemFile
  if (existsSync(file)) return file
  throw new UserError(
    `the problem file ${path.basename(file)} of this run is not at ${path.dirname(file)} any more: say where it is now with --problem <file>`,
  )
}

/**
 * Refuses to carry a run out again with another evaluator, first program or libraries.
 *
 * @throws UserErrors that name what has changed.
 */
export function refuseChanges(problem: Problem, identity: RunIdentity, now: Evaluating): void {
  const errors = changesOf(problem, identity, now, 'put it back to replay the run')
  if (errors.length > 0) throw new UserErrors(errors)
}

/** What has changed since a run began, each with a remedy; empty when nothing has. */
export function changesOf(
  problem: Problem,
  identity: RunIdentity,
  now: Evaluating,
  remedy: string,
): readonly UserError[] {
  const errors: UserError[] = []
  if (now.evaluatorHash !== identity.evaluatorHash) {
    const what = ['the evaluator', ...now.helpers].join(' or ')
    errors.push(new UserError(`${what} has changed since the run began: ${remedy}`, { file: problem.evaluator }))
  }
  if (textHash(problem.program.source) !== identity.programHash) {
    const message = `the first program has changed since the run began: ${remedy}`
    errors.push(new UserError(message, { file: problem.program.file }))
  }
  for (const message of changedLibraries(identity.libraries, now.libraries)) {
    const place = { file: problem.file, key: 'program.imports' }
    errors.push(new UserError(`${message} since the run began: ${remedy}`, place))
  }
  return errors
}

import { readdirSync, statSync } from 'node:fs'
import path from 'node:path'
import { stringify } from 'yaml'
import { InvariantError, UserError, UserErrors } from '../core/errors.ts'
import type { SourceLocation } from '../core/errors.ts'
import { expandReferences, restoreReferences, valueAt } from './environment.ts'
import type { Environment } from './environment.ts'
import { beside, firstProgram, missingFile, readText, unreadable } from './first-program.ts'
import { unfitting } from './fitting.ts'
import { problemJsonSchema } from './json-schema.ts'
import { mistakesOf } from './mistakes.ts'
import type { KeyTree, Mistake } from './mistakes.ts'
import { nearestName } from './nearest.ts'
import { overlaid } from './overlay.ts'
import type { Overlay } from './overlay.ts'
import { applyOverrides } from './overrides.ts'
import type { Overrides } from './overrides.ts'
import { pipelineMistakes } from './pipeline.ts'
import type { Problem } from './problem.ts'
import { noveltyMistakes } from './novelty.ts'
import { reviewMistakes } from './review.ts'
import { problemSchema } from './schema.ts'
import type { KnownNames, ProblemConfig } from './schema.ts'
import { completeConfig, toProblem } from './to-problem.ts'
import { hasSeveralFiles, readProgramFiles } from './program-files.ts'
import { readYaml } from './yaml-source.ts'
import type { KeyPath } from './yaml-source.ts'

/** What reading a problem depends on besides its files. */
export interface LoadOptions {
  /** Where `${NAME}` is looked up. */
  readonly env: Environment
  readonly known: KnownNames
  /** What the command line sets in place of the file. */
  readonly overrides?: Overrides | undefined
  /** `false` when no model will be called: keys and addresses in unset variables are left out then. Default: true. */
  readonly callsModels?: boolean
  /** Keys laid over the file's own before the overrides; see {@link overlaid}. */
  readonly overlays?: readonly Overlay[]
}

/** A problem, and the text that says the same with every default and override written out. */
export interface LoadedProblem {
  readonly problem: Problem
  /**
   * YAML that {@link loadProblemFromText} reads back to the same problem. It keeps `${NAME}` as it was written, so no
   * secret is in it, and its paths are still relative to the problem file.
   */
  readonly effective: string
  /** Whether a model from the environment stands in for a missing `llm` section. */
  readonly offerTaken: boolean
}

/** No problem is written by hand at this size, in bytes. */
const largestFile = 1_000_000

/**
 * Reads a problem file, its first program's source, and checks both.
 *
 * @param file - Path of the YAML file; messages call it by this name.
 * @throws UserError for one mistake, UserErrors for several; each with file, line, column and key where it has one.
 */
export function loadProblem(file: string, options: LoadOptions): LoadedProblem {
  const reason = unreadable(file)
  if (reason !== undefined)
    throw new UserError(`cannot read the problem ${path.resolve(file)}: ${reason}${nearby(file)}`)
  if (statSync(file).size > largestFile)
    throw new UserError('is larger than 1 MB: this is not a problem file', { file })
  return loadProblemFromText(readText(file, { file }), { ...options, file })
}

/** Where a text belongs. */
export interface TextOptions extends LoadOptions {
  /** The problem file: paths in the text are relative to it, and {@link Problem.file} will be its absolute path. */
  readonly file: string
  /** What messages call the text; `file` unless given. */
  readonly label?: string | undefined
}

/**
 * Reads a problem from a text, for example from the effective config that a run has stored.
 *
 * @throws UserError for one mistake, UserErrors for several; each with file, line, column and key where it has one.
 */
export function loadProblemFromText(text: string, options: TextOptions): LoadedProblem {
  const { env, known, overrides = {}, overlays = [], file, label = file } = options
  const yaml = overlaid(readYaml(text, label), overlays)
  const { tree: written, flagAt, offerTaken } = applyOverrides(yaml.tree, overrides)
  const { tree: expanded, mistakes: references } = expandReferences(written, env, options.callsModels)
  const parsed = problemSchema(known).safeParse(expanded)
  const issues = parsed.success ? [] : mistakesOf(parsed.error.issues, written, problemJsonSchema(known) as KeyTree)
  const program = hasSeveralFiles(expanded)
    ? readProgramFiles(expanded, written, file)
    : firstProgram(expanded, written, file)
  const mistakes = essential([
    ...references.map((mistake): Mistake => ({ ...mistake, spot: 'value' })),
    ...issues,
    ...program.mistakes,
    ...evaluatorMistakes(expanded, written, file),
    ...unfitting(expanded, file),
  ])
  const wiring = parsed.success
    ? [
        ...pipelineMistakes(parsed.data, known.stages),
        ...reviewMistakes(parsed.data, known.stages),
        ...noveltyMistakes(parsed.data),
      ]
    : []
  const errors = [
    ...yaml.mistakes,
    ...[...mistakes, ...wiring].map((mistake) =>
      toUserError(mistake, flagAt(mistake.path), yaml.locate(mistake.path, mistake.spot)),
    ),
  ].sort(byPlace)
  throwAll([...errors, ...program.errors])
  if (!parsed.success || program.source === undefined)
    throw new InvariantError('a problem without mistakes has a config')
  return {
    problem: toProblem(completeConfig(parsed.data), path.resolve(file), program.source),
    effective: effectiveText(completeConfig(restoreReferences(parsed.data, written) as ProblemConfig)),
    offerTaken,
  }
}

function effectiveText(config: ProblemConfig): string {
  const header = '# The problem with every default written out. Paths are relative to the problem file.\n'
  return header + stringify(config, { aliasDuplicateObjects: false, lineWidth: 0, schema: 'core', version: '1.2' })
}

function evaluatorMistakes(expanded: unknown, written: unknown, file: string): readonly Mistake[] {
  const named = valueAt(expanded, ['evaluator'])
  if (typeof named !== 'string' || named === '') return []
  const message = missingFile(beside(file, named), ['evaluator'], written)
  return message === undefined ? [] : [{ path: ['evaluator'], spot: 'value', message }]
}

/** The names of problem files in the same folder, the likeliest first. */
function nearby(file: string): string {
  const folder = unreadable(file) === 'it is not a file' ? file : path.dirname(file)
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) return ''
  const names = readdirSync(folder)
    .filter((name) => /\.ya?ml$/.test(name))
    .sort()
  const meant = nearestName(path.basename(file), names)
  const ordered = meant === undefined ? names : [meant, ...names.filter((name) => name !== meant)]
  const more = ordered.length > 5 ? ` and ${ordered.length - 5} more` : ''
  return ordered.length === 0 ? '' : `; in ${folder} there is ${ordered.slice(0, 5).join(', ')}${more}`
}

/** One value can break several rules: the first says enough, and what is wrong inside a map explains the map. */
function essential(mistakes: readonly Mistake[]): readonly Mistake[] {
  const within = (outer: KeyPath, inner: KeyPath): boolean => outer.every((part, index) => inner[index] === part)
  return mistakes.filter((mistake, index) =>
    mistakes.every((other, position) => {
      if (other.path.length === mistake.path.length) return position >= index || !within(other.path, mistake.path)
      return other.path.length < mistake.path.length || !within(mistake.path, other.path)
    }),
  )
}

function toUserError({ message }: Mistake, flag: string | undefined, location: SourceLocation): UserError {
  return flag === undefined ? new UserError(message, location) : new UserError(`${flag} ${message}`)
}

function byPlace({ location: left }: UserError, { location: right }: UserError): number {
  return (left?.line ?? 0) - (right?.line ?? 0) || (left?.column ?? 0) - (right?.column ?? 0)
}

function throwAll(errors: readonly UserError[]): void {
  const [first, ...rest] = errors
  if (first !== undefined) throw rest.length === 0 ? first : new UserErrors(errors)
}

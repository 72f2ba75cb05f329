import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { InvalidArgumentError } from 'commander'
import { InfrastructureError, messageOf, UserError, UserErrors } from '../core/errors.ts'
import { exitCodes } from './exit.ts'
import { initFromVerb } from './init-from/init-from.ts'
import type { FromFlags } from './init-from/init-from.ts'
import type { Io } from './io.ts'
import { problemName, schemaFrom, starterName } from './new-folder.ts'

const starterFolder = fileURLToPath(new URL('../../starter', import.meta.url))

/** A language that a new problem's programs may be written in. */
export type StarterLanguage = 'typescript' | 'python'

/** A file of a new problem, and where it stands in the starter folder. */
interface StarterFile {
  readonly file: string
  readonly from: string
}

const sharedFiles: readonly StarterFile[] = ['evaluator.ts', 'README.md'].map((file) => ({ file, from: file }))

/** The files of a new problem. */
const starters: Readonly<Record<StarterLanguage, readonly StarterFile[]>> = {
  typescript: [
    { file: 'problem.yaml', from: 'problem.yaml' },
    { file: 'program.ts', from: 'program.ts' },
    ...sharedFiles,
  ],
  python: [
    { file: 'problem.yaml', from: 'python/problem.yaml' },
    { file: 'program.py', from: 'python/program.py' },
    ...sharedFiles,
  ],
}

/** Reads the language of a new problem. */
export function parseLanguage(text: string): StarterLanguage {
  if (text === 'typescript' || text === 'python') return text
  throw new InvalidArgumentError('there are starters in typescript and python.')
}

/** Reads the share by which numbers may differ. */
export function parseTolerance(text: string): number {
  const value = Number(text)
  if (text.trim() !== '' && value >= 0 && value < 1) return value
  throw new InvalidArgumentError('it is a number from 0 to below 1, for example 1e-9.')
}

/** Flags of `evolve init`. */
export interface InitFlags extends Partial<FromFlags> {
  readonly language?: StarterLanguage
}

/** `evolve init <dir>`: a problem that runs as it stands, from a starter or from a function of the user's own. */
export async function initVerb(io: Io, dir: string, flags: InitFlags): Promise<number> {
  const { from, language, args, tolerance } = flags
  const given = { ...(args === undefined ? {} : { args }), ...(tolerance === undefined ? {} : { tolerance }) }
  if (from === undefined) {
    const [unused] = Object.keys(given)
    if (unused !== undefined) throw new UserError(`--${unused} goes with --from: name the function that it is about`)
    return writeStarter(io, dir, language ?? 'typescript')
  }
  if (language === 'python') throw new UserError('--from takes functions in TypeScript and JavaScript only')
  return initFromVerb(io, dir, { from, ...given })
}

/**
 * Writes a small problem that runs as it stands, for its author to change.
 *
 * @throws UserErrors naming every file that is already there; then nothing is written.
 */
function writeStarter(io: Io, dir: string, language: StarterLanguage): number {
  const folder = path.resolve(dir)
  const files = starters[language]
  mustBeFree(dir, folder, files)
  const name = problemName(folder)
  const texts = files.map(({ file, from }) => [file, textOf(from, name, folder, language)] as const)
  try {
    mkdirSync(folder, { recursive: true })
    // `wx`: a file that appeared since the check is not overwritten either.
    for (const [file, text] of texts) writeFileSync(path.join(folder, file), text, { flag: 'wx' })
  } catch (error) {
    throw new InfrastructureError(`${dir} could not be written: ${messageOf(error)}`, { cause: error })
  }
  const shown = path.join(dir, 'problem.yaml')
  io.out.write(
    [
      `${dir}: wrote ${files.map(({ file }) => file).join(', ')}`,
      `  npx evolve check ${shown}`,
      `  npx evolve ${shown} --candidates 200`,
      '',
    ].join('\n'),
  )
  return exitCodes.done
}

function mustBeFree(dir: string, folder: string, files: readonly StarterFile[]): void {
  const stats = statSync(folder, { throwIfNoEntry: false })
  if (stats !== undefined && !stats.isDirectory()) {
    throw new UserError('is a file: name a folder that is to hold the new problem', { file: dir })
  }
  const taken = files.map(({ file }) => file).filter((file) => existsSync(path.join(folder, file)))
  if (taken.length === 0) return
  const remedy = 'nothing is overwritten: name another folder, or move this file away'
  throw new UserErrors(
    taken.map((file) => new UserError(`is already there; ${remedy}`, { file: path.join(dir, file) })),
  )
}

function textOf(from: string, name: string, folder: string, language: StarterLanguage): string {
  const text = readFileSync(path.join(starterFolder, from), 'utf8')
  const named = text
    .replaceAll(starterName, name)
    .replace(/(?:\.\.\/)+schemas\/problem\.schema\.json/, () => schemaFrom(folder))
  return language === 'python' ? named.replaceAll('program.ts', 'program.py') : named
}

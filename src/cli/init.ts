import { existsSync, mkdirSync, readFileSync, realpathSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { InvalidArgumentError } from 'commander'
import { InfrastructureError, messageOf, UserError, UserErrors } from '../core/errors.ts'
import { exitCodes } from './exit.ts'
import type { Io } from './io.ts'

const starterFolder = fileURLToPath(new URL('../../starter', import.meta.url))
const schemaFile = fileURLToPath(new URL('../../schemas/problem.schema.json', import.meta.url))

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

/** What the problem is called in the starter folder. */
const starterName = 'my-problem'

/**
 * `evolve init <dir>`: writes a small problem that runs as it stands, for its author to change.
 *
 * @throws UserErrors naming every file that is already there; then nothing is written.
 */
export function initVerb(io: Io, dir: string, flags: { readonly language: StarterLanguage }): number {
  const folder = path.resolve(dir)
  const files = starters[flags.language]
  mustBeFree(dir, folder, files)
  const name = problemName(folder)
  const texts = files.map(({ file, from }) => [file, textOf(from, name, folder, flags.language)] as const)
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

/** The folder's name as far as a problem may be called so. */
function problemName(folder: string): string {
  const name = path
    .basename(folder)
    .replaceAll(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+/, '')
    .slice(0, 100)
  return name === '' ? starterName : name
}

function textOf(from: string, name: string, folder: string, language: StarterLanguage): string {
  const text = readFileSync(path.join(starterFolder, from), 'utf8')
  const named = text
    .replaceAll(starterName, name)
    .replace(/(?:\.\.\/)+schemas\/problem\.schema\.json/, () => schemaFrom(folder))
  return language === 'python' ? named.replaceAll('program.ts', 'program.py') : named
}

/** Where editors find the schema, as seen from the new folder; its parents may not exist yet. */
function schemaFrom(folder: string): string {
  let existing = folder
  while (!existsSync(existing)) existing = path.dirname(existing)
  const real = path.join(realpathSync(existing), path.relative(existing, folder))
  return path.relative(real, schemaFile).split(path.sep).join('/')
}

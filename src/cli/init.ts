import { existsSync, mkdirSync, readFileSync, realpathSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { InfrastructureError, messageOf, UserError, UserErrors } from '../core/errors.ts'
import { exitCodes } from './exit.ts'
import type { Io } from './io.ts'

const starterFolder = fileURLToPath(new URL('../../starter', import.meta.url))
const schemaFile = fileURLToPath(new URL('../../schemas/problem.schema.json', import.meta.url))

/** The files of a new problem; each stands under the same name in the starter folder. */
const starterFiles = ['problem.yaml', 'program.ts', 'evaluator.ts', 'README.md'] as const

/** What the problem is called in the starter folder. */
const starterName = 'my-problem'

/**
 * `evolve init <dir>`: writes a small problem that runs as it stands, for its author to change.
 *
 * @throws UserErrors naming every file that is already there; then nothing is written.
 */
export function initVerb(io: Io, dir: string): number {
  const folder = path.resolve(dir)
  mustBeFree(dir, folder)
  const name = problemName(folder)
  const texts = starterFiles.map((file) => [file, textOf(file, name, folder)] as const)
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
      `${dir}: wrote ${starterFiles.join(', ')}`,
      `  npx evolve check ${shown}`,
      `  npx evolve ${shown} --candidates 200`,
      '',
    ].join('\n'),
  )
  return exitCodes.done
}

function mustBeFree(dir: string, folder: string): void {
  const stats = statSync(folder, { throwIfNoEntry: false })
  if (stats !== undefined && !stats.isDirectory()) {
    throw new UserError('is a file: name a folder that is to hold the new problem', { file: dir })
  }
  const taken = starterFiles.filter((file) => existsSync(path.join(folder, file)))
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

function textOf(file: string, name: string, folder: string): string {
  const text = readFileSync(path.join(starterFolder, file), 'utf8')
  return text.replaceAll(starterName, name).replace('../schemas/problem.schema.json', schemaFrom(folder))
}

/** Where editors find the schema, as seen from the new folder; its parents may not exist yet. */
function schemaFrom(folder: string): string {
  let existing = folder
  while (!existsSync(existing)) existing = path.dirname(existing)
  const real = path.join(realpathSync(existing), path.relative(existing, folder))
  return path.relative(real, schemaFile).split(path.sep).join('/')
}

import { mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { InfrastructureError, messageOf, UserError } from '../../core/errors.ts'
import type { InputSpec } from '../../evaluation/evaluator/draw-args.ts'
import { childrenAt } from '../../syntax/node.ts'
import { exitCodes } from '../exit.ts'
import type { Io } from '../io.ts'
import { problemName, schemaFrom } from '../new-folder.ts'
import { cutFunction } from './cut-function.ts'
import type { CutFunction } from './cut-function.ts'
import { fitOf, readingsOf, timedLengths } from './fit-inputs.ts'
import type { Fit } from './fit-inputs.ts'
import { givenSpecs } from './given-specs.ts'
import { parameterSpecs } from './parameter-specs.ts'
import { problemTexts, specText } from './problem-texts.ts'
import type { Making } from './problem-texts.ts'
import type { SourceFile } from './refusal.ts'

/** Flags of `evolve init <dir> --from`. */
export interface FromFlags {
  /** A file and one of its functions, as in `src/f.ts#fn`. */
  readonly from: string
  /** What the arguments look like, where types do not say it. */
  readonly args?: string
  readonly tolerance?: number
}

/**
 * `evolve init <dir> --from src/f.ts#fn`: makes a problem out of a function of the user's own code: the same answers, faster.
 *
 * The function is called with inputs that are drawn after its types, so that what is written is known to run.
 *
 * @throws UserError for what cannot become a candidate, naming file and line; then nothing is written.
 */
export async function initFromVerb(io: Io, dir: string, { from, args, tolerance = 0 }: FromFlags): Promise<number> {
  const folder = path.resolve(dir)
  const isNew = mustBeEmpty(dir, folder)
  const at = from.lastIndexOf('#')
  const file = sourceFile(at < 0 ? from : from.slice(0, at))
  const cut = cutFunction(file, at < 0 ? '' : from.slice(at + 1))
  const specs = args === undefined ? parameterSpecs(file, cut) : givenSpecs(args, mostArguments(cut))
  const readings = args === undefined ? readingsOf(specs) : [specs]
  const written = new Set<string>()
  const write = (making: Making): void => {
    try {
      mkdirSync(folder, { recursive: true })
      for (const [name, text] of problemTexts(making)) {
        const isAgain = written.has(name)
        writeFileSync(path.join(folder, name), text, { flag: isAgain ? 'w' : 'wx' })
        written.add(name)
      }
    } catch (error) {
      throw new InfrastructureError(`${dir} could not be written: ${messageOf(error)}`, { cause: error })
    }
  }
  const draft = { name: problemName(folder), file, cut, tolerance, schema: schemaFrom(folder) }
  try {
    const making = await fitting(draft, readings, (each) => {
      write(each)
      return fitOf(path.join(folder, 'problem.yaml'))
    })
    write(making)
    io.out.write(doneText(dir, making, [...written], args === undefined))
    return exitCodes.done
  } catch (error) {
    for (const name of written) rmSync(path.join(folder, name), { force: true })
    if (isNew && statSync(folder, { throwIfNoEntry: false }) !== undefined) rmSync(folder, { recursive: true })
    throw error
  }
}

/** Tries the readings of the types, and shorter inputs for a slow function, until the function works and can be timed. */
async function fitting(
  draft: Omit<Making, 'specs' | 'timedLength' | 'batch'>,
  readings: readonly (readonly InputSpec[])[],
  attempt: (making: Making) => Promise<Fit>,
): Promise<Making> {
  const reasons: string[] = []
  for (const specs of readings) {
    for (const timedLength of timedLengths) {
      const making = { ...draft, specs, timedLength, batch: 1 }
      const fit = await attempt(making)
      if (fit.kind === 'fits') return { ...making, batch: fit.batch }
      if (fit.kind === 'slow' && timedLength === timedLengths.at(-1)) return making
      if (fit.kind === 'fails') reasons.push(fit.reason)
      if (fit.kind === 'quick') {
        const remedy = 'name a function that calls it many times'
        throw new UserError(`${draft.cut.entry} is too quick to be timed on its own: ${remedy}`, {
          file: draft.file.shown,
        })
      }
      if (fit.kind === 'fails') break
    }
  }
  throw new UserError(
    `${draft.cut.entry} does not work on the inputs that were drawn for it (${reasons.at(-1) ?? ''}): ` +
      `say what its arguments look like, for example --args '[{ list: { int: [0, 9] }, length: [1, 50] }]'`,
    { file: draft.file.shown },
  )
}

function mostArguments({ node }: CutFunction): number | undefined {
  const parameters = childrenAt(node, 'params')
  return parameters.some(({ type }) => type === 'RestElement') ? undefined : parameters.length
}

function sourceFile(shown: string): SourceFile {
  const extension = path.extname(shown)
  if (extension === '.py') {
    const remedy = 'for Python start with evolve init <dir> --language python and put the function into program.py'
    throw new UserError(`only functions in TypeScript and JavaScript can be taken; ${remedy}`, { file: shown })
  }
  if (!/^\.[mc]?[jt]s$/.test(extension)) {
    throw new UserError('is no .ts or .js file: name one and a function in it, as in --from src/f.ts#fn', {
      file: shown,
    })
  }
  try {
    const text = readFileSync(path.resolve(shown), 'utf8')
      .replace(/^\uFEFF/, '')
      .replaceAll(/\r\n?/g, '\n')
    return { shown, text, extension: extension.endsWith('ts') ? '.ts' : '.js' }
  } catch (error) {
    throw new UserError(`cannot be read: ${messageOf(error)}`, { file: shown }, { cause: error })
  }
}

/** @returns whether the folder is yet to be made. */
function mustBeEmpty(dir: string, folder: string): boolean {
  const stats = statSync(folder, { throwIfNoEntry: false })
  if (stats === undefined) return true
  if (!stats.isDirectory())
    throw new UserError('is a file: name a folder that is to hold the new problem', { file: dir })
  if (readdirSync(folder).length === 0) return false
  throw new UserError('is not empty, and nothing is overwritten: name a new folder', { file: dir })
}

function doneText(
  dir: string,
  { specs, cut, batch, timedLength }: Making,
  written: readonly string[],
  isRead: boolean,
): string {
  const shown = path.join(dir, 'problem.yaml')
  return [
    `${dir}: wrote ${written.join(', ')}`,
    `  ${cut.entry} is called with ${specs.length === 0 ? 'nothing' : specs.map(specText).join(', ')}${isRead ? ' (read from its types)' : ''};`,
    `  timed with lists and texts of ${timedLength} items, ${batch === 1 ? 'one call' : `${batch} calls`} at a time. Real inputs look different? Change them in ${path.join(dir, 'evaluator.ts')}.`,
    `  npx evolve check ${shown}`,
    `  npx evolve ${shown} --candidates 200`,
    '',
  ].join('\n')
}

import { readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { UserError } from '../core/errors.ts'
import type { SourceLocation } from '../core/errors.ts'
import { languageNamed, languageOfFile, languages } from '../core/language.ts'
import { holdsFileHeader } from '../core/program-files.ts'
import { parseEvolveBlocks } from '../variation/evolve-block.ts'
import { isTree, valueAt } from './environment.ts'
import type { Mistake } from './mistakes.ts'
import type { KeyPath } from './yaml-source.ts'

/** Why a file cannot be read as text; `undefined` when it can. */
export function unreadable(file: string): string | undefined {
  const stats = statSync(file, { throwIfNoEntry: false })
  if (stats === undefined) return 'there is no such file'
  return stats.isFile() ? undefined : 'it is not a file'
}

/**
 * Reads a text file.
 *
 * @throws UserError when it is not UTF-8.
 */
export function readText(file: string, location: SourceLocation): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(file))
  } catch (cause) {
    if (cause instanceof TypeError)
      throw new UserError('this is not UTF-8 text: save the file as UTF-8', location, { cause })
    const code = (cause as NodeJS.ErrnoException).code ?? 'unknown error'
    throw new UserError(`this file cannot be read (${code}): check its permissions`, location, { cause })
  }
}

/**
 * Checks the evolve markers of the first program.
 *
 * @param file - What the messages call the file.
 * @param language - Name of its language.
 * @returns The mistake, with the program's own file and line; `undefined` when the program has a genome.
 */
export function markerMistake(source: string, file: string, language: string): UserError | undefined {
  const parsed = parseEvolveBlocks(source, languageNamed(language).comment)
  if (!parsed.ok) return new UserError(parsed.message, { file, line: parsed.line, column: 1 })
  if (parsed.blocks.some(({ start, end }) => source.slice(start, end).trim() !== '')) return undefined
  const line = source.slice(0, parsed.blocks[0]?.start ?? 0).split('\n').length - 1
  const remedy = 'put the code that may change between EVOLVE-BLOCK-START and EVOLVE-BLOCK-END'
  return new UserError(`the evolve blocks are empty: ${remedy}`, { file, line: Math.max(1, line), column: 1 })
}

/** What is missing when a file's name does not tell its language; `undefined` when it does. */
export function extensionMistake(file: string): string | undefined {
  if (languageOfFile(file) !== undefined) return undefined
  const known = languages.flatMap(({ extensions }) => extensions).join(', ')
  return `must have an ending that tells its language (${known}), or program.language must name it`
}

/** The text of the first program, or what keeps it from being read. */
export interface FirstProgram {
  readonly source: string | undefined
  readonly mistakes: readonly Mistake[]
  readonly errors: readonly UserError[]
}

/** Reads the first program of one file. */
export function firstProgram(expanded: unknown, written: unknown, file: string): FirstProgram {
  const place = ['program', 'file']
  const named = valueAt(expanded, place)
  if (named === undefined && isTree(valueAt(expanded, ['program']))) {
    const message = 'is missing: the file of the first program, or `files` for several.'
    return { source: undefined, mistakes: [{ path: place, spot: 'key', message }], errors: [] }
  }
  if (typeof named !== 'string' || named === '') return { source: undefined, mistakes: [], errors: [] }
  const found = beside(file, named)
  const chosen = valueAt(expanded, ['program', 'language'])
  const language = typeof chosen === 'string' ? chosen : languageOfFile(named)
  const unclear = language === undefined ? extensionMistake(named) : undefined
  const mistake = unclear ?? missingFile(found, place, written)
  if (mistake !== undefined)
    return { source: undefined, mistakes: [{ path: place, spot: 'value', message: mistake }], errors: [] }
  try {
    // The name as written: a variable's value may be nobody's business.
    const shown = beside(file, String(valueAt(written, place)))
    const source = readText(found, { file: shown })
    const marker = holdsFileHeader(source)
      ? headerMistake(source, shown)
      : markerMistake(source, shown, language ?? 'typescript')
    return { source, mistakes: [], errors: marker === undefined ? [] : [marker] }
  } catch (error) {
    if (error instanceof UserError) return { source: undefined, mistakes: [], errors: [error] }
    throw error
  }
}

/** Why a file that a key names cannot be read; `undefined` when it can. */
export function missingFile(found: string, place: KeyPath, written: unknown): string | undefined {
  const reason = unreadable(found)
  if (reason === undefined) return undefined
  const text = String(valueAt(written, place))
  return `cannot be read: ${reason} at ${text.includes('${') ? text : path.resolve(found)}; the path is relative to the problem file`
}

/** A path next to a file, relative as long as the file's own path is, because that is what its user can read best. */
export function beside(file: string, name: string): string {
  return path.isAbsolute(name) ? name : path.join(path.dirname(file), name)
}

/** The mistake of a program whose text has a line that could pass for the header of a file. */
export function headerMistake(source: string, file: string): UserError {
  const line = source.split('\n').findIndex(holdsFileHeader) + 1
  const message = 'a line of a program must not begin with // EVOLVE-FILE, which evolve uses itself: write it otherwise'
  return new UserError(message, { file, line, column: 1 })
}

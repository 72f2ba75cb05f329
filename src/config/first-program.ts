import { readFileSync, statSync } from 'node:fs'
import { UserError } from '../core/errors.ts'
import type { SourceLocation } from '../core/errors.ts'
import { languageNamed, languageOfFile, languages } from '../core/language.ts'
import { parseEvolveBlocks } from '../variation/evolve-block.ts'

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

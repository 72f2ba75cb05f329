import path from 'node:path'
import { UserError } from '../core/errors.ts'
import { isScript, languageOfFile } from '../core/language.ts'
import { holdsFileHeader, isProgramPath, joinFiles } from '../core/program-files.ts'
import type { ProgramFile } from '../core/program-files.ts'
import { isMarkerLine } from '../variation/evolve-block.ts'
import { isTree, valueAt } from './environment.ts'
import { beside, extensionMistake, headerMistake, markerMistake, missingFile, readText } from './first-program.ts'
import type { FirstProgram } from './first-program.ts'
import type { Mistake } from './mistakes.ts'
import type { KeyPath } from './yaml-source.ts'

/** Whether a problem lists files for its program. */
export function hasSeveralFiles(expanded: unknown): boolean {
  return valueAt(expanded, ['program', 'files']) !== undefined
}

interface Listed {
  readonly place: KeyPath
  readonly name: string
  readonly fixed: boolean
}

/**
 * Reads the files of a first program of several files into its one text.
 *
 * A file with evolve markers evolves between them, one without evolves as a whole, and one that is `fixed` does not. What
 * is wrong with the list itself is the schema's finding and is passed over.
 */
export function readProgramFiles(expanded: unknown, written: unknown, problemFile: string): FirstProgram {
  const listed = listedFiles(expanded)
  if (listed.length === 0) return { source: undefined, mistakes: [], errors: [] }
  const named = programPaths(listed.map(({ name }) => beside(problemFile, name)))
  const mistakes: Mistake[] = []
  const errors: UserError[] = []
  const files: ProgramFile[] = []
  const at = (place: KeyPath, message: string) => mistakes.push({ path: place, spot: 'value', message })
  const first = languageOf(expanded, listed[0]?.name ?? '')
  for (const [index, { place, name, fixed }] of listed.entries()) {
    const inProgram = named[index] ?? ''
    const mistake = missingFile(beside(problemFile, name), place, written) ?? nameMistake(name, inProgram, first)
    if (mistake !== undefined) at(place, mistake)
    else if (named.indexOf(inProgram) < index) at(place, 'must be unique: the file is listed above')
    else {
      const shown = beside(problemFile, String(valueAt(written, place)))
      const read = readFileOf(beside(problemFile, name), shown, fixed, first ?? 'typescript')
      if (read instanceof UserError) errors.push(read)
      else if (typeof read === 'string') at(place, read)
      else files.push({ path: inProgram, ...read })
    }
  }
  if (mistakes.length + errors.length > 0) return { source: undefined, mistakes, errors }
  if (!files.some(({ whole, text }) => (whole ? text.trim() !== '' : hasMarkers(text)))) {
    at(['program', 'files'], 'must hold a file that may change: with evolve markers, or not empty and not fixed')
    return { source: undefined, mistakes, errors }
  }
  return { source: joinFiles(files), mistakes, errors }
}

function listedFiles(expanded: unknown): readonly Listed[] {
  const list = valueAt(expanded, ['program', 'files'])
  if (!Array.isArray(list)) return []
  const entries = list as readonly unknown[]
  return entries.flatMap((entry, index): readonly Listed[] => {
    const place = ['program', 'files', index]
    if (typeof entry === 'string' && entry !== '') return [{ place, name: entry, fixed: false }]
    const name = isTree(entry) ? entry['file'] : undefined
    if (!isTree(entry) || typeof name !== 'string' || name === '') return []
    return [{ place: [...place, 'file'], name, fixed: entry['fixed'] === true }]
  })
}

/** Paths below the deepest folder that holds all files, with `/` between their parts. */
function programPaths(files: readonly string[]): readonly string[] {
  const folders = files.map((file) => path.dirname(path.resolve(file)).split(path.sep))
  const [one = []] = folders
  let shared = 0
  while (shared < one.length && folders.every((folder) => folder[shared] === one[shared])) shared++
  const root = one.slice(0, shared).join(path.sep) || path.sep
  return files.map((file) => path.relative(root, path.resolve(file)).split(path.sep).join('/'))
}

function languageOf(expanded: unknown, name: string): string | undefined {
  const chosen = valueAt(expanded, ['program', 'language'])
  return typeof chosen === 'string' ? chosen : languageOfFile(name)
}

function nameMistake(name: string, inProgram: string, language: string | undefined): string | undefined {
  if (!isProgramPath(inProgram)) {
    return 'must have a name of letters, digits and ".", "_", "-", "+", "@", since edits name it'
  }
  if (language === undefined) return extensionMistake(name)
  if (!isScript(language) || isScript(languageOfFile(name) ?? '')) return undefined
  return 'must be a JavaScript or TypeScript module like the other files'
}

function readFileOf(
  file: string,
  shown: string,
  fixed: boolean,
  language: string,
): Pick<ProgramFile, 'text' | 'whole'> | UserError | string {
  let text: string
  try {
    text = readText(file, { file: shown })
  } catch (error) {
    if (error instanceof UserError) return error
    throw error
  }
  if (holdsFileHeader(text)) return headerMistake(text, shown)
  const marked = hasMarkers(text)
  if (fixed) return marked ? 'is fixed, but has evolve markers: take away one or the other' : { text, whole: false }
  if (!marked) return { text, whole: true }
  return markerMistake(text, shown, language) ?? { text, whole: false }
}

function hasMarkers(text: string): boolean {
  return text.split('\n').some(isMarkerLine)
}

import { existsSync } from 'node:fs'
import path from 'node:path'
import { isScript, languageOfFile } from '../core/language.ts'
import { defaultCommand } from '../evaluation/process/command-line.ts'
import { isTree, valueAt } from './environment.ts'
import { defaultBackend } from './evaluation.ts'
import type { Mistake } from './mistakes.ts'
import { hasSeveralFiles } from './program-files.ts'
import { parseDuration } from './units.ts'
import type { KeyPath } from './yaml-source.ts'

/**
 * Checks what no key can tell alone: whether the backend can run programs of this language and has all it needs, and
 * whether insights can be tried in the order that is asked for.
 *
 * Keys that are wrong by themselves are somebody else's finding and are passed over.
 *
 * @param file - The problem file, from which paths count.
 */
export function unfitting(expanded: unknown, file: string): readonly Mistake[] {
  return [...programMistakes(expanded, file), ...verifyMistakes(expanded)]
}

function programMistakes(expanded: unknown, file: string): readonly Mistake[] {
  const only = textAt(expanded, ['program', 'file'])
  if (only !== undefined && hasSeveralFiles(expanded)) {
    const message = 'stands beside program.file: a program has one or the other'
    return [{ path: ['program', 'files'], spot: 'key', message }]
  }
  const program = only ?? firstListed(expanded)
  const language = textAt(expanded, ['program', 'language']) ?? languageOfFile(program ?? '')
  if (language === undefined) return []
  const backend = textAt(expanded, ['evaluation', 'backend']) ?? defaultBackend(language)
  return [
    ...timeBudgetMistakes(expanded, backend),
    ...holdoutMistakes(expanded, backend),
    ...(backend === 'isolate' ? unfitForIsolate(expanded, language) : unfitElsewhere(expanded)),
    ...(backend === 'process' ? unfitForProcess(expanded, language, file) : processKeys(expanded, backend)),
  ]
}

function unfitForIsolate(expanded: unknown, language: string): readonly Mistake[] {
  if (!isScript(language)) {
    const message = 'cannot run this program: an isolate runs JavaScript and TypeScript only'
    return [{ path: ['evaluation', 'backend'], spot: 'value', message }]
  }
  return entryMissing(expanded)
}

function unfitElsewhere(expanded: unknown): readonly Mistake[] {
  const imports = valueAt(expanded, ['program', 'imports'])
  if (!Array.isArray(imports) || imports.length === 0) return []
  const message = 'is for the isolate backend: a process finds its libraries by itself, see evaluation.read'
  return [{ path: ['program', 'imports'], spot: 'key', message }]
}

function unfitForProcess(expanded: unknown, language: string, file: string): readonly Mistake[] {
  const command = valueAt(expanded, ['evaluation', 'command']) ?? defaultCommand(language)
  if (command === undefined) {
    const message = 'is missing: the command that runs one case, for example ["{build}/program"]'
    return [{ path: ['evaluation', 'command'], spot: 'key', message }]
  }
  const needsEntry = Array.isArray(command) && command.includes('{runner}') && defaultCommand(language) !== undefined
  return [
    ...(needsEntry ? entryMissing(expanded) : []),
    ...placeholderMistakes(expanded, language),
    ...missingPaths(expanded, file),
  ]
}

function entryMissing(expanded: unknown): readonly Mistake[] {
  if (valueAt(expanded, ['program', 'entry']) !== undefined) return []
  const message = 'is missing: Name of the exported function that the evaluator calls.'
  return [{ path: ['program', 'entry'], spot: 'key', message }]
}

function placeholderMistakes(expanded: unknown, language: string): readonly Mistake[] {
  const builds = valueAt(expanded, ['evaluation', 'build']) !== undefined
  const places: readonly KeyPath[] = [
    ['evaluation', 'command'],
    ['evaluation', 'build', 'command'],
  ]
  return places.flatMap((place) => {
    const words = valueAt(expanded, place)
    if (!Array.isArray(words)) return []
    return words.flatMap((word: unknown, index): Mistake[] => {
      const names = typeof word === 'string' ? [...word.matchAll(/\{([a-z]+)\}/g)].map(([, name]) => name) : []
      const wrong = names.find((name) => !['program', 'build', 'runner', 'node'].includes(name ?? ''))
      const at = { path: [...place, index], spot: 'value' as const }
      if (wrong !== undefined) {
        return [{ ...at, message: `holds {${wrong}}; known are {program}, {build}, {runner} and {node}` }]
      }
      if (names.includes('build') && !builds) {
        return [{ ...at, message: 'holds {build}, but nothing is built: add evaluation.build' }]
      }
      if (names.includes('runner') && defaultCommand(language) === undefined) {
        return [{ ...at, message: 'holds {runner}, but none is shipped for this language: name your own command' }]
      }
      return []
    })
  })
}

function missingPaths(expanded: unknown, file: string): readonly Mistake[] {
  const read = valueAt(expanded, ['evaluation', 'read'])
  if (!Array.isArray(read)) return []
  return read.flatMap((entry: unknown, index): Mistake[] => {
    if (typeof entry !== 'string' || existsSync(path.resolve(path.dirname(file), entry))) return []
    return [
      {
        path: ['evaluation', 'read', index],
        spot: 'value',
        message: 'is not there; the path is relative to the problem file',
      },
    ]
  })
}

/** Keys that only a process has. */
function processKeys(expanded: unknown, backend: string): readonly Mistake[] {
  const section = valueAt(expanded, ['evaluation'])
  if (!isTree(section)) return []
  return ['command', 'build', 'env', 'read', 'sandbox', 'start', 'cpu', 'processes', 'disk', 'device']
    .filter((key) => section[key] !== undefined)
    .map((key) => ({
      path: ['evaluation', key],
      spot: 'key',
      message: `is for backend: process, but the backend here is ${backend === 'none' ? 'none' : 'isolate'}`,
    }))
}

function textAt(expanded: unknown, place: KeyPath): string | undefined {
  const value = valueAt(expanded, place)
  return typeof value === 'string' ? value : undefined
}

function firstListed(expanded: unknown): string | undefined {
  const value = valueAt(expanded, ['program', 'files', 0]) ?? undefined
  const named = typeof value === 'string' ? value : valueAt(value, ['file'])
  return typeof named === 'string' ? named : undefined
}

function holdoutMistakes(expanded: unknown, backend: string): readonly Mistake[] {
  if (backend !== 'none' || valueAt(expanded, ['holdout']) === undefined) return []
  const message = 'has no inputs to keep back: with evaluation.backend none nothing is run'
  return [{ path: ['holdout'], spot: 'key', message }]
}

/** A clock that is handed out exists in isolates only, and must run out before the candidate is killed. */
function timeBudgetMistakes(expanded: unknown, backend: string): readonly Mistake[] {
  const budget = parseDuration(textAt(expanded, ['time_budget']) ?? '')
  if (budget === undefined) return []
  const at = { path: ['time_budget'], spot: 'value' } as const
  if (backend !== 'isolate')
    return [{ ...at, message: 'is for the isolate: programs of other backends have a clock anyway' }]
  const limit = parseDuration(textAt(expanded, ['limits', 'time']) ?? '10s')
  if (limit === undefined || budget < limit) return []
  return [{ ...at, message: 'must be shorter than limits.time, at which a call is killed' }]
}

/** Which candidates are members of a trial depends on what has finished, and that is what by-ordinal rules out. */
function verifyMistakes(expanded: unknown): readonly Mistake[] {
  const pairs = valueAt(expanded, ['memory', 'verify'])
  if (pairs === undefined || pairs === 0 || textAt(expanded, ['search', 'order']) !== 'by-ordinal') return []
  const message = 'does not go with search.order: by-ordinal, since trials follow what has finished; remove one of them'
  return [{ path: ['memory', 'verify'], spot: 'key', message }]
}

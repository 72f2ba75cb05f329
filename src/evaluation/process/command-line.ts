import { accessSync, constants, existsSync, realpathSync, statSync } from 'node:fs'
import path from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { isScript } from '../../core/language.ts'

/** A command with its placeholders replaced, and the files it names. */
export interface CommandLine {
  readonly argv: readonly string[]
  /** Absolute paths that must be readable for it to work, outside of the system's own folders. */
  readonly needs: readonly string[]
}

/** What the placeholders of a command stand for. */
export interface Places {
  readonly program: string
  readonly build: string
  readonly runner: string | undefined
}

/**
 * Replaces the placeholders of a command and finds the files that it names.
 *
 * An argument that is the path of an existing file or folder, relative to the problem's folder, becomes an absolute one;
 * so `runner.py` means the file beside the problem, wherever the candidate's working directory is.
 */
export function commandLine(command: readonly string[], folder: string, places: Places): CommandLine {
  const needs = new Set<string>()
  const argv = command.map((written, index) => {
    if (written === '{node}') {
      needs.add(realpathSync(process.execPath))
      return process.execPath
    }
    const replaced = written
      .replaceAll('{program}', places.program)
      .replaceAll('{build}', places.build)
      .replaceAll('{runner}', places.runner ?? '{runner}')
    if (replaced !== written) return replaced
    const beside = path.resolve(folder, written)
    const isPath = index > 0 ? written !== '' : written.includes('/')
    if (!isPath || !existsSync(beside)) return written
    needs.add(beside)
    return beside
  })
  return { argv, needs: [...needs] }
}

/** The runner shipped for a language: it reads a request, calls the program's entry and writes what came of it. */
export function runnerFor(language: string): string | undefined {
  const file = language === 'python' ? 'python.py' : isScript(language) ? 'node.mjs' : undefined
  return file === undefined ? undefined : fileURLToPath(new URL(`../../../runners/${file}`, import.meta.url))
}

/** The command that runs programs of a language when the problem names none. */
export function defaultCommand(language: string): readonly string[] | undefined {
  if (language === 'python') return ['python3', '-B', '{runner}', '{program}']
  return isScript(language) ? ['{node}', '{runner}', '{program}'] : undefined
}

/**
 * Where a program is found: the path itself, or the first folder of `folders` that has it.
 *
 * @returns `undefined` when there is no such program that can be run.
 */
export function located(name: string, folders: readonly string[]): string | undefined {
  const candidates = name.includes('/') ? [name] : folders.map((folder) => path.join(folder, name))
  return candidates.find((file) => {
    try {
      accessSync(file, constants.X_OK)
      return statSync(file).isFile()
    } catch {
      return false
    }
  })
}

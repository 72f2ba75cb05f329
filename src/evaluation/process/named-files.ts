import { realpathSync, statSync } from 'node:fs'
import process from 'node:process'
import { commandLine } from './command-line.ts'
import type { ProcessSpec } from './spec.ts'

/**
 * The files beside the problem that the commands of a process backend name, such as `runner.py`; what a candidate returns
 * depends on them. Folders, and what is shipped or installed, do not count.
 *
 * @param folder - Folder of the problem file.
 * @returns absolute paths, each once.
 */
export function namedFiles(
  { command, build }: Pick<ProcessSpec, 'command' | 'build'>,
  folder: string,
): readonly string[] {
  const places = { program: '', build: '', runner: undefined }
  const named = [command, build?.command ?? []].flatMap((words) => commandLine(words, folder, places).needs)
  const node = realpathSync(process.execPath)
  return [...new Set(named)].filter((file) => file !== node && statSync(file).isFile())
}

import { splitFiles } from '../core/program-files.ts'
import type { ProgramFile } from '../core/program-files.ts'
import { fenced } from './untrusted.ts'

/**
 * A program as prompts show it: its text in one fence, or each of its files in a fence of its own that names it.
 *
 * @param language - Tag of code fences.
 * @param fixed - Whether files of which nothing may change are shown too.
 */
export function programText(source: string, language: string, fixed: boolean): string {
  const files = splitFiles(source)
  if (files.length === 0) return fenced(source, language)
  return files
    .filter((file) => fixed || mayChange(file))
    .map((file) => `${headingOf(file)}\n\n${fenced(file.text, `${language} ${file.path}`)}`)
    .join('\n\n')
}

/** The files of a program that an answer may change; empty for a program of one file. */
export function changeableFiles(source: string): readonly string[] {
  return splitFiles(source)
    .filter(mayChange)
    .map(({ path }) => path)
}

function mayChange({ whole, text }: ProgramFile): boolean {
  return whole || text.includes('EVOLVE-BLOCK-START')
}

function headingOf(file: ProgramFile): string {
  const { path, whole } = file
  if (whole) return `File \`${path}\`, all of which may change:`
  return mayChange(file)
    ? `File \`${path}\`, which may change between its markers:`
    : `File \`${path}\`, which is fixed:`
}

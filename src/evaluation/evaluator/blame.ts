import { fileURLToPath } from 'node:url'
import path from 'node:path'
import type { SourceLocation } from '../../core/errors.ts'
import { messageOf, UserError } from '../../core/errors.ts'

/** The package's own folder of modules: frames in it are not the user's. */
const ownRoot = fileURLToPath(new URL('../../', import.meta.url))

/**
 * The user's mistake behind an exception that an evaluator threw.
 *
 * The place is the innermost stack frame in the user's own files; it needs source maps to be switched on.
 *
 * @param evaluatorPath - Named when no frame is the user's.
 */
export function evaluatorThrew(error: unknown, evaluatorPath: string): UserError {
  const location = userFrame(error) ?? { file: evaluatorPath }
  const name = error instanceof Error && error.name !== 'Error' ? `${error.name}: ` : ''
  return new UserError(`the evaluator threw ${name}${oneLine(messageOf(error))} (${shortPlace(location)})`, location, {
    cause: error,
  })
}

/** The user's mistake in what an evaluator answered. */
export function evaluatorMistake(message: string, evaluatorPath: string): UserError {
  return new UserError(`${message} (${path.basename(evaluatorPath)})`, { file: evaluatorPath })
}

/** Puts a text of several lines on one. */
export function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim()
}

const frame = /^\s+at (?:.*\()?(.+?):(\d+):(\d+)\)?$/

function userFrame(error: unknown): SourceLocation | undefined {
  if (!(error instanceof Error) || error.stack === undefined) return undefined
  for (const text of error.stack.split('\n')) {
    const [, place = '', line, column] = frame.exec(text) ?? []
    const file = place.startsWith('file:') ? fileURLToPath(place) : place
    if (!path.isAbsolute(file) || file.startsWith(ownRoot) || file.includes(`${path.sep}node_modules${path.sep}`))
      continue
    return { file, line: Number(line), column: Number(column) }
  }
  return undefined
}

function shortPlace({ file, line }: SourceLocation): string {
  return line === undefined ? path.basename(file) : `${path.basename(file)}:${line}`
}

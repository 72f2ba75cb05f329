import { InfrastructureError, InvariantError, messageOf, UserError, UserErrors } from '../core/errors.ts'
import type { SourceLocation } from '../core/errors.ts'

/** What the process answers to the shell: 0 done, 2 the user must fix something, 3 infrastructure, 130 interrupted. */
export const exitCodes = { done: 0, user: 2, infrastructure: 3, interrupted: 130 } as const

/** What to print for something that was thrown, and the exit code that goes with it. */
export interface ErrorReport {
  readonly lines: readonly string[]
  readonly code: number
}

/**
 * Turns anything thrown into one line per problem: place, key, message. A stack only with `debug`.
 */
export function reportError(error: unknown, debug: boolean): ErrorReport {
  const stack = debug && error instanceof Error && error.stack !== undefined ? [error.stack] : []
  if (error instanceof UserErrors) {
    return { lines: [...error.errors.map(lineOf), ...stack], code: exitCodes.user }
  }
  if (error instanceof UserError) return { lines: [lineOf(error), ...stack], code: exitCodes.user }
  if (error instanceof InfrastructureError) {
    return { lines: [oneLine(error.message), ...stack], code: exitCodes.infrastructure }
  }
  const kind = error instanceof InvariantError ? 'a rule inside evolve was broken' : 'unexpected error'
  const hint = debug ? '' : ' (--debug shows where; the run can be resumed)'
  return { lines: [`${kind}: ${oneLine(messageOf(error))}${hint}`, ...stack], code: exitCodes.infrastructure }
}

function lineOf(error: UserError): string {
  const place = error.location === undefined ? '' : `${placeOf(error.location)}: `
  return `${place}${oneLine(error.message)}`
}

function placeOf({ file, line, column, key }: SourceLocation): string {
  const position = [file, line, column].filter((part) => part !== undefined).join(':')
  return key === undefined || key === '' ? position : `${position} ${key}`
}

function oneLine(message: string): string {
  return message.replaceAll(/\s*\n\s*/g, ' ')
}

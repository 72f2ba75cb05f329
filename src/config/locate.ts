import { UserError, UserErrors } from '../core/errors.ts'
import { readText } from './first-program.ts'
import { readYaml } from './yaml-source.ts'

/**
 * Adds the line to mistakes that were found after a problem was read and name their key alone.
 *
 * Anything else, and what cannot be found in the file any more, is returned as it is.
 */
export function withLines(error: unknown): unknown {
  if (error instanceof UserErrors) return new UserErrors(error.errors.map((each) => withLine(each)))
  return error instanceof UserError ? withLine(error) : error
}

function withLine(error: UserError): UserError {
  const { file, key, line } = error.location ?? {}
  if (file === undefined || key === undefined || line !== undefined) return error
  try {
    const path = key.split(/[.[\]]+/).flatMap((part) => (part === '' ? [] : [/^\d+$/.test(part) ? Number(part) : part]))
    const found = { ...readYaml(readText(file, { file }), file).locate(path, 'value'), key }
    return new UserError(error.message, found, { cause: error.cause })
  } catch {
    return error
  }
}

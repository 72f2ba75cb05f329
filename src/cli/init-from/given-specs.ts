import { parse } from 'yaml'
import { messageOf, UserError } from '../../core/errors.ts'
import { inputSpec } from '../../evaluation/evaluator/draw-args.ts'
import type { InputSpec } from '../../evaluation/evaluator/draw-args.ts'

const forms =
  'number, int, boolean, string, { int: [0, 9] }, { number: [0, 1] }, { string: ACGT }, { list: int, length: [0, 50], sorted: true }, ' +
  '{ tuple: [int, string] }, { object: { x: number } }, { oneOf: [asc, desc] }, { either: [int, string] }'

/**
 * Reads what `--args` says about each argument: a list, as YAML or JSON.
 *
 * @param most - Arguments that the function takes; `undefined` where it takes any number.
 * @throws UserError saying which argument is not understood and what there is.
 */
export function givenSpecs(text: string, most: number | undefined): readonly InputSpec[] {
  const list = listIn(text)
  if (most !== undefined && list.length > most) {
    throw new UserError(`--args tells of ${list.length} arguments, and the function takes ${most}`)
  }
  return list.map((each, index) => {
    const read = inputSpec.safeParse(each)
    if (read.success) return read.data
    throw new UserError(
      `--args does not say what to draw for argument ${index + 1} with ${JSON.stringify(each)}; it can be ${forms}`,
    )
  })
}

function listIn(text: string): readonly unknown[] {
  let list: unknown
  try {
    list = parse(text)
  } catch (error) {
    throw new UserError(`--args cannot be read: ${messageOf(error).split('\n')[0] ?? ''}`, undefined, { cause: error })
  }
  if (Array.isArray(list)) return list
  throw new UserError(
    `--args is a list with one entry for each argument, for example --args '[{ list: int }, number]'; an entry can be ${forms}`,
  )
}

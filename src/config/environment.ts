import type { KeyPath } from './yaml-source.ts'

/** Variables by name, as in `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>

/** A reference that could not be followed, and what to do about it. The message shows no value of any variable. */
export interface ReferenceMistake {
  readonly path: KeyPath
  readonly message: string
}

/** A tree with its references replaced, and those that could not be. */
export interface Expanded {
  readonly tree: unknown
  readonly mistakes: readonly ReferenceMistake[]
}

const reference = /\$\$\{|\$\{([^}]*)\}?/g

const variableName = /^[A-Za-z_][A-Za-z0-9_]*$/

const wholeReference = /^\$\{[A-Za-z_][A-Za-z0-9_]*\}$/

/** Fields that only somebody who calls a model needs. */
const forCalls: readonly unknown[] = ['api_key', 'base_url']

/**
 * Replaces every `${NAME}` in the text values of a tree by the variable's value; `$${` stands for `${`.
 *
 * Values are not read again, so a variable cannot refer to another. An empty variable counts as unset. Keys are left as
 * they are. A value under `api_key` must be one reference and nothing else, because whatever is written there literally
 * would be copied into every run's folder.
 * @param callsModels - `false` leaves out the keys and addresses of models whose variable is not set, for those who only read.
 */
export function expandReferences(tree: unknown, environment: Environment, callsModels = true): Expanded {
  const mistakes: ReferenceMistake[] = []
  const expand = (value: unknown, path: KeyPath): unknown => {
    if (typeof value === 'string') {
      if (path.at(-1) === 'api_key' && !wholeReference.test(value)) {
        mistakes.push({ path, message: literalKey })
        return value
      }
      const result = expandText(value, environment)
      if (result.mistake !== undefined && !callsModels && forCalls.includes(path.at(-1))) return undefined
      if (result.mistake !== undefined) mistakes.push({ path, message: result.mistake })
      return result.text
    }
    if (Array.isArray(value)) return value.map((item, index) => expand(item, [...path, index]))
    if (isTree(value))
      return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, expand(item, [...path, key])]))
    return value
  }
  return { tree: expand(tree, []), mistakes }
}

/** Puts the written texts back wherever an expanded tree has the value of a reference; what only it has stays. */
export function restoreReferences(expanded: unknown, written: unknown): unknown {
  if (typeof written === 'string' && written.includes('${')) return written
  if (Array.isArray(expanded) && Array.isArray(written)) {
    return expanded.map((item, index) => restoreReferences(item, written[index]))
  }
  if (isTree(expanded) && isTree(written)) {
    return Object.fromEntries(
      Object.entries(expanded).map(([key, item]) => [key, restoreReferences(item, ownValue(written, key))]),
    )
  }
  return expanded
}

/** The value at a path of a tree; `undefined` where there is none. */
export function valueAt(tree: unknown, path: KeyPath): unknown {
  return path.reduce<unknown>((value, part) => ownValue(value, part), tree)
}

/** Whether a value is a map of a tree. */
export function isTree(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function ownValue(value: unknown, key: string | number): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined
  return (value as Readonly<Record<string | number, unknown>>)[key]
}

const literalKey =
  'must be a reference such as ${OPENAI_API_KEY} and nothing else: a key belongs in the environment, never in a file. ' +
  'Set the variable, and replace this key at the provider if the file was ever shared'

function expandText(text: string, environment: Environment): { readonly text: string; readonly mistake?: string } {
  let mistake: string | undefined
  const expanded = text.replaceAll(reference, (found: string, name: string | undefined) => {
    if (name === undefined) return '${'
    const wellFormed = variableName.test(name) && found.endsWith('}')
    const value = wellFormed && Object.hasOwn(environment, name) ? environment[name] : undefined
    if (value !== undefined && value !== '') return value
    mistake ??= referenceMistake(found, name)
    return found
  })
  return mistake === undefined ? { text: expanded } : { text: expanded, mistake }
}

function referenceMistake(found: string, name: string): string {
  if (variableName.test(name) && found.endsWith('}')) {
    return `refers to the environment variable ${name}, which is not set or empty: set it, or write $\${${name}} for the text itself`
  }
  return 'has "${" without the name of an environment variable and "}": write ${NAME}, or "$${" for the text "${" itself'
}

import type { z } from 'zod'
import { isTree, valueAt } from './environment.ts'
import { nearestName } from './nearest.ts'
import type { KeyPath, Spot } from './yaml-source.ts'
import { keyText } from './yaml-source.ts'

/** One thing wrong with a problem, before it is known how its place is told. */
export interface Mistake {
  readonly path: KeyPath
  readonly spot: Spot
  /** What is wrong and what to do, as the rest of a sentence that the key begins. */
  readonly message: string
}

/** The schema as JSON Schema: the parts that tell which keys belong where. */
export interface KeyTree {
  readonly properties?: Readonly<Record<string, KeyTree>>
  readonly items?: KeyTree
  readonly anyOf?: readonly KeyTree[]
  /** Maps told apart by a key with one fixed value each. */
  readonly oneOf?: readonly KeyTree[]
  readonly const?: unknown
  readonly description?: string
}

/**
 * Says what the findings of the schema mean for the author of the file.
 *
 * Values are shown as they are written, never as a reference made them, and not at all where a secret is likely.
 *
 * @param written - The tree before references were replaced.
 */
export function mistakesOf(issues: readonly z.core.$ZodIssue[], written: unknown, keys: KeyTree): readonly Mistake[] {
  return issues.flatMap((issue) => mistakesIn(issue, [], written, keys))
}

function mistakesIn(issue: z.core.$ZodIssue, above: KeyPath, written: unknown, keys: KeyTree): readonly Mistake[] {
  const path: KeyPath = [...above, ...issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part))]
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      path: [...path, key],
      spot: 'key',
      message: unknownKey(key, path, keys, written),
    }))
  }
  if (issue.code === 'invalid_union') {
    // The branch that got past the kind of value is the one the author meant.
    const meant = issue.errors.find(
      (branch) => !branch.some((inner) => inner.path.length === 0 && inner.code === 'invalid_type'),
    )
    if (meant !== undefined) return meant.flatMap((inner) => mistakesIn(inner, path, written, keys))
  }
  const value = valueAt(written, path)
  if (value === undefined) {
    return [{ path, spot: 'key', message: `is missing: ${keysAt(keys, path, written)?.description ?? issue.message}` }]
  }
  return [{ path, spot: 'value', message: `${issue.message}${but(value, path, issue)}${suggestion(issue, value)}` }]
}

/** What stands there instead; nothing where the message is complete without it. */
function but(value: unknown, path: KeyPath, issue: z.core.$ZodIssue): string {
  if (issue.code === 'custom' && issue.params?.['complete'] === true) return ''
  if (value === null) return ', but nothing is written here'
  if (path.some((part) => part === 'api_key' || part === 'base_url')) return ''
  if (Array.isArray(value) || isTree(value)) {
    return issue.code.startsWith('invalid') ? `, but this is ${Array.isArray(value) ? 'a list' : 'a map'}` : ''
  }
  const shown = typeof value === 'number' ? String(value) : JSON.stringify(value)
  return `, but this is ${shown.length > 60 ? `${shown.slice(0, 57)}...` : shown}`
}

function suggestion(issue: z.core.$ZodIssue, value: unknown): string {
  if (typeof value === 'string' && value.includes('${'))
    return issue.code === 'invalid_type' ? '; a reference always gives text' : ''
  const names = namesExpected(issue)
  if (names === undefined || typeof value !== 'string') return ''
  const meant = nearestName(value, names.map(String))
  return meant === undefined ? '' : `; did you mean ${meant}?`
}

function namesExpected(issue: z.core.$ZodIssue): readonly unknown[] | undefined {
  if (issue.code === 'invalid_value') return issue.values
  return issue.code === 'invalid_union' && 'options' in issue ? issue.options : undefined
}

/** A near key at the same place first; then the place where a key of that very name belongs; then all that may stand here. */
function unknownKey(key: string, path: KeyPath, keys: KeyTree, written: unknown): string {
  const here = Object.keys(keysAt(keys, path, written)?.properties ?? {})
  const where = path.length === 0 ? 'at the top of a problem' : `under ${keyText(path)}`
  const meant = nearestName(key, here)
  if (meant !== undefined) return `is not a key ${where}; did you mean ${meant}?`
  const elsewhere = placesOf(key, keys, [])[0]
  if (elsewhere !== undefined) return `is not a key ${where}; it belongs ${elsewhere}`
  return `is not a key ${where}; known are ${here.join(', ')}`
}

function keysAt(keys: KeyTree, path: KeyPath, written: unknown): KeyTree | undefined {
  let node: KeyTree | undefined = keys
  for (const [index, part] of path.entries()) {
    const branches: readonly KeyTree[] = node === undefined ? [] : [node, ...(node.anyOf ?? [])]
    const here = path.slice(0, index + 1)
    node = branches
      .map((branch) =>
        typeof part === 'number'
          ? branch.items
          : Object.entries(branch.properties ?? {}).find(([key]) => key === part)?.[1],
      )
      .find((found) => found !== undefined)
    node = meantBranch(node, valueAt(written, here)) ?? node
  }
  const map = node?.anyOf?.find((branch) => branch.properties !== undefined)
  if (map === undefined) return node
  const description = node?.description ?? map.description
  return { ...node, ...map, ...(description === undefined ? {} : { description }) }
}

/** Of maps told apart by a fixed value, the one whose value is written there. */
function meantBranch(node: KeyTree | undefined, value: unknown): KeyTree | undefined {
  return node?.oneOf?.find((branch) =>
    Object.entries(branch.properties ?? {}).some(
      ([key, property]) => property.const !== undefined && property.const === valueAt(value, [key]),
    ),
  )
}

function placesOf(key: string, keys: KeyTree, path: readonly string[]): readonly string[] {
  const inner = [keys, ...(keys.anyOf ?? []), ...(keys.oneOf ?? [])].flatMap((branch) =>
    Object.entries(branch.properties ?? {}),
  )
  const here = inner.some(([name]) => name === key)
    ? [path.length === 0 ? 'at the top' : `under ${path.join('.')}`]
    : []
  const items =
    keys.items === undefined ? [] : placesOf(key, keys.items, [...path.slice(0, -1), `${path.at(-1) ?? ''}[]`])
  return [...here, ...inner.flatMap(([name, node]) => placesOf(key, node, [...path, name])), ...items]
}

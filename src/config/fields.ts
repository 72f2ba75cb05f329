import { z } from 'zod'
import { durationForms, durationPattern, parseDuration, parseSize, sizeForms, sizePattern } from './units.ts'

/*
 * Every field says in one phrase what it must be. The phrase is the message of each of its checks, so that a reader
 * sees the whole rule and not only the half that was broken.
 */

/** A whole number from `min` to `max`. */
export function whole(description: string, min: number, max: number = Number.MAX_SAFE_INTEGER) {
  const error = `must be a whole number ${max === Number.MAX_SAFE_INTEGER ? `from ${min} up` : `from ${min} to ${max}`}`
  return z.int({ error }).min(min, { error }).max(max, { error }).describe(description)
}

/** Any finite number. */
export function finite(description: string) {
  return z.number({ error: 'must be a finite number' }).describe(description)
}

/** A finite number above 0. */
export function positive(description: string) {
  const error = 'must be a number above 0'
  return z.number({ error }).positive({ error }).describe(description)
}

/** A finite number of 0 or more. */
export function nonNegative(description: string) {
  const error = 'must be a number of 0 or more'
  return z.number({ error }).min(0, { error }).describe(description)
}

/** A share from 0 to 1. */
export function share(description: string) {
  const error = 'must be a number from 0 to 1'
  return z.number({ error }).min(0, { error }).max(1, { error }).describe(description)
}

/** Text that is not empty. */
export function text(description: string) {
  const error = 'must be text that is not empty'
  return z.string({ error }).min(1, { error }).describe(description)
}

/** Text of one written form. */
export function formed(description: string, pattern: RegExp, phrase: string) {
  const error = `must be ${phrase}`
  return z.string({ error }).regex(pattern, { error }).describe(description)
}

/** One of several names. */
export function oneOf<const T extends string>(description: string, names: readonly T[]) {
  return z.enum(names, { error: `must be ${orList(names)}` }).describe(description)
}

/** A duration as text with its unit, kept as written. */
export function duration(description: string, range: { readonly min: string; readonly max?: string }) {
  return measured(description, range, durationPattern, parseDuration, 'a duration', durationForms)
}

/** A size as text with its unit, kept as written. */
export function size(description: string, range: { readonly min: string; readonly max?: string }) {
  return measured(description, range, sizePattern, parseSize, 'a size', sizeForms)
}

/** A map with exactly the given keys; any other key is a mistake. */
export function map<Shape extends z.core.$ZodLooseShape>(description: string, shape: Shape) {
  const keys = Object.keys(shape).join(', ')
  const error = (issue: { readonly code?: string | undefined }): string | undefined =>
    issue.code === 'invalid_type' ? `must be a map with the keys ${keys}` : undefined
  return z.strictObject(shape, { error }).describe(description)
}

/** A list with a least and a greatest length. */
export function list<Item extends z.ZodType>(description: string, item: Item, min: number, max: number) {
  const error = `must be a list of ${min} to ${max} entries`
  return z.array(item, { error }).min(min, { error }).max(max, { error }).describe(description)
}

/** Names as a sentence lists them: `a, b or c`. */
export function orList(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} or ${String(names.at(-1))}`
}

function measured(
  description: string,
  range: { readonly min: string; readonly max?: string },
  pattern: RegExp,
  parse: (text: string) => number | undefined,
  noun: string,
  forms: string,
) {
  const bounds = range.max === undefined ? `from ${range.min} up` : `from ${range.min} to ${range.max}`
  const error = `must be ${noun} ${bounds}, written as ${forms}`
  const least = parse(range.min) ?? 0
  const most = range.max === undefined ? Number.MAX_SAFE_INTEGER : (parse(range.max) ?? 0)
  const inRange = (written: string): boolean => {
    const value = parse(written)
    return value !== undefined && value >= least && value <= most
  }
  return z
    .string({ error })
    .regex(pattern, { error, abort: true })
    .refine(inRange, { error })
    .describe(`${description} ${noun.slice(2, 3).toUpperCase()}${noun.slice(3)} ${bounds}: ${forms}.`)
}

/** A name of an objective or a descriptor. */
export function valueName(description: string) {
  return formed(
    description,
    /^[A-Za-z][A-Za-z0-9._-]{0,99}$/,
    'letters, digits, "-", "_" and "." beginning with a letter, at most 100 of them',
  )
}

/** The usual choice among the names of a build, or its first name. */
export function preferred(name: string, names: readonly string[]): string {
  return names.includes(name) ? name : (names[0] ?? name)
}

/** Refuses a list in which two entries have the same value under `key`. */
export function unique<Key extends string>(key: Key, message: string) {
  return (entries: readonly Readonly<Record<Key, string>>[], context: z.RefinementCtx): void => {
    const seen = new Set<string>()
    for (const [index, entry] of entries.entries()) {
      if (seen.has(entry[key])) {
        const path = [index, key]
        context.addIssue({ code: 'custom', path, message: `must be unique: ${message}`, params: { complete: true } })
      }
      seen.add(entry[key])
    }
  }
}

/** A value that a candidate could have returned, made worse in one known way. */
export interface Damaged {
  readonly name: string
  readonly value: unknown
  /** Whether a NaN or an infinity is in it: an evaluator that scores such a value as valid can be fooled. */
  readonly nonFinite: boolean
}

type Path = readonly (string | number)[]

/**
 * Damages a valid output in the ways that broken and dishonest candidates do: numbers that are not finite or absurdly
 * large, an item too few or too many, a wrong type, nothing at all.
 *
 * Numbers and arrays are found wherever they are; the first number, and both the outermost and the innermost array,
 * stand for their kind. Works for the output of any evaluator and changes nothing in `value`.
 */
export function damaged(value: unknown): readonly Damaged[] {
  const results: Damaged[] = []
  const add = (name: string, changed: unknown, nonFinite = false): void => {
    results.push({ name, value: changed, nonFinite })
  }
  const number = firstPath(value, (part) => typeof part === 'number')
  if (number !== undefined) {
    const where = text(number)
    add(`NaN at ${where}`, replaced(value, number, Number.NaN), true)
    add(`Infinity at ${where}`, replaced(value, number, Number.POSITIVE_INFINITY), true)
    add(`-Infinity at ${where}`, replaced(value, number, Number.NEGATIVE_INFINITY), true)
    add(`1e308 at ${where}`, replaced(value, number, 1e308))
    add(`a string at ${where}`, replaced(value, number, String(part(value, number))))
    add('every number NaN', everyNumber(value, Number.NaN), true)
  }
  for (const array of arraysToDamage(value)) {
    const items = part(value, array) as readonly unknown[]
    const where = text(array)
    add(`an item of ${where} dropped`, replaced(value, array, items.slice(0, -1)))
    add(`an item of ${where} doubled`, replaced(value, array, [...items, items.at(-1)]))
  }
  add('an empty array', [])
  add('a string', 'damaged')
  add('null', null)
  add('an empty object', {})
  return results
}

function arraysToDamage(value: unknown): readonly Path[] {
  const isFull = (candidate: unknown): boolean => Array.isArray(candidate) && candidate.length > 0
  const outermost = firstPath(value, isFull)
  const innermost = firstPath(value, (found) => isFull(found) && !(found as unknown[]).some(isFull))
  if (outermost === undefined) return []
  return innermost === undefined || text(innermost) === text(outermost) ? [outermost] : [outermost, innermost]
}

/** Where the first part that fits stands, looking at a part before what is inside it. */
function firstPath(value: unknown, fits: (part: unknown) => boolean): Path | undefined {
  if (fits(value)) return []
  for (const [key, inner] of entriesOf(value)) {
    const found = firstPath(inner, fits)
    if (found !== undefined) return [key, ...found]
  }
  return undefined
}

function entriesOf(value: unknown): readonly (readonly [string | number, unknown])[] {
  if (Array.isArray(value)) return value.map((inner: unknown, index) => [index, inner] as const)
  return typeof value === 'object' && value !== null ? Object.entries(value) : []
}

function part(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((inner, key) => (inner as Record<string | number, unknown>)[key], value)
}

function replaced(value: unknown, path: Path, by: unknown): unknown {
  const [key, ...rest] = path
  if (key === undefined) return by
  const copy = (Array.isArray(value) ? [...(value as unknown[])] : { ...(value as object) }) as Record<string | number, unknown>
  copy[key] = replaced(copy[key], rest, by)
  return copy
}

function everyNumber(value: unknown, by: number): unknown {
  if (typeof value === 'number') return by
  if (Array.isArray(value)) return value.map((inner) => everyNumber(inner, by))
  return typeof value === 'object' && value !== null
    ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, everyNumber(inner, by)]))
    : value
}

function text(path: Path): string {
  return `$${path.map((key) => (typeof key === 'number' ? `[${String(key)}]` : `.${key}`)).join('')}`
}

import type { Json } from '../../core/json.ts'

/**
 * Finds the first place where two answers differ.
 *
 * @param tolerance - Largest relative difference of two numbers that counts as none; 0 asks for equality.
 * @returns what is wrong with `given`, for example `$[3].x is 4, not 5`; `undefined` when they are the same.
 */
export function firstDifference(given: Json, expected: Json, tolerance: number, path = '$'): string | undefined {
  if (typeof given === 'number' && typeof expected === 'number') {
    const near = Math.abs(given - expected) <= tolerance * Math.max(Math.abs(given), Math.abs(expected))
    return near ? undefined : `${path} is ${given}, not ${expected}`
  }
  if (Array.isArray(given) && Array.isArray(expected)) {
    if (given.length !== expected.length) return `${path} has ${given.length} items, not ${expected.length}`
    return firstOf(given.keys(), (index) =>
      firstDifference(given[index] as Json, expected[index] as Json, tolerance, `${path}[${index}]`),
    )
  }
  if (isRecord(given) && isRecord(expected)) {
    const [keys, wanted] = [Object.keys(given).sort(), Object.keys(expected).sort()]
    if (keys.join('\n') !== wanted.join('\n'))
      return `${path} has the keys ${keys.join(', ')}, not ${wanted.join(', ')}`
    return firstOf(keys.values(), (key) =>
      firstDifference(given[key] ?? null, expected[key] ?? null, tolerance, `${path}.${key}`),
    )
  }
  return given === expected ? undefined : `${path} is ${shortText(given)}, not ${shortText(expected)}`
}

function firstOf<T>(keys: Iterable<T>, difference: (key: T) => string | undefined): string | undefined {
  for (const key of keys) {
    const found = difference(key)
    if (found !== undefined) return found
  }
  return undefined
}

function isRecord(value: Json): value is Readonly<Record<string, Json>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function shortText(value: Json): string {
  const text = JSON.stringify(value)
  return text.length > 60 ? `${text.slice(0, 57)}...` : text
}

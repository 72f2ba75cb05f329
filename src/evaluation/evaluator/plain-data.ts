/** Deepest nesting that is still taken for data; more is an attack or a mistake. */
const maxDepth = 200

/** The first thing in a value that is not plain, finite data: where it stands and what is wrong with it. */
export interface Flaw {
  /** Path from the value's name, for example `output[3][0]`. */
  readonly path: string
  readonly reason: string
}

/**
 * Looks for anything that JSON could not carry unchanged: NaN, infinities, holes, `undefined`, class instances.
 *
 * @param name - What the value itself is called in the path.
 * @returns The first flaw in reading order, or nothing for plain, finite data.
 */
export function firstFlaw(value: unknown, name: string, depth = 0): Flaw | undefined {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return undefined
    case 'number':
      return Number.isFinite(value) ? undefined : { path: name, reason: `${String(value)} is not a finite number` }
    case 'object':
      if (value === null) return undefined
      if (depth >= maxDepth) return { path: name, reason: `nested deeper than ${maxDepth} levels` }
      return Array.isArray(value) ? flawInList(value, name, depth) : flawInRecord(value, name, depth)
    default:
      return { path: name, reason: `${typeof value} is not plain data` }
  }
}

function flawInList(list: readonly unknown[], name: string, depth: number): Flaw | undefined {
  // By index: iteration would read a hole's inherited value, and a sparse array ends at its first hole.
  for (let index = 0; index < list.length; index++) {
    if (!Object.hasOwn(list, index)) return { path: `${name}[${index}]`, reason: 'missing item' }
    const flaw = firstFlaw(list[index], `${name}[${index}]`, depth + 1)
    if (flaw !== undefined) return flaw
  }
  return undefined
}

function flawInRecord(record: object, name: string, depth: number): Flaw | undefined {
  const prototype: unknown = Object.getPrototypeOf(record)
  if (prototype !== Object.prototype && prototype !== null) return { path: name, reason: 'not a plain object' }
  for (const [key, item] of Object.entries(record)) {
    const flaw = firstFlaw(item, `${name}.${key}`, depth + 1)
    if (flaw !== undefined) return flaw
  }
  return undefined
}

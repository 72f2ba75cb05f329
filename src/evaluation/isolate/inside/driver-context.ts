import type { CandidateControls } from './candidate-context.ts'

/** A failure of the candidate that ended a drive: it threw, or its answer was no plain data. */
type Stopped =
  | { readonly kind: 'threw'; readonly name: string; readonly message: string; readonly stack: string }
  | { readonly kind: 'refused'; readonly message: string }

/** The two calls of a candidate that a driver may make, as {@link CandidateControls.invoke} of its two copies. */
type Invoke = CandidateControls['invoke']

/**
 * Plays one case and returns the outcome that `inside/output-context.ts` reads.
 *
 * @param drive - The driver: an object with the one method `drive`.
 * @param args - The case's arguments as the text of a JSON array.
 * @param printed - Whether a copy has printed anything.
 */
export type DriveCase = (
  drive: { readonly drive: (candidate: object, ...args: unknown[]) => unknown },
  args: string,
  call: Invoke,
  again: Invoke,
  printed: () => boolean,
) => object

/**
 * Makes the function that lets an evaluator's driver play a case against two copies of the candidate.
 *
 * Its **source text** is run in a clean context of the isolate, before the candidate runs. The driver and the case's
 * arguments live here and nowhere else: no object of this context is ever handed to the candidate, because each copy
 * makes its own copies of what it is called with, and its answers are copied here before the driver sees them.
 */
export function prepareDriverContext(): DriveCase {
  const { isArray } = Array
  const text = String
  const deepest = 200
  const mostItems = 1_000_000

  for (const name of ['Date', 'Intl', 'Temporal', 'WebAssembly', 'SharedArrayBuffer', 'Atomics', 'console']) {
    Reflect.deleteProperty(globalThis, name)
  }
  // The same case must be the same for every candidate: a driver takes its chance from the arguments.
  Reflect.deleteProperty(Math, 'random')

  let stopped: Stopped | undefined
  let items = 0
  const refuse = (path: string, what: string): never => {
    stopped ??= { kind: 'refused', message: `the answer${path} ${what}` }
    throw new Error('the candidate failed')
  }
  /** Reads each part of an answer once: a getter or proxy that answers otherwise later changes nothing. */
  const copied = (value: unknown, path: string, depth: number): unknown => {
    switch (typeof value) {
      case 'string':
      case 'boolean':
        return value
      case 'number':
        return Number.isFinite(value) ? value : refuse(path, `is ${text(value)}`)
      case 'undefined':
        return refuse(path, 'is undefined')
      case 'bigint':
      case 'symbol':
      case 'function':
        return refuse(path, `is a ${typeof value}`)
      case 'object':
        break
    }
    if (value === null) return value
    if (depth >= deepest) return refuse(path, `is nested more than ${text(deepest)} deep, or contains itself`)
    return isArray(value) || ArrayBuffer.isView(value)
      ? copiedList(value as unknown as ArrayLike<unknown>, path, depth)
      : copiedRecord(value, path, depth)
  }
  const copiedList = (value: ArrayLike<unknown>, path: string, depth: number): unknown[] => {
    const { length } = value
    if (typeof length !== 'number' || !(length >= 0)) return refuse(path, 'has no length')
    items += length
    if (items > mostItems) return refuse(path, `holds more than ${text(mostItems)} items`)
    const copy: unknown[] = []
    for (let index = 0; index < length; index++) copy.push(part(value, index, path, depth))
    return copy
  }
  const copiedRecord = (value: object, path: string, depth: number): object => {
    const copy: Record<string, unknown> = {}
    for (const key of Object.keys(value)) {
      if (key === '__proto__') return refuse(path, 'has a key named __proto__')
      items++
      if (items > mostItems) return refuse(path, `holds more than ${text(mostItems)} items`)
      copy[key] = part(value, key, path, depth)
    }
    return copy
  }
  const part = (value: object, key: string | number, path: string, depth: number): unknown => {
    const item = (value as Record<string | number, unknown>)[key]
    // The common case by far: without it a path would be put together for every number.
    if (typeof item === 'number' && Number.isFinite(item)) return item
    const step = typeof key === 'number' ? `[${text(key)}]` : `.${key.slice(0, 40)}`
    return copied(item, `${path}${step}`, depth + 1)
  }
  const answerOf = (value: unknown): unknown => {
    items = 0
    try {
      if (typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function') {
        return refuse('', 'is a promise; a function that is called step by step must answer at once')
      }
      return copied(value, '', 0)
    } catch {
      return refuse('', 'cannot be read')
    }
  }

  const callable =
    (invoke: Invoke) =>
    (...args: unknown[]): unknown => {
      const outcome = invoke(args)
      if (outcome.ok) return answerOf(outcome.value)
      const { name, message, stack } = outcome
      stopped ??= { kind: 'threw', name, message, stack }
      throw new Error('the candidate failed')
    }

  return ({ drive }, args, call, again, printed) => {
    try {
      const candidate = { call: callable(call), again: callable(again) }
      const value = drive(candidate, ...(JSON.parse(args) as unknown[]))
      if (stopped === undefined) return { kind: 'returned', value, printed: printed() }
    } catch (error) {
      if (stopped === undefined) {
        const { name, message } = error instanceof Error ? error : { name: 'thrown', message: text(error) }
        return { kind: 'driver-threw', message: `${name}: ${message}` }
      }
    }
    return { ...stopped, printed: printed() }
  }
}

/** What came of one call: the value itself, still an object of the candidate's context, or what it threw. */
export type Invoked =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly name: string; readonly message: string; readonly stack: string }

/** What the host holds of a candidate's context, as references: closures made before the candidate ran. */
export interface CandidateControls {
  /**
   * Seeds `Math.random` and opens the console's budget, in UTF-16 units.
   *
   * With `budgetMs` the candidate gets `timeBudget`: how many of these milliseconds are left, and the data in `best`.
   */
  begin(a: number, b: number, c: number, d: number, consoleUnits: number, budgetMs?: number, best?: string): void
  /** Calls the entry. Never rejects: whatever is thrown comes back described. */
  call(namespace: Record<string, unknown>, entry: string, args: string): Promise<object>
  /** Says which function {@link invoke} calls; returns an empty text, or `M` and the names there are. */
  bind(namespace: Record<string, unknown>, entry: string): string
  /**
   * Calls the bound entry with copies of plain data that were made in this context. Never throws.
   *
   * A driver in another context calls this, so nothing of its arguments may be left where the candidate could find it.
   */
  invoke(args: readonly unknown[]): Invoked
  /** Reads the arguments of calls that will be timed, so that reading is no part of their time. */
  prepareCalls(calls: string): void
  /** Makes the prepared calls, one after the other; answers like `call` with a list of what they returned. */
  callPrepared(namespace: Record<string, unknown>, entry: string): Promise<object>
  /** Whether anything was printed. */
  hasPrinted(): boolean
  /** The text printed so far and, after a line feed, the number of console calls that did not fit. */
  printed(): string
  /** Path and nature of the first part of the last returned value that cannot be copied; else empty. */
  findUncopyable(): string
}

/**
 * Makes a fresh context fit for a candidate: no clock, no threads, no engine handles; seeded chance; captured console.
 *
 * Its **source text** is run inside the candidate's context, so it may use nothing from this file or any import. It
 * keeps the intrinsics it needs in closures: the candidate may patch every prototype afterwards.
 */
export function prepareCandidateContext(): CandidateControls {
  const { parse, stringify } = JSON
  const { apply, defineProperty, ownKeys, getOwnPropertyDescriptor } = Reflect
  const { isArray } = Array
  const { imul } = Math
  const text = String
  const { now } = Date
  // eslint-disable-next-line @typescript-eslint/unbound-method -- kept unbound, because the candidate may patch `call`.
  const [slice, join] = [String.prototype.slice, Array.prototype.join]
  const longest = 2000

  for (const name of [
    'Date',
    'Intl',
    'Temporal',
    'WebAssembly',
    'SharedArrayBuffer',
    'Atomics',
    'WeakRef',
    'FinalizationRegistry',
  ]) {
    Reflect.deleteProperty(globalThis, name)
  }

  let [s0, s1, s2, s3] = [1, 2, 3, 4]
  const rotate = (value: number, by: number): number => (value << by) | (value >>> (32 - by))
  // xoshiro128**, as in core/rng.ts.
  const next32 = (): number => {
    const scrambled = imul(rotate(imul(s1, 5), 7), 9)
    const shifted = s1 << 9
    s2 ^= s0
    s3 ^= s1
    s1 ^= s2
    s0 ^= s3
    s2 ^= shifted
    s3 = rotate(s3, 11)
    return scrambled >>> 0
  }
  // eslint-disable-next-line no-restricted-syntax -- this is where the candidate's chance becomes seeded.
  Math.random = () => ((next32() >>> 5) * 67108864 + (next32() >>> 6)) / 9007199254740992

  const bounded = (value: unknown): string => (typeof value === 'string' ? apply(slice, value, [0, longest]) : '')
  const nothing = { __proto__: null, name: '', message: '', stack: '' }
  const describe = (thrown: unknown): typeof nothing => {
    if ((typeof thrown !== 'object' || thrown === null) && typeof thrown !== 'function') {
      return { ...nothing, __proto__: null, message: bounded(`${text(thrown)} (not an Error)`) }
    }
    const described = { ...nothing, __proto__: null }
    try {
      const error = thrown as { name?: unknown; message?: unknown; stack?: unknown }
      described.message = bounded(error.message)
      described.name = bounded(error.name)
      described.stack = bounded(error.stack)
    } catch {
      described.message ||= 'a thrown value that cannot be read'
    }
    return described
  }

  let [output, budget, dropped] = ['', 0, 0]
  const show = (value: unknown): string => {
    if (typeof value === 'string') return value
    if (typeof value !== 'object' || value === null) return text(value)
    const { name, message, stack } = value instanceof Error ? describe(value) : nothing
    if (stack !== '' || message !== '') return `${name}: ${message}`
    try {
      return text(stringify(value))
    } catch {
      return '[object]'
    }
  }
  const print = (...values: unknown[]): void => {
    if (output.length >= budget) {
      dropped++
      return
    }
    for (let index = 0; index < values.length; index++) values[index] = show(values[index])
    const line = `${apply(join, values, [' '])}\n`
    if (output.length + line.length > budget) dropped++
    output += apply(slice, line, [0, budget - output.length])
  }
  globalThis.console = { log: print, info: print, warn: print, error: print, debug: print } as Console

  let returned: unknown
  const nature = (value: unknown): string => {
    if (typeof value === 'function') return 'is a function'
    if (typeof value === 'symbol') return 'is a symbol'
    return ''
  }
  const find = (value: unknown, depth: number): string => {
    const found = nature(value)
    if (found !== '') return ` ${found}`
    if (typeof value !== 'object' || value === null) return ''
    if (depth > 200) return ' is nested more than 200 deep, or contains itself'
    const keys = ownKeys(value)
    for (let index = 0; index < keys.length; index++) {
      const key = keys[index]
      if (typeof key !== 'string') continue
      const property = getOwnPropertyDescriptor(value, key)
      if (property?.enumerable !== true) continue
      const step = isArray(value) ? `[${key}]` : `.${bounded(key)}`
      if (property.get !== undefined || property.set !== undefined) return `${step} is a getter`
      const below = find(property.value, depth + 1)
      if (below !== '') return `${step}${below}`
    }
    return ''
  }

  const exportedNames = (namespace: object): string => {
    const keys = ownKeys(namespace)
    let names = ''
    for (let index = 0; index < keys.length; index++) {
      const key = keys[index]
      if (typeof key === 'string') names += `${names === '' ? '' : ', '}${key}`
    }
    return bounded(names)
  }

  const copied = (value: unknown): unknown => {
    if (typeof value !== 'object' || value === null) return value
    if (isArray(value)) {
      const copy: unknown[] = []
      for (let index = 0; index < value.length; index++) {
        const item: unknown = value[index]
        copy[index] = typeof item === 'object' ? copied(item) : item
      }
      return copy
    }
    const copy: Record<string, unknown> = {}
    const keys = ownKeys(value)
    for (let index = 0; index < keys.length; index++) {
      const key = keys[index] as string
      copy[key] = copied((value as Record<string, unknown>)[key])
    }
    return copy
  }
  let bound: unknown
  let prepared: unknown[][] = []

  return {
    begin(a, b, c, d, consoleUnits, budgetMs, best) {
      ;[s0, s1, s2, s3] = [a, b, c, d]
      budget = consoleUnits
      if (budgetMs === undefined) return
      const end = now() + budgetMs
      const value = Object.freeze({
        remaining: () => end - now(),
        best: best === undefined ? undefined : (parse(best) as unknown),
      })
      defineProperty(globalThis, 'timeBudget', { value })
    },
    // A wrapper without a prototype is no thenable even after `Object.prototype.then` was patched.
    async call(namespace, entry, args) {
      try {
        const called = namespace[entry]
        if (typeof called !== 'function') {
          return { __proto__: null, kind: 'missing', exports: exportedNames(namespace) }
        }
        returned = await (apply(called, undefined, parse(args) as unknown[]) as unknown)
      } catch (thrown) {
        const { name, message, stack } = describe(thrown)
        return { __proto__: null, kind: 'threw', name, message, stack, printed: output !== '' }
      }
      return { __proto__: null, kind: 'returned', value: returned, printed: output !== '' }
    },
    bind(namespace, entry) {
      bound = namespace[entry]
      return typeof bound === 'function' ? '' : `M${exportedNames(namespace)}`
    },
    invoke(args) {
      try {
        const value: unknown = apply(bound as () => unknown, undefined, copied(args) as unknown[])
        return { __proto__: null, ok: true, value } as Invoked
      } catch (thrown) {
        const { name, message, stack } = describe(thrown)
        return { __proto__: null, ok: false, name, message, stack } as Invoked
      }
    },
    prepareCalls(calls) {
      prepared = parse(calls) as unknown[][]
    },
    async callPrepared(namespace, entry) {
      const calls = prepared
      prepared = []
      try {
        const called = namespace[entry]
        if (typeof called !== 'function') {
          return { __proto__: null, kind: 'missing', exports: exportedNames(namespace) }
        }
        const answers: unknown[] = []
        returned = answers
        for (let index = 0; index < calls.length; index++) {
          const value = await (apply(called, undefined, calls[index] ?? []) as unknown)
          defineProperty(answers, index, { __proto__: null, value, enumerable: true } as PropertyDescriptor)
        }
      } catch (thrown) {
        const { name, message, stack } = describe(thrown)
        return { __proto__: null, kind: 'threw', name, message, stack, printed: false }
      }
      return { __proto__: null, kind: 'returned', value: returned, printed: false }
    },
    hasPrinted: () => output !== '',
    printed: () => `${output}\n${text(dropped)}`,
    findUncopyable: () => {
      const found = find(returned, 0)
      return found === ''
        ? ''
        : `$${found.length > 200 ? `${apply(slice, found, [0, 60])}...${apply(slice, found, [-120])}` : found}`
    },
  }
}

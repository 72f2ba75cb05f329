/** The first letter of what the walker returns says how to read the rest. */
export type WalkedTag = 'V' | 'I' | 'T' | 'M' | 'D'

/**
 * Makes the walker that turns a copied outcome into one bounded string.
 *
 * Its **source text** is run in a clean second context of the isolate, before the candidate runs, and sees only
 * structured clones: own data properties and this context's prototypes. So nothing here can call into the candidate.
 *
 * The string is a tag and a text: `V` the value as JSON, `I` why the value is invalid, `T` a thrown error as JSON,
 * `M` the names a module without the entry does export, `D` what an evaluator's driver threw. The tag is lower case when the candidate printed something.
 */
export function prepareOutputContext(): (outcome: object, outputBytes: number) => string {
  const deepest = 200
  const typedArray = Object.getPrototypeOf(Uint8Array) as new () => ArrayLike<number | bigint>
  const identifier = /^[A-Za-z_$][\w$]*$/
  /** `size` is a lower bound of the JSON's length, so shared references cannot make the walk longer than the limit. */
  let [limit, size, problem] = [0, 0, '']

  const fail = (what: string): string => {
    problem = what
    return ''
  }
  const step = (key: string): string => {
    if (identifier.test(key)) return `.${key}`
    return `[${JSON.stringify(key.length > 40 ? `${key.slice(0, 40)}...` : key)}]`
  }
  /** Returns the path down to the problem, which is set when there is one. */
  const check = (value: unknown, depth: number): string => {
    if (size > limit) return fail(`holds more than ${String(limit)} bytes of JSON`)
    switch (typeof value) {
      case 'number':
        size += 1
        return Number.isFinite(value) ? '' : fail(`is ${String(value)}`)
      case 'string':
        size += value.length + 2
        return ''
      case 'boolean':
        size += 4
        return ''
      case 'undefined':
        return fail('is undefined')
      case 'object':
        break
      case 'bigint':
      case 'symbol':
      case 'function':
        return fail(`is a ${typeof value}`)
    }
    size += 2
    if (value === null) return ''
    if (depth >= deepest) return fail(`is nested more than ${String(deepest)} deep, or contains itself`)
    if (Array.isArray(value)) return checkArray(value, depth)
    if (Object.getPrototypeOf(value) !== Object.prototype) return fail(`is a ${value.constructor.name}, not plain data`)
    return checkObject(value as Record<string, unknown>, depth)
  }
  /** A typed array in its place becomes a plain array of its numbers. */
  const plain = (value: unknown): unknown =>
    value instanceof typedArray && size + 2 * value.length <= limit ? Array.prototype.slice.call(value) : value
  const checkArray = (array: unknown[], depth: number): string => {
    size += Math.max(0, array.length - 1)
    if (array.length > limit) {
      return fail(`has ${String(array.length)} elements, more than ${String(limit)} bytes of JSON can hold`)
    }
    for (let index = 0; index < array.length; index++) {
      const item = array[index]
      if (typeof item === 'object' && item !== null) array[index] = plain(item)
      const below = check(array[index], depth + 1)
      if (problem !== '') return `[${String(index)}]${below}`
    }
    return ''
  }
  const checkObject = (object: Record<string, unknown>, depth: number): string => {
    const keys = Object.keys(object)
    size += Math.max(0, keys.length - 1)
    for (const key of keys) {
      if (key === '__proto__') return fail('has a key named __proto__')
      size += key.length + 3
      const item = object[key]
      if (typeof item === 'object' && item !== null) object[key] = plain(item)
      const below = check(object[key], depth + 1)
      if (problem !== '') return `${step(key)}${below}`
    }
    return ''
  }
  const abridge = (path: string): string => (path.length > 120 ? `${path.slice(0, 60)}...${path.slice(-50)}` : path)
  const walk = (outcome: Record<string, unknown>): string => {
    const { kind } = outcome
    if (kind === 'threw') {
      return `T${JSON.stringify({ name: outcome['name'], message: outcome['message'], stack: outcome['stack'] })}`
    }
    if (kind === 'missing') return `M${String(outcome['exports'])}`
    if (kind === 'refused') return `I${String(outcome['message'])}`
    if (kind === 'driver-threw') return `D${String(outcome['message'])}`
    const value = plain(outcome['value'])
    const path = check(value, 0)
    if (problem !== '') return `I$${abridge(path)} ${problem}`
    const json = JSON.stringify(value)
    return json.length > limit ? `I$ holds more than ${String(limit)} bytes of JSON` : `V${json}`
  }
  return (outcome, outputBytes) => {
    ;[limit, size, problem] = [outputBytes, 0, '']
    const walked = walk(outcome as Record<string, unknown>)
    return 'printed' in outcome && outcome.printed === true ? walked.charAt(0).toLowerCase() + walked.slice(1) : walked
  }
}

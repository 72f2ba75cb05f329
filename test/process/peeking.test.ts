import { afterAll, describe, expect, it } from 'vitest'
import { createIsolateBackend } from '../../src/evaluation/isolate/backend.ts'

const backend = createIsolateBackend({ hosts: 1 })
afterAll(() => backend.close())

const limits = { memoryBytes: 64e6, outputBytes: 100_000, consoleBytes: 1000 }
/** Shows the first item only; the second is what a candidate would like to know. */
const driver = {
  source:
    '{ drive: (candidate, items) => [candidate.call([items[0]], { n: 1 }), candidate.again([items[0]], { n: 1 })] }',
  evaluatorPath: '/x/evaluator.ts',
}
const secret = 'item-7391'

const run = async (code: string, timeMs = 1000) =>
  (
    await backend.run(
      {
        code,
        entry: 'f',
        cases: [{ id: 'only', args: [['open', secret]] }],
        limits: { ...limits, timeMs },
        seed: 'seed',
        driver,
      },
      new AbortController().signal,
    )
  ).cases[0]!

/** Each gathers whatever it gets hold of and answers with it. */
const attempts: Readonly<Record<string, string>> = {
  'every array and function method patched': `
    const seen = []
    for (const prototype of [Array.prototype, Function.prototype, Object.prototype, String.prototype]) {
      for (const key of Reflect.ownKeys(prototype)) {
        const { value } = Object.getOwnPropertyDescriptor(prototype, key)
        if (typeof value !== 'function' || key === 'constructor') continue
        const wrapped = (function (...args) { note(this); note(args); return Reflect.apply(value, this, args) })
        try { prototype[key] = wrapped } catch {}
      }
    }
    function note(value) { if (seen.length < 100) seen[seen.length] = value }
    export const f = (...args) => text([seen, args])`,
  'JSON, Reflect and Object functions patched': `
    const seen = []
    for (const holder of [JSON, Reflect, Object, Array]) {
      for (const key of Reflect.ownKeys(holder)) {
        const value = holder[key]
        if (typeof value !== 'function' || key === 'prototype') continue
        try { holder[key] = (...args) => { seen[seen.length] = args; return value(...args) } } catch {}
      }
    }
    export const f = (...args) => text([seen, args])`,
  'setters on the prototypes of arrays and objects': `
    const seen = new Map()
    const note = (...values) => seen.size < 100 && seen.set(seen.size, values)
    for (let i = 0; i < 10; i++) {
      Object.defineProperty(Object.prototype, i, { configurable: true, set(value) { note(this, value) }, get() { note(this); return 0 } })
    }
    export const f = (...args) => {
      for (let i = 0; i < 10; i++) delete Object.prototype[i]
      return text([[...seen.values()], 'open'])
    }`,
  'the frames of a structured stack trace': `
    export const f = (...args) => {
      const found = [args]
      Error.prepareStackTrace = (error, sites) => sites
      for (const site of new Error().stack) {
        const called = site.getFunction()
        found.push(site.getThis(), called?.arguments, called && Object.getOwnPropertyNames(called).map((key) => called[key]))
      }
      return text(found)
    }`,
  'the callers of a sloppy function': `
    export const f = new Function('item', \`
      const found = [Array.from(arguments)]
      for (let caller = f.caller, n = 0; caller && n < 20; caller = caller.caller, n++) found.push(Array.from(caller.arguments))
      return globalThis.text(found)
    \`.replaceAll('f.caller', 'arguments.callee.caller'))`,
  'the realm behind its arguments': `
    const own = [Array, Object, Function, String]
    export const f = (...args) => {
      const makers = [args, args[0], args[1], args[0][0]].flatMap(({ constructor }) => [constructor, constructor.constructor])
      return text([args, makers.filter((maker) => !own.includes(maker)).map((maker) => ['foreign', maker])])
    }`,
  'an answer that looks back when it is read': `
    const found = []
    const look = () => {
      Error.prepareStackTrace = (error, sites) => sites
      for (const site of new Error().stack) found.push(site.getThis(), site.getFunction())
      return text(found)
    }
    export const f = (...args) => (found.push(args), { get first() { return look() }, get second() { return look() } })`,
  'a proxy for an answer': `
    const found = []
    export const f = (...args) => (found.push(args), new Proxy({ first: 1 }, {
      get(target, key, receiver) { if (key === 'then') return; found.push(key, receiver === target); return text(found) },
      ownKeys(target) { found.push(target); return Reflect.ownKeys(target) },
    }))`,
}

/** Writes down everything reachable, functions with their properties, without a method that could be patched. */
const prelude = `
  globalThis.text = (() => {
    const { ownKeys, getOwnPropertyDescriptor, getPrototypeOf, apply } = Reflect
    const { has, add } = Set.prototype
    const texts = String
    return (root) => {
      const known = new Set()
      let out = ''
      const walk = (value, depth) => {
        if (typeof value === 'string') out += value + ' '
        if ((typeof value !== 'object' && typeof value !== 'function') || value === null || depth > 6) return
        if (apply(has, known, [value]) || out.length > 50000) return
        apply(add, known, [value])
        const keys = ownKeys(value)
        for (let i = 0; i < keys.length; i++) {
          let item
          try { item = value[keys[i]] } catch { continue }
          walk(item, depth + 1)
        }
        walk(getPrototypeOf(value), depth + 1)
      }
      walk(root, 0)
      return out
    }
  })()
  const text = globalThis.text
`

describe('a candidate that is played step by step', () => {
  it.each(Object.entries(attempts))('learns no input it was not shown from %s', async (_, code) => {
    const result = await run(prelude + code)
    expect(JSON.stringify(result)).not.toMatch(new RegExp(`${secret}|foreign`))
    expect(result.ok ? JSON.stringify(result.value) : result.failure.message).toContain('open')
  })

  it('can find what it is shown by the same means', async () => {
    const result = await run(`${prelude} export const f = (...args) => text(args)`)
    expect(result.ok && result.value).toEqual([expect.stringContaining('open'), expect.stringContaining('open')])
  })

  it('cannot keep the driver waiting, busy or short of memory', async () => {
    for (const [body, kind] of [
      ['for (;;);', 'timed-out'],
      ['return new Proxy([], { get: () => { for (;;); } })', 'timed-out'],
      ['return Array(4e9)', 'invalid-output'],
      ['return { get x() { return f() } }', 'invalid-output'],
      ['const a = []; a[0] = a; return a', 'invalid-output'],
      ['const all = []; for (;;) all.push(new Array(1000).fill(1))', 'out-of-memory'],
    ] as const) {
      expect(await run(`export function f() { ${body} }`, kind === 'timed-out' ? 300 : 5000), body).toMatchObject({
        ok: false,
        failure: { kind },
      })
    }
  })

  it('cannot pass a promise, a function or the exception of a getter off as an answer', async () => {
    for (const answer of ['Promise.resolve(1)', '() => 1', '{ get x() { throw 1 } }', '[Symbol()]', '10n ** 40n']) {
      expect(await run(`export const f = () => (${answer})`)).toMatchObject({ failure: { kind: 'invalid-output' } })
    }
  })
})

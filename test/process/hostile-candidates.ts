import type { FailureKind } from '../../src/core/failure.ts'
import type { Json } from '../../src/core/json.ts'

/** What a hostile candidate must come to: a harmless value, or exactly this kind of failure. */
export type Expected =
  { readonly value: Json } | { readonly kind: FailureKind; readonly says?: RegExp; readonly line?: number }

/** One attack: what the entry `f(n)` does when called with 3, or with `whole`, a module of its own. */
export interface HostileCandidate {
  readonly title: string
  readonly body?: string
  readonly whole?: string
  readonly expected: Expected
}

/** The module of an attack. */
export function codeOf({ whole, body = '' }: HostileCandidate): string {
  return whole ?? `export function f(n) {\n${body}\n}`
}

const timedOut = { kind: 'timed-out' } as const
const outOfMemory = { kind: 'out-of-memory' } as const
const invalid = (says: RegExp): Expected => ({ kind: 'invalid-output', says })
const threw = (says: RegExp): Expected => ({ kind: 'threw', says })

/** Candidates that never end. Run with a short limit. */
export const endless: readonly HostileCandidate[] = [
  { title: 'loops', body: 'for (;;);' },
  { title: 'loops in a finally block', body: 'try { for (;;); } finally { for (;;); }' },
  { title: 'backtracks in a regular expression', body: 'return /(a+)+$/.test("a".repeat(60) + "b")' },
  { title: 'loops in microtasks', body: 'return (async () => { for (;;) await null })()' },
  { title: 'never settles its promise', body: 'return new Promise(() => {})' },
  { title: 'returns a thenable that loops', body: 'return { then() { for (;;); } }' },
  { title: 'searches a sparse array', body: 'const a = []; a.length = 4e9; return a.indexOf(3)' },
  { title: 'computes a huge integer', body: 'return String(7n ** 30000000n).length' },
  { title: 'floods the console', body: 'for (;;) console.log("flood", "x".repeat(100))' },
  { title: 'throws an error whose message loops', body: 'throw { get message() { for (;;); } }' },
  {
    title: 'throws an error whose stack loops',
    body: 'const e = new Error("x"); Object.defineProperty(e, "stack", { get() { for (;;); } }); throw e',
  },
  {
    title: 'loops while a stack is prepared',
    body: 'Error.prepareStackTrace = () => { for (;;); }; throw new Error("x")',
  },
  { title: 'loops at the top of the module', whole: 'for (;;);' },
  {
    title: 'throws an error whose stack loops at the top of the module',
    whole: 'const e = new Error("x"); Object.defineProperty(e, "stack", { get() { for (;;); } }); throw e',
  },
].map((candidate) => ({ ...candidate, expected: timedOut }))

/** Candidates that allocate until something gives. Run with little memory and plenty of time. */
export const greedy: readonly HostileCandidate[] = [
  { title: 'fills a Map', body: 'const m = new Map(); for (let i = 0; ; i++) m.set(i, i)' },
  { title: 'fills a Set', body: 'const s = new Set(); for (let i = 0; ; i++) s.add(i)' },
  { title: 'makes symbols', body: 'const a = []; for (let i = 0; ; i++) a.push(Symbol("s" + i))' },
  { title: 'fills an object with string keys', body: 'const o = {}; for (let i = 0; ; i++) o["k" + i] = i' },
  { title: 'fills a huge array', body: 'return new Array(1e8).fill(1.5).length' },
  {
    title: 'grows resizable array buffers',
    body: `const kept = []
      for (;;) {
        const buffer = new ArrayBuffer(8, { maxByteLength: 2e7 })
        buffer.resize(2e7)
        new Uint8Array(buffer).fill(1)
        kept.push(buffer)
      }`,
  },
  { title: 'reserves a gigantic resizable array buffer', body: 'return new ArrayBuffer(8, { maxByteLength: 1e12 })' },
  { title: 'keeps typed arrays', body: 'const a = []; for (;;) a.push(new Uint8Array(1e7).fill(1))' },
  {
    title: 'sorts a huge array',
    body: 'const a = []; for (let i = 0; i < 3e7; i++) a.push(-i); return a.sort().length',
  },
  { title: 'doubles a string', body: 'let s = "x"; for (let i = 0; ; i++) { s += s + i; s.charCodeAt(3) }' },
  { title: 'keeps strings', body: 'const a = []; for (let i = 0; ; i++) a.push(("x" + i).repeat(1000))' },
  { title: 'keeps arrays', body: 'const a = []; for (;;) a.push(new Array(1000).fill(1))' },
  {
    title: 'nests closures',
    body: 'let g = () => 0; for (;;) { const h = g, d = new Array(100).fill(0); g = () => h() + d[0] }',
  },
  { title: 'nests arrays', body: 'let a = []; for (;;) a = [a]' },
  { title: 'spreads an endless generator', body: 'return [...(function* () { for (;;) yield 1 })()]' },
  { title: 'allocates at the top of the module', whole: 'const a = []; for (;;) a.push(new Array(1000).fill(1))' },
].map((candidate) => ({ ...candidate, expected: outOfMemory }))

/** Candidates that end, and try to deceive, to break out, or to break the way back. */
export const deceitful: readonly HostileCandidate[] = [
  { title: 'recurses without end', body: 'return f(n + 1) + 1', expected: threw(/^RangeError: Maximum call stack/) },
  {
    title: 'floods the console and returns',
    body: 'for (let i = 0; i < 1e5; i++) console.log(i); return 1',
    expected: { value: 1 },
  },
  { title: 'throws a number', body: 'throw 3', expected: threw(/^3 \(not an Error\)$/) },
  { title: 'throws null', body: 'throw null', expected: threw(/^null/) },
  { title: 'throws a symbol', body: 'throw Symbol("q")', expected: threw(/^Symbol\(q\)/) },
  {
    title: 'throws a proxy that throws',
    body: 'throw new Proxy({}, { get() { throw 1 } })',
    expected: threw(/cannot be read/),
  },
  {
    title: 'throws a huge message',
    body: 'throw new Error("x".repeat(1e6))',
    expected: threw(/^Error: x{1000,2000}$/),
  },
  { title: 'leaves a rejection behind', body: 'Promise.reject(new Error("lost")); return 1', expected: threw(/lost/) },

  { title: 'returns a proxy', body: 'return new Proxy([], {})', expected: invalid(/^\$ is not plain data/) },
  {
    title: 'returns a getter',
    body: 'return [{ get a() { return 1 } }]',
    expected: invalid(/^\$\[0\]\.a is a getter$/),
  },
  {
    title: 'returns a getter that loops',
    body: 'return { get a() { for (;;); } }',
    expected: invalid(/^\$\.a is a getter$/),
  },
  {
    title: 'returns its own toJSON',
    body: 'return { toJSON() { return 5 } }',
    expected: invalid(/^\$\.toJSON is a function$/),
  },
  {
    title: 'inherits a toJSON',
    body: 'return new (class { toJSON() { return 5 } x = 1 })()',
    expected: { value: { x: 1 } },
  },
  {
    title: 'returns shared references that unfold to 2^60 items',
    body: 'let a = [1]; for (let i = 0; i < 60; i++) a = [a, a]; return a',
    expected: invalid(/holds more than 100000 bytes/),
  },
  {
    title: 'returns a sparse array of 4e9',
    body: 'const a = []; a.length = 4e9; return a',
    expected: invalid(/^\$ has 4000000000 elements/),
  },
  { title: 'returns a hole', body: 'return [0, , 2]', expected: invalid(/^\$\[1\] is undefined$/) },
  { title: 'returns NaN', body: 'return [[0], 1, 2, [1, 2, NaN]]', expected: invalid(/^\$\[3\]\[2\] is NaN$/) },
  {
    title: 'returns an infinity',
    body: 'return { a: { "b c": [-Infinity] } }',
    expected: invalid(/^\$\.a\["b c"\]\[0\] is -Infinity$/),
  },
  { title: 'returns a BigInt', body: 'return [1n]', expected: invalid(/^\$\[0\] is a bigint$/) },
  { title: 'returns a function', body: 'return { g: [() => 1] }', expected: invalid(/^\$\.g\[0\] is a function$/) },
  { title: 'returns a cycle', body: 'const a = []; a.push(a); return a', expected: invalid(/contains itself$/) },
  {
    title: 'returns a hundred thousand levels',
    body: 'let a = 1; for (let i = 0; i < 1e5; i++) a = [a]; return a',
    expected: invalid(/nested more than/),
  },
  { title: 'returns nothing', body: '', expected: invalid(/^\$ is undefined$/) },
  { title: 'returns a Map', body: 'return [new Map()]', expected: invalid(/^\$\[0\] is a Map, not plain data$/) },
  { title: 'returns an error', body: 'return new Error("x")', expected: invalid(/not plain data$/) },
  {
    title: 'returns a key __proto__',
    body: 'return JSON.parse(\'{"__proto__":{"x":1}}\')',
    expected: invalid(/__proto__/),
  },
  { title: 'returns too much', body: 'return "x".repeat(2e6)', expected: invalid(/more than 100000 bytes/) },

  {
    title: 'patches every prototype in reach',
    body: `Array.prototype.map = Array.prototype.join = Array.prototype.slice = () => []
      Object.prototype.toJSON = () => 1
      JSON.stringify = () => "1"
      JSON.parse = () => [9]
      Promise.prototype.then = () => {}
      Array.prototype[Symbol.iterator] = () => { throw 1 }
      String.prototype.slice = () => ""
      Function.prototype.call = Function.prototype.apply = Reflect.apply = () => 1
      Object.defineProperty(Object.prototype, "kind", { get: () => "threw", set() {} })
      Object.defineProperty(Object.prototype, "value", { get: () => 9, set() {} })
      return { n }`,
    expected: { value: { n: 3 } },
  },
  {
    title: 'patches prototypes and throws',
    body: 'Object.prototype.get = () => 1; Array.prototype.join = String.prototype.slice = () => ""; throw new Error("plain")',
    expected: threw(/^Error: plain$/),
  },
  {
    title: 'makes every object a thenable',
    body: 'Object.prototype.then = function (done) { delete Object.prototype.then; done(7) }; return { n }',
    expected: { value: 7 },
  },
  { title: 'changes its arguments', body: 'arguments[0] = 5; return [n, arguments[0]]', expected: { value: [3, 5] } },
  {
    title: 'changes its result in a job after it returned',
    body: 'const o = [n]; (async () => { for (let i = 0; i < 500; i++) await null; o[0] = NaN })(); return o',
    expected: invalid(/^\$\[0\] is NaN$/),
  },
  {
    title: 'asks `this` for its constructor',
    body: 'return this.constructor.constructor("return process")()',
    expected: threw(/^TypeError/),
  },
  {
    title: 'makes a function that returns the process',
    body: 'return globalThis.constructor.constructor("return process")()',
    expected: threw(/^ReferenceError: process is not defined$/),
  },
  {
    title: 'asks the console for the host',
    body: 'return console.log.constructor("return typeof process + typeof require + typeof ivm")()',
    expected: { value: 'undefinedundefinedundefined' },
  },
  {
    title: 'uses WebAssembly',
    body: 'return new WebAssembly.Memory({ initial: 1e5 })',
    expected: threw(/^ReferenceError: WebAssembly/),
  },
  { title: 'imports a module when called', body: 'return import("fs")', expected: threw(/^Error: Not supported$/) },
  { title: 'reads import.meta', body: 'return Object.keys(import.meta)', expected: { value: [] } },
  {
    title: 'imports a module',
    whole: 'import fs from "fs"\nexport const f = () => fs',
    expected: { kind: 'syntax', says: /imports 'fs'/ },
  },
  {
    title: 'exports from a module',
    whole: 'export * from "node:fs"',
    expected: { kind: 'syntax', says: /imports 'node:fs'/ },
  },
  { title: 'exhausts the parser', whole: `export const f = ${'('.repeat(100_000)}`, expected: { kind: 'syntax' } },
  {
    title: 'throws at the top',
    whole: '\nthrow new Error("top")',
    expected: { kind: 'threw', says: /^Error: top$/, line: 2 },
  },
  {
    title: 'waits for ever at the top',
    whole: 'await new Promise(() => {})\nexport const f = () => 1',
    expected: threw(/before initialization/),
  },
]

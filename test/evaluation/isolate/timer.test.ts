import { afterAll, describe, expect, it } from 'vitest'
import { UserError } from '../../../src/core/errors.ts'
import { rngFromText } from '../../../src/core/rng.ts'
import { describeTimer } from '../../contracts/timer.ts'
import { createIsolateBackend } from '../../../src/evaluation/isolate/backend.ts'
import { pairedRatio } from '../../../src/evaluation/timing/paired-ratio.ts'
import { bestOfStarts } from '../../../src/evaluation/timing/starts.ts'
import type { TimingReport, TimingRequest } from '../../../src/evaluation/timing/timer.ts'

const never = new AbortController().signal
const limits = { timeMs: 1000, memoryBytes: 128e6, outputBytes: 1e6, consoleBytes: 0 }

/** Sums of squares of differences to all other items: quadratic, some milliseconds for the inputs below. */
const work = `
function work(v) {
  return v.map((x) => { let s = 0; for (let i = 0; i < v.length; i++) s += (x - v[i]) * (x - v[i]) % 7; return s })
}`
const reference = `${work}\nexport function f(v) { return work(v) }`

describeTimer('isolates', () => createIsolateBackend({ hosts: 2 }))

describe('timing a program beside a reference', () => {
  const backend = createIsolateBackend({ hosts: 2 })
  afterAll(() => backend.close())

  const time = (code: string, changes: Partial<TimingRequest> = {}): Promise<TimingReport> => {
    const inputs: TimingRequest['inputs'] = (round) => {
      const rng = rngFromText(`${code}/${round}`)
      return Promise.resolve([
        { id: 'only', calls: JSON.stringify([[Array.from({ length: 1500 }, () => rng.next())]]) },
      ])
    }
    return backend.time(
      { code, reference, entry: 'f', rounds: 5, starts: 2, inputs, limits, seed: 's', tolerance: 0, ...changes },
      never,
    )
  }
  const ratioOf = async (code: string): Promise<number> => {
    const report = await time(code)
    if (!report.ok) throw new Error(report.failure.message)
    return pairedRatio(bestOfStarts(report.pairs)).ratio
  }
  const failureOf = async (code: string) => {
    const report = await time(code)
    return report.ok ? undefined : report.failure
  }

  it('sees a program that does a tenth of the work', async () => {
    const lighter = reference.replace('i < v.length', 'i < v.length / 10')
    const report = await time(lighter, { tolerance: Infinity })
    expect(report.ok && pairedRatio(bestOfStarts(report.pairs)).ratio).toBeLessThan(0.5)
  })

  it('accepts other numbers within the tolerance only', async () => {
    const off = reference.replace('return s }', 'return s * (1 + 1e-9) }')
    expect((await time(off, { tolerance: 1e-8 })).ok).toBe(true)
    const report = await time(off)
    expect(!report.ok && report.failure).toMatchObject({
      kind: 'constraint-violated',
      message: expect.stringMatching(
        /answer to a fresh input \(only\) differs.*\$\[0\]\[0\] is [\d.]+, not [\d.]+/,
      ) as string,
    })
  })

  it('calls a failing reference program the mistake of the problem', async () => {
    await expect(time(reference, { reference: 'export function f() { throw new Error("no") }' })).rejects.toThrow(
      UserError,
    )
  })

  it('lets a candidate that throws, hangs or is no program fail as elsewhere', async () => {
    expect(await failureOf('export function f() { throw new RangeError("no") }')).toMatchObject({ kind: 'threw' })
    expect(await failureOf('export function f() { for (;;); }')).toMatchObject({ kind: 'timed-out' })
    expect(await failureOf('export const g = 1')).toMatchObject({ kind: 'syntax' })
    expect(await failureOf('for (;;);')).toMatchObject({ kind: 'timed-out' })
    expect((await time(reference)).ok).toBe(true)
  })

  it('runs nothing else meanwhile, and everything afterwards', async () => {
    const request = { entry: 'f', cases: [{ id: 'c', args: [] }], limits, seed: 's' }
    const runs = Array.from({ length: 4 }, () => backend.run({ ...request, code: 'export const f = () => 1' }, never))
    const reports = await Promise.all([time(reference), ...runs, time(reference)])
    expect(reports.filter((report) => 'ok' in report && report.ok)).toHaveLength(2)
  })

  describe('gives a cheat nothing:', () => {
    it('answers kept from call to call are never asked for again', async () => {
      const caching = `${work}
        const kept = new Map()
        export function f(v) {
          const key = v.join()
          if (!kept.has(key)) kept.set(key, work(v))
          return kept.get(key)
        }`
      expect(await ratioOf(caching)).toBeGreaterThan(0.6)
    })

    it('answers kept under a careless key are wrong', async () => {
      const careless = `${work}
        let kept
        export function f(v) { return (kept ??= work(v)) }`
      expect(await failureOf(careless)).toMatchObject({ kind: 'constraint-violated' })
    })

    it('honest calls first, guesses later: every answer of every round is compared', async () => {
      for (const honest of [1, 3, 5]) {
        const counting = `${work}
          let calls = 0
          export function f(v) { return calls++ < ${honest} ? work(v) : v }`
        expect(await failureOf(counting)).toMatchObject({ kind: 'constraint-violated' })
      }
    })

    it.each([
      ['getters', 'const o = []; Object.defineProperty(o, 0, { enumerable: true, get: () => work(v) }); return o'],
      ['a getter in an object', 'return { get answer() { return work(v) } }'],
      ['a proxy', 'return new Proxy(v, { get: (target, key) => (work(v))[key] })'],
      ['a generator', 'return (function* () { yield* work(v) })()'],
      ['a function', 'return () => work(v)'],
      ['toJSON', 'return { toJSON: () => work(v) }'],
      ['an iterable', 'return { [Symbol.iterator]: () => work(v)[Symbol.iterator](), length: v.length }'],
    ])('work left for later does not count as an answer: %s', async (_, body) => {
      expect(await failureOf(`${work}\nexport function f(v) { ${body} }`)).toMatchObject({
        kind: expect.stringMatching(/^(invalid-output|constraint-violated)$/) as string,
      })
    })

    it('work in a promise is timed all the same', async () => {
      const later = `${work}
        export async function f(v) { for (let i = 0; i < 50; i++) await null; return work(v) }`
      expect(await ratioOf(later)).toBeGreaterThan(0.6)
      const chained = `${work}
        export function f(v) { const o = []; Promise.resolve().then(() => { for (const x of work(v)) o.push(x) }); return o }`
      const report = await time(chained)
      if (report.ok) expect(pairedRatio(bestOfStarts(report.pairs)).ratio).toBeGreaterThan(0.6)
      else expect(report.failure.kind).toBe('constraint-violated')
    })

    it('there is no clock to watch and no thread to hide work in', async () => {
      const names = ['Date', 'performance', 'Atomics', 'SharedArrayBuffer', 'setTimeout', 'queueMicrotask', 'Worker']
      const looking = `${work}
        const found = ${JSON.stringify(names)}.filter((name) => name in globalThis)
        export function f(v) { if (found.length > 0) throw new Error(found.join()); return work(v) }`
      expect(await failureOf(looking)).toBeUndefined()
    })

    it('patched built-ins do not reach the reading of inputs, the clock or the comparison', async () => {
      const patching = `${work}
        JSON.parse = JSON.stringify = () => '[]'
        Array.prototype.push = Array.prototype.map
        Object.defineProperty(Array.prototype, 0, { set() { throw new Error('seen') }, configurable: true })
        Promise.prototype.then = undefined
        export function f(v) { return [] }`
      expect(await failureOf(patching)).toMatchObject({ kind: 'constraint-violated' })
    })
  })
})

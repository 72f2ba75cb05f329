import { readdirSync, readFileSync } from 'node:fs'
import process from 'node:process'
import { afterAll, describe, expect, it, vi } from 'vitest'
import { InfrastructureError, UserError } from '../../src/core/errors.ts'
import type { EvaluatorBackend, RunReport, RunRequest } from '../../src/evaluation/backend.ts'

/** Limits that no friendly candidate meets. */
const roomy = { timeMs: 10_000, memoryBytes: 256e6, outputBytes: 100_000, consoleBytes: 1000 }

/** A request whose entry is `f` and which calls it once without arguments, unless told otherwise. */
export function runRequest(code: string, changes: Partial<RunRequest> = {}): RunRequest {
  return { code, entry: 'f', cases: [{ id: 'only', args: [] }], limits: roomy, seed: 'seed', ...changes }
}

/** Programs with the entry `f` that end badly, in the way of one backend; without one there is no such way. */
export interface Endings {
  /** Needs more than 256 MB. */
  readonly outOfMemory: string
  /** Loses its process. */
  readonly killed?: string
  /** Answers something that is no answer. */
  readonly garbage: string
  /** Works for a quarter of a second or more, turns back all clocks that it can reach, and returns 1. */
  readonly slow: string
  /** Leaves a process behind that has the mark in its command line, and returns 1. */
  readonly grandchild?: (mark: string) => string
  /** Makes a backend that takes longer than 300 ms to start a candidate; the candidate itself is quick. */
  readonly slowStart: () => EvaluatorBackend
}

/** What every evaluator backend for JavaScript promises about candidates, friendly ones and those in `endings`. */
export function describeEvaluatorBackend(
  name: string,
  create: () => EvaluatorBackend,
  { drives = true, endings }: { readonly drives?: boolean; readonly endings?: Endings } = {},
): void {
  describe(`${name} as an evaluator backend`, () => {
    const backend = create()
    afterAll(() => backend.close())
    const run = (code: string, changes?: Partial<RunRequest>): Promise<RunReport> =>
      backend.run(runRequest(code, changes), new AbortController().signal)
    const only = async (code: string, changes?: Partial<RunRequest>) => (await run(code, changes)).cases[0]!

    it('answers every case in the order asked', async () => {
      const cases = ['c', 'a', 'b'].map((id, index) => ({ id, args: [index, { by: 2 }] }))
      const report = await run('export function f(n, { by }) { return [n * by] }', { cases })
      expect(report.cases.map((result) => [result.id, result.ok && result.value])).toEqual([
        ['c', [0]],
        ['a', [2]],
        ['b', [4]],
      ])
    })

    it('waits for an entry that is asynchronous', async () => {
      expect(await only('export async function f() { return await 7 }')).toMatchObject({ ok: true, value: 7 })
    })

    it('gives every case its own arguments and its own module', async () => {
      const code = 'let calls = 0; export function f(list) { list.push(++calls); return list }'
      const shared = [0]
      const cases = ['a', 'b'].map((id) => ({ id, args: [shared] }))
      const report = await run(code, { cases })
      expect(report.cases.map((result) => result.ok && result.value)).toEqual([
        [0, 1],
        [0, 1],
      ])
      expect(shared).toEqual([0])
    })

    describe.runIf(drives)('with a driver', () => {
      const driven = (drive: string, code: string, changes?: Partial<RunRequest>) =>
        only(code, { driver: { source: `{ drive: ${drive} }`, evaluatorPath: '/x/evaluator.ts' }, ...changes })

      it('lets the driver call the entry as often as it likes, and takes what the driver returns', async () => {
        const drive = '(candidate, items) => items.map((item) => candidate.call(item, [item, { deep: [item] }]))'
        const code = 'export const f = (item, [one, { deep: [other] }]) => ({ sum: [item + one + other] })'
        const cases = [{ id: 'only', args: [[1, 2, 3]] }]
        expect(await driven(drive, code, { cases })).toMatchObject({
          ok: true,
          value: [{ sum: [3] }, { sum: [6] }, { sum: [9] }],
        })
      })

      it('keeps what the candidate changes in its arguments to itself', async () => {
        const drive = '(candidate) => { const bins = [1, [2]]; candidate.call(bins); return bins }'
        const code = 'export const f = (bins) => { bins[0] = 9; bins[1][0] = 9; return 0 }'
        expect(await driven(drive, code)).toMatchObject({ ok: true, value: [1, [2]] })
      })

      it('keeps what the candidate changes in its answers later from the driver', async () => {
        const drive = '(candidate) => { const first = candidate.call(); candidate.call(); return first }'
        const code = 'const kept = [1]; export const f = () => { const now = kept; kept[0]++; return now }'
        expect(await driven(drive, code)).toMatchObject({ ok: true, value: [2] })
      })

      it('gives the second copy nothing of the first', async () => {
        const drive = '({ call, again }) => [call(), call(), again(), call(), again()]'
        const code = 'let calls = 0; export const f = () => { globalThis.n = (globalThis.n ?? 0) + 1; return ++calls }'
        expect(await driven(drive, code)).toMatchObject({ ok: true, value: [1, 2, 1, 3, 2] })
      })

      it('fails the case when a call throws, even if the driver goes on', async () => {
        const code = 'export const f = () => { throw new RangeError("no room") }'
        const result = await driven('({ call }) => { try { return call() } catch { return 1 } }', code)
        expect(result).toMatchObject({ ok: false, failure: { kind: 'threw' } })
        expect(result.ok || result.failure.message).toContain('no room')
      })

      it.each(['NaN', 'undefined', '() => 1', '1n', 'Promise.resolve(1)'])(
        'fails the case when an answer is %s',
        async (wrong) => {
          const result = await driven('({ call }) => { call(); return 1 }', `export const f = () => ${wrong}`)
          expect(result).toMatchObject({ ok: false, failure: { kind: 'invalid-output' } })
        },
      )

      it('names the exports there are when the entry is missing', async () => {
        const result = await driven('({ call }) => call()', 'export const g = 1, h = 2')
        expect(result).toMatchObject({ ok: false, failure: { kind: 'syntax' } })
        expect(result.ok || result.failure.message).toMatch(/\bg, ?h\b/)
      })

      it('throws when the driver itself throws, since that is no fault of the candidate', async () => {
        const broken = driven('() => { throw new TypeError("no such list") }', 'export const f = () => 1')
        await expect(broken).rejects.toThrow(UserError)
        await expect(broken).rejects.toThrow(/drive\(\) of the evaluator threw .*no such list/)
      })
    })

    it('draws the same chance for the same seed and case, and another for another', async () => {
      const draws = async (seed: string) =>
        (
          await run('export const f = () => [Math.random(), Math.random()]', {
            seed,
            cases: ['a', 'b'].map((id) => ({ id, args: [] })),
          })
        ).cases.map((result) => result.ok && result.value) as number[][]
      const [a, b] = await draws('one')
      expect(await draws('one')).toEqual([a, b])
      expect(new Set([...a!, ...b!, ...(await draws('two')).flat()]).size).toBe(8)
      expect([...a!, ...b!].every((value) => value >= 0 && value < 1)).toBe(true)
    })

    it('calls code that cannot be parsed a syntax failure', async () => {
      expect(await only('export function f( {')).toMatchObject({ ok: false, failure: { kind: 'syntax' } })
    })

    it('names the exports there are when the entry is missing', async () => {
      const result = await only('export const g = 1, h = 2')
      expect(result).toMatchObject({ ok: false, failure: { kind: 'syntax' } })
      expect(result.ok || result.failure.message).toMatch(/\bg, ?h\b/)
    })

    it('reports what the entry throws, and goes on with the next case', async () => {
      const cases = [0, 1].map((n) => ({ id: String(n), args: [n] }))
      const code = 'export function f(n) { if (n === 0) throw new TypeError("no zero"); return n }'
      const report = await run(code, { cases })
      expect(report.cases[0]).toMatchObject({ ok: false, failure: { kind: 'threw' } })
      expect(report.cases[0]!.ok || report.cases[0]!.failure.message).toContain('no zero')
      expect(report.cases[1]).toMatchObject({ ok: true, value: 1 })
    })

    it.each(['NaN', 'undefined', '() => 1', '1n', 'Symbol("x")'])('says where the output holds %s', async (wrong) => {
      const result = await only(`export const f = () => ({ a: [1, ${wrong}] })`)
      expect(result).toMatchObject({ ok: false, failure: { kind: 'invalid-output' } })
      expect(result.ok || result.failure.message).toContain('$.a[1] ')
    })

    it('refuses output beyond its limit', async () => {
      const result = await only('export const f = () => "x".repeat(200)', { limits: { ...roomy, outputBytes: 100 } })
      expect(result).toMatchObject({ ok: false, failure: { kind: 'invalid-output' } })
    })

    it('keeps what is printed up to the limit and says that more was dropped', async () => {
      const code = 'export function f() { console.log("hello", 1); console.warn("x".repeat(500)); return 0 }'
      expect((await run(code)).console).toBe(`hello 1\n${'x'.repeat(500)}\n`)
      const short = await run(code, { limits: { ...roomy, consoleBytes: 50 } })
      expect(short.console).toMatch(/^hello 1\nx{42}\n.*dropped/)
    })

    it('ends a case that never settles, and runs none behind it', async () => {
      const cases = ['a', 'b', 'c'].map((id) => ({ id, args: [id] }))
      const code = 'export const f = (id) => (id === "b" ? new Promise(() => {}) : id)'
      const report = await run(code, { cases, limits: { ...roomy, timeMs: 300 } })
      expect(report.cases[0]).toMatchObject({ id: 'a', ok: true, value: 'a' })
      expect(report.cases[1]).toMatchObject({ id: 'b', ok: false, failure: { kind: 'timed-out', limitMs: 300 } })
      expect(report.cases[2]).toMatchObject({ id: 'c', ok: false, failure: { kind: 'timed-out' }, ms: 0 })
    })

    describe.runIf(endings !== undefined)('with a candidate that ends badly', () => {
      const { outOfMemory = '', killed, garbage = '', slow = '', grandchild, slowStart = create } = endings ?? {}
      const cases = ['a', 'b'].map((id) => ({ id, args: [] }))

      it('ends one that outgrows its memory, and runs no case behind it', async () => {
        const report = await run(outOfMemory, { cases })
        expect(report.cases[0]).toMatchObject({ ok: false, failure: { kind: 'out-of-memory' } })
        expect(report.cases[1]).toMatchObject({ ok: false, failure: { kind: 'out-of-memory' }, ms: 0 })
      })

      it.runIf(killed !== undefined)('says so when its process is lost, and runs no case behind it', async () => {
        const report = await run(killed ?? '', { cases })
        expect(report.cases[0]).toMatchObject({ ok: false, failure: { kind: 'killed-host' } })
        expect(report.cases[1]).toMatchObject({ ok: false, failure: { kind: 'killed-host' }, ms: 0 })
      })

      it('takes garbage for no answer', async () => {
        expect(await only(garbage)).toMatchObject({ ok: false, failure: { kind: 'invalid-output' } })
      })

      it('measures time where the candidate cannot change it', async () => {
        const result = await only(slow)
        expect(result).toMatchObject({ ok: true, value: 1 })
        expect(result.ms).toBeGreaterThan(100)
      })

      it('does not count the start of its process against its time', async () => {
        const other = slowStart()
        const limits = { ...roomy, timeMs: 300 }
        const request = runRequest('export const f = () => 1', { limits })
        const report = await other.run(request, new AbortController().signal)
        await other.close()
        expect(report.cases[0]).toMatchObject({ ok: true, value: 1 })
      })

      it.runIf(grandchild !== undefined)('leaves none of its descendants alive', async () => {
        const mark = `evolve-contract-${String(process.pid)}`
        expect(await only(grandchild?.(mark) ?? '')).toMatchObject({ ok: true, value: 1 })
        await vi.waitFor(() => expect(marked(mark)).toEqual([]))
      })
    })

    it('keeps several runs in flight apart', async () => {
      const reports = await Promise.all(
        Array.from({ length: 12 }, (_, n) => run('export const f = (n) => n', { cases: [{ id: 'n', args: [n] }] })),
      )
      expect(reports.map((report) => report.cases[0]!.ok && report.cases[0]!.value)).toEqual(
        Array.from({ length: 12 }, (_, n) => n),
      )
    })

    it('throws when it is called off, before and during a run', async () => {
      const called = new AbortController()
      const running = backend.run(runRequest('export const f = () => new Promise(() => {})'), called.signal)
      setTimeout(() => called.abort(), 100)
      await expect(running).rejects.toBeInstanceOf(InfrastructureError)
      const before = backend.run(runRequest('export const f = () => 1'), AbortSignal.abort())
      await expect(before).rejects.toBeInstanceOf(InfrastructureError)
    })

    it('names its protections', async () => {
      const protections = await backend.protections()
      expect(protections.length).toBeGreaterThan(0)
      for (const { name: guard, detail } of protections) expect(`${guard}: ${detail}`).toMatch(/\w+: \w+/)
    })

    it('refuses to run anything after it was closed', async () => {
      const other = create()
      await other.close()
      const late = other.run(runRequest('export const f = () => 1'), new AbortController().signal)
      await expect(late).rejects.toBeInstanceOf(InfrastructureError)
    })
  })
}

/** Processes with a mark in their command line. */
export function marked(mark: string): readonly string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes(mark)
    } catch {
      return false
    }
  })
}

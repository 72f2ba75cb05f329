import { readFileSync } from 'node:fs'
import process from 'node:process'
import { afterAll, describe, expect, it, vi } from 'vitest'
import { InfrastructureError } from '../../../src/core/errors.ts'
import type { RunRequest } from '../../../src/evaluation/backend.ts'
import { createIsolateBackend } from '../../../src/evaluation/isolate/backend.ts'
import { describeEvaluatorBackend, runRequest } from '../../contracts/backend.ts'
import fc from '../../seeded-properties.ts'

describeEvaluatorBackend('the isolate backend', () => createIsolateBackend({ hosts: 2 }), {
  endings: {
    outOfMemory: 'export const f = () => { const all = []; for (;;) all.push(new Array(1e5).fill(1.5)) }',
    garbage: 'export const f = () => new Proxy({}, { get: () => 1, ownKeys: () => { throw 1 } })',
    slow: 'export const f = () => { let x = 1; for (let i = 0; i < 4e8; i++) x = (x * 1664525 + i) | 0; globalThis.Date = undefined; return x === 0.5 ? 0 : 1 }',
    // The first candidate of a new backend waits for its host, which takes about 100 ms.
    slowStart: () => createIsolateBackend({ hosts: 1 }),
  },
})

const never = new AbortController().signal
const limits = { timeMs: 10_000, memoryBytes: 128e6, outputBytes: 100_000, consoleBytes: 1000 }

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

describe('the isolate backend', () => {
  const backend = createIsolateBackend({ hosts: 1 })
  afterAll(() => backend.close())
  const only = async (code: string, changes: Partial<RunRequest> = {}) =>
    (await backend.run(runRequest(code, { limits, ...changes }), never)).cases[0]!

  it('brings plain data back unchanged', async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue({ stringUnit: 'binary' }), async (value) => {
        fc.pre(!JSON.stringify(value).includes('"__proto__":'))
        const expected: unknown = JSON.parse(JSON.stringify(value))
        const result = await only('export const f = (x) => x', { cases: [{ id: 'x', args: [value as never] }] })
        expect(result).toMatchObject({ ok: true })
        expect(result.ok && result.value).toEqual(expected)
      }),
      { numRuns: 60 },
    )
  })

  it('turns typed arrays into plain arrays, wherever they are', async () => {
    const code = 'export const f = () => [new Float64Array([1, 2.5]), { n: new Uint8Array(2) }]'
    expect(await only(code)).toMatchObject({ ok: true, value: [[1, 2.5], { n: [0, 0] }] })
    expect(await only('export const f = () => new Float32Array([0, NaN])')).toMatchObject({
      failure: { kind: 'invalid-output', message: '$[1] is NaN' },
    })
  })

  it('accepts output of exactly the limit and not one byte more', async () => {
    const exact = (bytes: number) =>
      only('export const f = () => [1, "é", {}]', { limits: { ...limits, outputBytes: bytes } })
    const bytes = Buffer.byteLength('[1,"é",{}]')
    expect(await exact(bytes)).toMatchObject({ ok: true })
    expect(await exact(bytes - 1)).toMatchObject({ ok: false, failure: { kind: 'invalid-output' } })
  })

  it('gives the line of a syntax error and of a throw', async () => {
    expect(await only('export function f() {\n  return 1 +* 2\n}')).toMatchObject({
      failure: { kind: 'syntax', line: 2, message: "Unexpected token '*'" },
    })
    expect(await only('let x\nexport function f() {\n  return x.y\n}')).toMatchObject({
      failure: { kind: 'threw', line: 3, message: expect.stringMatching(/^TypeError: .*'y'/) as string },
    })
    expect(await only('\n\nthrow new Error("at the top")')).toMatchObject({
      failure: { kind: 'threw', line: 3, message: 'Error: at the top' },
    })
  })

  it('shows a time budget running out and what the best program returned, and no other clock', async () => {
    const code = `const before = timeBudget.remaining()
      export const f = () => {
        let rounds = 0
        while (timeBudget.remaining() > 20) rounds++
        let frozen = false
        try { timeBudget.remaining = () => 1e9 } catch { frozen = true }
        return [before <= 60 && before > 20, rounds > 0, frozen, timeBudget.best ?? 'none', typeof Date, typeof performance]
      }`
    const timeBudget = { ms: 60, best: { second: { x: [1, 2] } } }
    const cases = [{ id: 'first', args: [] }, { id: 'second', args: [] }] // prettier-ignore
    const report = await backend.run(runRequest(code, { limits, cases, timeBudget }), never)
    expect(report.cases).toMatchObject([
      { ok: true, value: [true, true, true, 'none', 'undefined', 'undefined'] },
      { ok: true, value: [true, true, true, { x: [1, 2] }, 'undefined', 'undefined'] },
    ])
    expect(await only('export const f = () => typeof timeBudget')).toMatchObject({ ok: true, value: 'undefined' })
  })

  it('offers neither clock nor threads nor handles of the process', async () => {
    const names = ['Date', 'Intl', 'Temporal', 'WebAssembly', 'SharedArrayBuffer', 'Atomics', 'WeakRef', 'process',
      'FinalizationRegistry', 'require', 'fetch', 'performance', 'setTimeout', 'Buffer', 'ivm', 'structuredClone'] // prettier-ignore
    const code = 'export const f = (names) => names.filter((name) => name in globalThis)'
    expect(await only(code, { cases: [{ id: 'x', args: [names] }] })).toMatchObject({ ok: true, value: [] })
  })

  it.runIf(process.platform === 'linux')('hands nothing of our environment to a host', async () => {
    vi.stubEnv('SOME_API_KEY', 'sk-secret')
    const fresh = createIsolateBackend({ hosts: 1 })
    await fresh.run(runRequest('export const f = () => 1', { limits }), never)
    for (const pid of fresh.pids()) {
      const names = readFileSync(`/proc/${String(pid)}/environ`, 'utf8')
        .split('\0')
        .map((entry) => entry.split('=')[0])
      expect(names.filter((name) => !/^(MALLOC_ARENA_MAX|TZ|NODE_CHANNEL_.*|PWD|)$/.test(name ?? ''))).toEqual([])
    }
    await fresh.close()
    vi.unstubAllEnvs()
  })

  it('keeps one host for candidates that behave', async () => {
    await only('export const f = () => 1')
    const before = backend.pids()
    for (let round = 0; round < 20; round++) await only('export function f() { throw new Error("mine") }')
    expect(backend.pids().filter((pid) => before.includes(pid)).length).toBeGreaterThan(0)
  })

  it('keeps the console of a case that was stopped', async () => {
    const code = 'export function f() { console.log("here"); for (;;); }'
    const report = await backend.run(runRequest(code, { limits: { ...limits, timeMs: 200 } }), never)
    expect(report.cases[0]).toMatchObject({ failure: { kind: 'timed-out' } })
    expect(report.console).toBe('here\n')
  })

  it('replaces an idle host that somebody killed, and blames nobody', async () => {
    await only('export const f = () => 1')
    for (const pid of backend.pids()) process.kill(pid, 'SIGKILL')
    expect(await only('export const f = () => 2')).toMatchObject({ ok: true, value: 2 })
  })

  it('runs a candidate again whose host somebody killed once', async () => {
    const pids = backend.pids()
    const code = 'export function f() { let x = 0; for (let i = 0; i < 5e8; i++) x = (x + i) | 0; return x }'
    const running = only(code, { limits: { ...limits, timeMs: 50_000 } })
    setTimeout(() => {
      for (const pid of pids) if (isAlive(pid)) process.kill(pid, 'SIGKILL')
    }, 100)
    expect(await running).toMatchObject({ ok: true })
  })

  it('runs a candidate again whose host somebody killed, and gives up after the fifth host', async () => {
    const lonely = createIsolateBackend({ hosts: 1 })
    try {
      await lonely.run(runRequest('export const f = () => 1', { limits }), never)
      const code = 'export function f() { for (;;); }'
      const killAll = (): void => {
        for (const pid of lonely.pids()) process.kill(pid, 'SIGKILL')
      }
      const endless = lonely.run(runRequest(code, { limits: { ...limits, timeMs: 50_000 } }), never)
      const seen = new Set<number>()
      const killer = setInterval(() => {
        const fresh = lonely.pids().filter((pid) => !seen.has(pid))
        for (const pid of lonely.pids()) seen.add(pid)
        if (fresh.length > 0) setTimeout(killAll, 200)
      }, 50)
      const report = await endless
      clearInterval(killer)
      expect(report.cases[0]).toMatchObject({ failure: { kind: 'killed-host', message: /SIGKILL/ } })
    } finally {
      await lonely.close()
    }
  })

  it('says why when no host can start', async () => {
    const starved = createIsolateBackend({ hosts: 1 })
    const request = runRequest('export const f = () => 1', { limits: { ...limits, memoryBytes: -1.6e9 } })
    const failure: unknown = await starved.run(request, never).catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(InfrastructureError)
    expect((failure as Error).message).toMatch(/could not start: .*memory.*tried 3 times/is)
    await starved.close()
  })

  it('leaves no process behind, and none in the way of other sizes of memory', async () => {
    const mixed = createIsolateBackend({ hosts: 2 })
    const sizes = [64e6, 128e6, 64e6, 256e6]
    await Promise.all(
      sizes.map((memoryBytes) =>
        mixed.run(runRequest('export const f = () => 1', { limits: { ...limits, memoryBytes } }), never),
      ),
    )
    const pids = mixed.pids()
    expect(pids.length).toBeGreaterThan(0)
    await mixed.close()
    expect(mixed.pids()).toEqual([])
    await vi.waitFor(() => expect(pids.filter(isAlive)).toEqual([]))
  })
})

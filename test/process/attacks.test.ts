import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo, Server } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import process from 'node:process'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { CaseResult } from '../../src/core/evaluation.ts'
import type { EvaluatorBackend, Limits } from '../../src/evaluation/backend.ts'
import { createIsolateBackend } from '../../src/evaluation/isolate/backend.ts'
import { guards } from '../../src/evaluation/process/guards.ts'
import { marked, runRequest } from '../contracts/backend.ts'
import { nodeBackend } from '../evaluation/process/specs.ts'
import { attacks, isolateAttacks } from './attacks.ts'
import type { Attack, IsolateAttack, Target } from './attacks.ts'

const { confinement } = await guards('auto')
const roomy: Limits = { timeMs: 700, memoryBytes: 256e6, outputBytes: 100_000, consoleBytes: 1000 }
/** After its deadline a candidate's slot must be free within a second; the rest is for a busy test machine. */
const promptlyMs = 1000 + 2000

const folder = mkdtempSync(path.join(tmpdir(), 'evolve-attacked-'))
const target: Target & { calls: number } = {
  port: 0,
  secretFile: path.join(folder, 'secret.txt'),
  folder,
  mark: `evolve-attack-${String(process.pid)}`,
  calls: 0,
}
let server: Server

beforeAll(async () => {
  writeFileSync(target.secretFile, 'hunter2')
  process.env['EVOLVE_PROBE_KEY'] = 'hunter2'
  server = createServer((socket) => {
    target.calls++
    socket.destroy()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  Object.assign(target, { port: (server.address() as AddressInfo).port })
})

afterAll(() => {
  delete process.env['EVOLVE_PROBE_KEY']
  server.close()
  rmSync(folder, { recursive: true })
})

/** Runs an attack and then a friendly candidate in the same slot. */
async function attack(backend: EvaluatorBackend, { code, limits = {}, outcome }: IsolateAttack) {
  const all = { ...roomy, ...limits }
  const started = performance.now()
  const report = await backend.run(runRequest(code(target), { limits: all }), new AbortController().signal)
  const tookMs = performance.now() - started
  const [result] = report.cases
  expectOutcome(result, outcome)
  expect(tookMs).toBeLessThan(all.timeMs + promptlyMs)
  expect(Buffer.byteLength(report.console)).toBeLessThan(roomy.consoleBytes + 100)
  const next = await backend.run(runRequest('export const f = () => 7'), new AbortController().signal)
  expect(next.cases[0], JSON.stringify(next.cases[0])).toMatchObject({ ok: true, value: 7 })
}

function expectOutcome(result: CaseResult | undefined, outcome: Attack['outcome']): void {
  if ('value' in outcome) {
    expect(result).toMatchObject({ ok: true, value: outcome.value })
    return
  }
  expect(result?.ok).toBe(false)
  if (result === undefined || result.ok) return
  expect(outcome.kinds, result.failure.message).toContain(result.failure.kind)
  if (outcome.says !== undefined) expect(result.failure.message).toMatch(outcome.says)
  expect(result.failure.message.length).toBeLessThan(2500)
}

describe.runIf(confinement === 'bubblewrap')('in bubblewrap, a candidate that', () => {
  const backend = nodeBackend({ sandbox: 'required', cpuMs: 2000 }, 1)
  afterAll(() => backend.close())

  it.each(attacks.map((each) => [each.title, each] as const))('%s does no harm', async (_title, each) => {
    await attack(backend, each)
    await vi.waitFor(() => expect(marked(target.mark)).toEqual([]))
    expect(target.calls).toBe(0)
    expect(readFileSync(target.secretFile, 'utf8')).toBe('hunter2')
    expect(readdirSync(folder)).toEqual(['secret.txt'])
    expect(existsSync('/tmp/evolve-crafted.json')).toBe(false)
  })

  it('leaves no folder behind', () => {
    expect(readdirSync(tmpdir()).filter((name) => name.startsWith(`evolve-candidate-${String(process.pid)}-`))).toEqual(
      [],
    )
  })
})

const weaker = [
  ['without a sandbox', { confinement: 'none' }],
  ['without a sandbox and control groups', { confinement: 'none', groups: undefined }],
  ['in namespaces alone and without control groups', { confinement: 'namespaces', groups: undefined }],
] as const

describe.runIf(confinement === 'bubblewrap').each(weaker)('%s, a candidate that', (_name, changes) => {
  const backend = nodeBackend({ cpuMs: 2000 }, 1, async (sandbox) => ({ ...(await guards(sandbox)), ...changes }))
  afterAll(() => backend.close())

  // Without a control group a fork bomb can outrun whoever looks for it for a while: docs/security.md says so.
  const bounded = !('groups' in changes)
  const tried = attacks.filter(({ everywhere }) => everywhere === true || (everywhere === 'bounded' && bounded))
  it.each(tried.map((each) => [each.title, each] as const))('%s is still ended', async (_title, each) => {
    await attack(backend, { ...each, outcome: each.weaker ?? each.outcome })
    await vi.waitFor(() => expect(marked(target.mark)).toEqual([]))
  })
})

describe('in an isolate, a candidate that', () => {
  const backend = createIsolateBackend({ hosts: 1 })
  afterAll(() => backend.close())

  it.each(isolateAttacks.map((each) => [each.title, each] as const))('%s does no harm', async (_title, each) => {
    await attack(backend, each)
    expect(target.calls).toBe(0)
    expect(readdirSync(folder)).toEqual(['secret.txt'])
  })
})

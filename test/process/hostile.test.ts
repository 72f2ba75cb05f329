import process from 'node:process'
import { afterAll, describe, expect, it, vi } from 'vitest'
import type { CaseResult } from '../../src/core/evaluation.ts'
import type { Limits } from '../../src/evaluation/backend.ts'
import { createIsolateBackend } from '../../src/evaluation/isolate/backend.ts'
import { runRequest } from '../contracts/backend.ts'
import { codeOf, deceitful, endless, greedy, type HostileCandidate } from './hostile-candidates.ts'

const roomy: Limits = { timeMs: 30_000, memoryBytes: 64e6, outputBytes: 100_000, consoleBytes: 1000 }
const never = new AbortController().signal

const friendly = runRequest('export const f = (n) => { let s = 0; for (let i = 0; i <= n; i++) s += i; return s }', {
  cases: Array.from({ length: 10 }, (_, index) => ({ id: String(index), args: [index] })),
  limits: roomy,
})

const expectedSums = [0, 1, 3, 6, 10, 15, 21, 28, 36, 45]

/** Runs a hostile candidate while friendly ones are in flight, which must come out right. */
async function attack(
  backend: ReturnType<typeof createIsolateBackend>,
  hostile: HostileCandidate,
  limits: Limits,
): Promise<readonly CaseResult[]> {
  const cases = ['first', 'second'].map((id) => ({ id, args: [3] }))
  const [report, ...others] = await Promise.all([
    backend.run(runRequest(codeOf(hostile), { cases, limits }), never),
    backend.run(friendly, never),
    backend.run(friendly, never),
  ])
  for (const other of others) {
    expect(other.cases.map((result) => (result.ok ? result.value : result.failure))).toEqual(expectedSums)
  }
  return report.cases
}

function check(result: CaseResult | undefined, { expected }: HostileCandidate): void {
  if ('value' in expected) {
    expect(result).toMatchObject({ ok: true, value: expected.value })
    return
  }
  expect(result).toMatchObject({ ok: false, failure: { kind: expected.kind } })
  if (result === undefined || result.ok) return
  if (expected.says !== undefined) expect(result.failure.message).toMatch(expected.says)
  if (expected.line !== undefined) expect(result.failure).toMatchObject({ line: expected.line })
  expect(result.failure.message.length).toBeLessThan(2500)
}

const groups = [
  { group: 'never ends', candidates: endless, limits: { ...roomy, timeMs: 400 } },
  { group: 'allocates without end', candidates: greedy, limits: roomy },
  { group: 'ends', candidates: deceitful, limits: roomy },
]

describe.each(groups)('a hostile candidate that $group', ({ candidates, limits }) => {
  const backend = createIsolateBackend({ hosts: 2 })
  afterAll(() => backend.close())

  it.each(candidates.map((candidate) => [candidate.title, candidate] as const))('%s', async (_title, candidate) => {
    const results = await attack(backend, candidate, limits)
    for (const result of results) check(result, candidate)
  })

  it('has left no process behind once the backend is closed', async () => {
    const pids = backend.pids()
    expect(pids.length).toBeGreaterThan(0)
    await backend.close()
    await vi.waitFor(() => expect(pids.filter(isAlive)).toEqual([]))
  })
})

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

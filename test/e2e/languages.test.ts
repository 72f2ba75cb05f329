import { execFileSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ask, evolve } from './cli.ts'

let runs = ''
beforeAll(async () => {
  runs = await mkdtemp(path.join(tmpdir(), 'evolve-runs-'))
})
afterAll(() => rm(runs, { recursive: true, force: true }))

/** Whether a machine has a command; without it the example cannot be tried. */
function has(command: string): boolean {
  try {
    execFileSync(command, ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

async function evolved(name: string, candidates: number) {
  const flags = ['--candidates', String(candidates), '--seed', '1', '--run', name, '--runs-dir', runs]
  const { code, stderr } = await evolve([`problems/${name}.yaml`, ...flags])
  expect(stderr).toBe('')
  expect(code).toBe(0)
  const [counted] = await ask(
    runs,
    name,
    "select count(*) as n, sum(state = 'placed') as placed from programs where ordinal > 0 and state in ('placed', 'failed')",
  )
  expect(counted?.['n']).toBe(candidates)
  expect(counted?.['placed']).toBeGreaterThan(candidates / 4)
}

test.runIf(has('python3'))('a Python program evolves without a model, and not by numbers alone', async () => {
  await evolved('python-min-max-distance', 40)
  const kinds = await ask(
    runs,
    'python-min-max-distance',
    "select distinct json_extract(change_detail, '$.kind') as kind from programs where ordinal > 0 and state = 'placed'",
  )
  expect(kinds.filter(({ kind }) => kind !== 'literal' && kind !== 'repeat' && kind !== 'blend')).not.toEqual([])
  const wrong = await ask(runs, 'python-min-max-distance', "select kind from failures where kind = 'syntax'")
  expect(wrong).toEqual([])
})

test.runIf(has('g++'))('a C++ program is compiled, run and evolves by its numbers', async () => {
  await evolved('cpp-min-max-distance', 8)
})

test.runIf(has('python3'))('check says which protections are active for a process', async () => {
  const { code, stdout } = await evolve(['check', 'problems/python-min-max-distance.yaml'])
  expect(code).toBe(0)
  expect(stdout).toMatch(/^ {2}(active {2}|MISSING ) sandbox: /m)
  expect(stdout).toMatch(/^ {2}active {3}private descriptors: /m)
})

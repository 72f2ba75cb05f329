import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ask, evolve, start } from './cli.ts'

const problem = 'problems/circle-packing.yaml'
let runs = ''

beforeAll(async () => {
  runs = await mkdtemp(path.join(tmpdir(), 'evolve-compare-'))
})
afterAll(() => rm(runs, { recursive: true, force: true }))

const compare = (...more: string[]) => ['compare', problem, '--runs-dir', runs, '--no-llm', ...more]
const sessions = async (run: string) => (await ask(runs, run, 'select count(*) as n from sessions'))[0]?.['n']

describe('comparing', () => {
  test('runs every arm with every seed at the same budget and tells it in a table, a plot and JSON', async () => {
    const args = compare('--arms', 'evolve,iid', '--seeds', '2', '--budget', 'candidates=20', '--name', 'c')
    const { code, stdout } = await evolve(args)
    expect(code).toBe(0)
    expect(stdout).toContain('within 20 candidates')
    expect(stdout).toMatch(/^ +20 +iid +2 +[\d.]+ +[\d.]+ +[\d.]+ +[\d.]+ +[\d.]+ +[\d.]+$/m)
    expect((await readdir(path.join(runs, 'c'))).sort()).toEqual(
      ['evolve-1', 'evolve-2', 'iid-1', 'iid-2'].concat(['comparison.json', 'comparison.svg', 'comparison.txt']).sort(),
    )
    expect(await readFile(path.join(runs, 'c/comparison.svg'), 'utf8')).toMatch(/^<svg /)
    expect(await ask(runs, 'c/iid-2', 'select count(*) as n, max(generation) as deep from programs')).toEqual([
      { n: 21, deep: 1 },
    ])
  })

  test('the same command again does nothing twice; more seeds, arms or budget add to what is there', async () => {
    const again = await evolve(
      compare('--arms', 'evolve,iid', '--seeds', '2', '--budget', 'candidates=20', '--name', 'c', '--json'),
    )
    const result = JSON.parse(again.stdout) as {
      arms: { name: string; runs: { run: string; best: number; spent: number }[] }[]
    }
    expect(result.arms.flatMap(({ runs: own }) => own.map(({ run }) => run))).toEqual([
      'c/evolve-1',
      'c/evolve-2',
      'c/iid-1',
      'c/iid-2',
    ])
    expect(await sessions('c/evolve-1')).toBe(1)
    const best = await ask(runs, 'c/evolve-1', 'select max(value) as best from programs')
    expect(result.arms[0]?.runs[0]).toMatchObject({ best: best[0]?.['best'], spent: 20 })

    const more = await evolve(
      compare('--arms', 'evolve,greedy', '--seeds', '1', '--budget', 'candidates=30', '--name', 'c'),
    )
    expect(more.code).toBe(0)
    expect([await sessions('c/evolve-1'), await sessions('c/greedy-1')]).toEqual([2, 1])

    const other = await evolve(compare('--arms', 'evolve,iid', '--seeds', '1', '--name', 'c', '--concurrency', '3'))
    expect(other.code).toBe(2)
    expect(other.stderr).toMatch(/evolve-1 was made with another search\.concurrency: choose another --name/)
    expect(await ask(runs, 'c/evolve-1', 'select max(ordinal) as n from programs')).toEqual([{ n: 30 }])
  })

  test('Ctrl+C keeps what is done, and the same command goes on with the rest', async () => {
    const args = compare('--arms', 'evolve,sequential', '--seeds', '1', '--budget', 'candidates=150', '--name', 'd')
    const { child, finished } = start(args)
    child.stdout?.once('data', () => child.kill('SIGINT'))
    const stopped = await finished
    expect(stopped.code).toBe(130)
    expect(stopped.stderr).toMatch(/1 of 2 runs are done; the same command goes on with the rest/)
    const { code, stdout } = await evolve(args)
    expect(code).toBe(0)
    expect(stdout).toMatch(/1 of 2 runs are there already/)
    expect(await sessions('d/evolve-1')).toBe(1)
    for (const run of ['d/evolve-1', 'd/sequential-1']) {
      expect(await ask(runs, run, 'select max(ordinal) as n from programs')).toEqual([{ n: 150 }])
    }
  })
})

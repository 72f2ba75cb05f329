import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ask, evolve, root } from './cli.ts'

let runs = ''
let problem = ''
beforeAll(async () => {
  runs = await mkdtemp(path.join(tmpdir(), 'evolve-asking-'))
  const folder = path.join(root, 'problems')
  const yaml = await readFile(path.join(folder, 'circle-packing.yaml'), 'utf8')
  problem = path.join(runs, 'packing.yaml')
  const moved = yaml
    .replace('file: circle-packing.ts', `file: ${path.join(folder, 'circle-packing.ts')}`)
    .replace('evaluator: ..', `evaluator: ${root}`)
  const llm = "llm: { models: [{ provider: openai, model: m, base_url: '${MY_SERVER}', api_key: '${MY_KEY}' }] }\n"
  await writeFile(problem, moved + llm)
  const flags = ['--no-llm', '--candidates', '3', '--seed', '1', '--run', 'asked', '--runs-dir', runs]
  const { code, stderr } = await evolve([problem, ...flags])
  expect([code, stderr]).toEqual([0, ''])
})
afterAll(() => rm(runs, { recursive: true, force: true }))

describe('evolve prompt', () => {
  test('needs neither key nor address, for a problem and for a run', async () => {
    for (const target of [problem, 'asked']) {
      const { code, stdout, stderr } = await evolve(['prompt', target, '--runs-dir', runs])
      expect([code, stderr]).toEqual([0, ''])
      expect(stdout).toContain('It is called once: `pack(26)`.')
      expect(stdout).toContain('Each call must return an array of exactly 26 entries, each [')
    }
    expect((await evolve([problem, '--candidates', '1', '--runs-dir', runs])).stderr).toMatch(/MY_KEY/)
  })
})

describe('evolve sql', () => {
  test('stops a query that takes too long, in one line', async () => {
    const endless = 'with recursive n (i) as (select 1 union all select i + 1 from n) select count(*) from n'
    const { code, stderr } = await evolve(['sql', 'asked', endless, '--timeout', '1s', '--runs-dir', runs])
    expect(code).toBe(2)
    expect(stderr).toMatch(/^the query took longer than 1 s and was stopped: ask for less .*--timeout 10m\n$/)
    const wrong = await evolve(['sql', 'asked', 'select 1', '--timeout', 'soon', '--runs-dir', runs])
    expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining('--timeout must be a duration')])
  })

  test('answers as ever, blobs and mistakes included', async () => {
    expect(await ask(runs, 'asked', 'select count(*) as n from programs')).toEqual([{ n: 4 }])
    const { stderr } = await evolve(['sql', 'asked', 'select ordnial from programs', '--runs-dir', runs])
    expect(stderr).toMatch(/did you mean ordinal\?/)
    const blob = await evolve(['sql', 'asked', 'select sha256 from sources limit 1', '--csv', '--runs-dir', runs])
    expect(blob.code).toBe(0)
  })
})

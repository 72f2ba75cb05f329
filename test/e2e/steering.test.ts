import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ask, evolve, start } from './cli.ts'

const problem = 'problems/circle-packing.yaml'
let runs = ''
beforeAll(async () => {
  runs = await mkdtemp(path.join(tmpdir(), 'evolve-steer-'))
})
afterAll(() => rm(runs, { recursive: true, force: true }))

const here = () => ['--runs-dir', runs]

/** Starts a run without an end and resolves when its first candidates are done. */
async function begun(name: string) {
  const run = start([problem, '--candidates', '1000000', '--run', name, '--no-llm', ...here()])
  await new Promise<void>((resolve) =>
    run.child.stdout?.on('data', (text: string) => text.includes('new best') && resolve()),
  )
  return run
}

test('a run obeys another terminal: settings, hints and a stop, each written down', async () => {
  const run = await begun('one')
  const set = await evolve(['set', 'one', 'concurrency=3', 'usd=20', ...here()])
  expect(set.stdout).toMatch(/^one: concurrency is 3, usd is 20, from candidate \d+ on$/m)
  const hint = await evolve(['hint', 'one', 'think of hexagons', ...here()])
  expect(hint.stdout).toMatch(/^one: the hint is in its prompts, from candidate \d+ on$/m)
  const stop = await evolve(['stop', 'one', ...here()])
  expect([set.code, hint.code, stop.code]).toEqual([0, 0, 0])
  const ended = await run.finished
  expect(ended.code).toBe(130)
  expect(ended.stdout).toContain('stopped by evolve stop')
  const kinds = await ask(runs, 'one', "select json_extract(data, '$.kind') as kind from events where kind = 'steered'")
  expect(kinds.map(({ kind }) => kind)).toEqual(['set', 'hint', 'stop'])
  const [ending] = await ask(runs, 'one', "select data from events where kind = 'ended'")
  expect(JSON.parse(String(ending?.['data']))).toMatchObject({ rule: 'stop', interrupted: true })

  const again = await evolve(['stop', 'one', ...here()])
  expect(again.stdout).toContain('one: is not at work')
})

test('a run that nobody works on is steered too, and a resume knows it', async () => {
  const [before] = await ask(runs, 'one', 'select max(ordinal) as n from programs')
  const aim = Number(before?.['n']) + 20
  const set = await evolve(['set', 'one', `candidates=${String(aim)}`, 'concurrency=2', ...here()])
  expect(set.stdout).toMatch(/candidates is \d+, concurrency is 2, from its next candidate on/)
  const resumed = await evolve(['resume', 'one', ...here()])
  expect(resumed.stdout).toContain(`${String(aim)} candidates are done`)
})

test('a stop file ends the run and keeps it from going on until it is removed', async () => {
  const run = await begun('two')
  const file = path.join(runs, 'two', 'stop')
  await writeFile(file, '')
  const ended = await run.finished
  expect(ended.code).toBe(130)
  expect(ended.stdout).toContain(`there is a stop file: remove ${file} to go on`)
  const status = await evolve(['status', 'two', ...here()])
  expect(status.stdout).toMatch(/^ended +stop-file: there is a stop file/m)
  await rm(file)
  const [before] = await ask(runs, 'two', 'select max(ordinal) as n from programs')
  const aim = String(Number(before?.['n']) + 10)
  expect((await evolve(['resume', 'two', '--candidates', aim, ...here()])).code).toBe(0)
})

test('a run ends at its target, and says so', async () => {
  const { code, stdout } = await evolve([
    problem,
    '--target',
    '1.2',
    '--candidates',
    '5000',
    '--no-llm',
    '--run',
    'three',
    ...here(),
  ])
  expect(code).toBe(0)
  expect(stdout).toMatch(/the target of 1\.2 is reached: 1\.\d+/)
})

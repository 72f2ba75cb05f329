import { execFileSync, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parse, stringify } from 'yaml'
import { rngStream } from '../../src/core/rng.ts'
import { startModelServer } from '../servers/model-server.ts'
import type { ModelServer } from '../servers/model-server.ts'
import { ask, evolve, root, start } from './cli.ts'

const problem = path.join(root, 'problems/circle-packing.yaml')
let runs = ''
let server: ModelServer

beforeAll(async () => {
  runs = await mkdtemp(path.join(tmpdir(), 'evolve-kill-'))
  server = await startModelServer()
})
afterAll(async () => {
  await server.close()
  await rm(runs, { recursive: true, force: true })
})

/** Exactly the asked number, nothing twice, no gap, nothing left unfinished, and a database SQLite calls sound. */
async function expectComplete(run: string, candidates: number): Promise<void> {
  const rows = await ask(
    runs,
    run,
    `select count(*) as n, count(distinct ordinal) as different, min(ordinal) as first, max(ordinal) as last,
       sum(state not in ('placed', 'failed')) as open from programs where ordinal > 0`,
  )
  expect(rows).toEqual([{ n: candidates, different: candidates, first: 1, last: candidates, open: 0 }])
  const [best] = await ask(
    runs,
    run,
    'select text from best_so_far join programs using (ordinal) join sources on sources.id = source_id order by seq desc limit 1',
  )
  expect(await readFile(path.join(runs, run, 'best.ts'), 'utf8')).toBe(best?.['text'])
  expect(await ask(runs, run, 'select integrity_check from pragma_integrity_check')).toEqual([
    { integrity_check: 'ok' },
  ])
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/** Processes started by `parent` whose command line names the isolate host. */
function hostsOf(parent: number): number[] {
  const list = execFileSync('ps', ['-eo', 'pid=,ppid=,args='], { encoding: 'utf8' })
  return list
    .split('\n')
    .map((line) => /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line))
    .filter((match) => match !== null && Number(match[2]) === parent && match[3]?.includes('host-main') === true)
    .map((match) => Number(match?.[1]))
}

describe('kill -9', () => {
  test('of the controller, 20 times at random moments, loses and doubles nothing', async () => {
    const rng = rngStream(Date.now(), 'kill', 0)
    const limit = ['--candidates', '1500', '--runs-dir', runs]
    let process = start([problem, ...limit, '--run', 'killed', '--seed', '1'])
    for (let kill = 0; kill < 20; kill++) {
      await pause(400 + rng.int(900))
      process.child.kill('SIGKILL')
      await process.finished
      const begun = existsSync(path.join(runs, 'killed', 'evolve.db'))
      process = start(begun ? ['resume', 'killed', ...limit] : [problem, ...limit, '--run', 'killed', '--seed', '1'])
    }
    const last = await process.finished
    expect(last.stderr).toBe('')
    expect(last.code).toBe(0)
    await expectComplete('killed', 1500)
  }, 180_000)

  test('of evaluator hosts, 20 times, blames no candidate', async () => {
    const rng = rngStream(Date.now(), 'kill-hosts', 0)
    const { child, finished } = start([
      problem,
      '--candidates',
      '3000',
      '--run',
      'hosts',
      '--seed',
      '1',
      '--runs-dir',
      runs,
    ])
    let killed = 0
    while (child.exitCode === null && killed < 20) {
      await pause(50 + rng.int(150))
      const hosts = hostsOf(child.pid ?? 0)
      if (hosts.length === 0) continue
      try {
        globalThis.process.kill(rng.pick(hosts), 'SIGKILL')
        killed++
      } catch {
        // It had just ended by itself.
      }
    }
    const { code, stderr } = await finished
    expect(stderr).toBe('')
    expect(code).toBe(0)
    expect(killed).toBe(20)
    await expectComplete('hosts', 3000)
    expect(await ask(runs, 'hosts', "select count(*) as n from programs where failure_kind = 'killed-host'")).toEqual([
      { n: 0 },
    ])
  }, 180_000)
})

describe('kill -9 in every state a row can be in, with a model server attached', () => {
  const verbs = [
    ['select', 7],
    ['prompt', 3],
    ['openCall', 3],
    ['closeCall', 3],
    ['patch', 5],
    ['beginEvaluation', 5],
    ['recordStages', 9],
    ['recordStages', 10],
    ['recordStages', 11],
    ['place', 3],
    ['place', 1],
    ['patch', 1],
    ['select', 1],
    ['fail', 1],
  ] as const

  test.each(verbs)(
    'after %s number %i',
    async (verb, count) => {
      const name = `${verb}-${String(count)}`
      const dir = path.join(runs, name)
      const file = path.join(root, 'problems', `.${name}.yaml`)
      const config = parse(await readFile(problem, 'utf8')) as Record<string, unknown>
      const models = [{ provider: 'openai', model: 'local', base_url: server.baseUrl }]
      const changes = {
        llm: { models },
        search: { operators: { diff: 3, perturb: 1 }, concurrency: 4 },
        budget: { candidates: 40 },
      }
      await writeFile(file, stringify({ ...config, ...changes }))
      try {
        const script = path.join(import.meta.dirname, 'dying-run.ts')
        const child = spawn(process.execPath, [script, dir, file, verb, String(count)], { stdio: 'ignore' })
        const signal = await new Promise((resolve) => child.on('close', (_code, by) => resolve(by)))
        expect(signal).toBe('SIGKILL')
        const replies = Number(
          (await ask(runs, name, "select count(*) as n from llm_calls where status = 'ok'"))[0]?.['n'],
        )
        const { code, stderr } = await evolve(['resume', name, '--runs-dir', runs, '--json'])
        expect(code, stderr).toBe(0)
        await expectComplete(name, 40)
        // No reply was bought twice, and what was in flight stays on the ledger.
        const twice =
          "select count(*) as n from (select ordinal from llm_calls where status = 'ok' group by ordinal, purpose having count(*) > 1)"
        expect(await ask(runs, name, twice)).toEqual([{ n: 0 }])
        const [calls] = await ask(
          runs,
          name,
          "select sum(status = 'open') as open, sum(status = 'lost') as lost, sum(status = 'ok') as ok from llm_calls",
        )
        expect(calls).toMatchObject({ open: 0 })
        expect(Number(calls?.['ok'])).toBeGreaterThanOrEqual(replies)
        if (verb === 'openCall') expect(Number(calls?.['lost'])).toBeGreaterThan(0)
      } finally {
        await rm(file, { force: true })
      }
    },
    60_000,
  )
})

import { mkdtemp, rm, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parse, stringify } from 'yaml'
import { rngStream } from '../../src/core/rng.ts'
import { editing, startModelServer } from '../servers/model-server.ts'
import type { ModelServer, ServerScript } from '../servers/model-server.ts'
import { ask, evolve, root, start } from './cli.ts'

const problem = path.join(root, 'problems/circle-packing.yaml')
let runs = ''
beforeAll(async () => {
  runs = await mkdtemp(path.join(tmpdir(), 'evolve-models-'))
})
afterAll(() => rm(runs, { recursive: true, force: true }))

const counted = (run: string) =>
  ask(
    runs,
    run,
    "select count(*) as n, max(ordinal) as last from programs where ordinal > 0 and state in ('placed', 'failed')",
  )

async function withServer(
  script: ServerScript | undefined,
  use: (server: ModelServer) => Promise<void>,
): Promise<void> {
  const server = await startModelServer(script)
  try {
    await use(server)
  } finally {
    await server.close()
  }
}

test('a base URL and a key in the environment are enough, and everything said and paid is in the database', () =>
  withServer(undefined, async (server) => {
    const env = { OPENAI_API_KEY: 'sk-local', OPENAI_BASE_URL: server.baseUrl, OPENAI_MODEL: 'local' }
    const run = await evolve([problem, '--candidates', '30', '--seed', '1', '--run', 'env', '--runs-dir', runs], {
      env,
    })
    expect(run.code).toBe(0)
    expect(run.stdout).toMatch(/model local \(openai, because OPENAI_API_KEY is set.*at most 200,000 tokens/)
    expect(await counted('env')).toEqual([{ n: 30, last: 30 }])
    const better = await ask(
      runs,
      'env',
      "select sum(better_than_parent) as n from operator_stats where operator in ('diff', 'cross')",
    )
    expect(Number(better[0]?.['n'])).toBeGreaterThan(0)
    const [ledger] = await ask(
      runs,
      'env',
      "select count(*) as calls, sum(input_tokens) as input, sum(output_tokens) as output from llm_calls where status = 'ok'",
    )
    expect(ledger).toEqual(server.count().settled)
    const [texts] = await ask(
      runs,
      'env',
      "select count(*) as n from llm_calls join prompt_texts using (ordinal) where reply like '%SEARCH%' and user like '%EVOLVE-BLOCK-START%'",
    )
    expect(Number(texts?.['n'])).toBeGreaterThan(15)
  }))

test('--no-llm works without the model that the environment offers', () =>
  withServer(undefined, async (server) => {
    const env = { OPENAI_API_KEY: 'sk-local', OPENAI_BASE_URL: server.baseUrl }
    const run = await evolve([problem, '--no-llm', '--candidates', '10', '--run', 'none', '--runs-dir', runs], { env })
    expect(run.stdout).toContain('no language model')
    expect(server.count().requests).toBe(0)
  }))

/** About one request in three meets a fault, of every kind that a server may come up with. */
const faulty: ServerScript = (request) => {
  const rng = rngStream(7, 'faults', request.number)
  if (rng.next() > 0.3) return editing(request)
  return rng.pick<Awaited<ReturnType<ServerScript>>>([
    { kind: 'status', status: 429, headers: { 'retry-after': '0' } },
    { kind: 'status', status: 500 },
    { kind: 'status', status: 529 },
    { kind: 'reset' },
    { kind: 'cut', text: 'half a re' },
    { kind: 'malformed' },
    { kind: 'reply', text: '' },
    { kind: 'reply', text: 'I would rather not.', finish: 'refusal' },
    { kind: 'reply', text: 'prose without any code' },
    { kind: 'reply', text: '<<<<<<< SEARCH\nnowhere\n=======\nx\n>>>>>>> REPLACE' },
  ])
}

test(
  'with 30 % faults and a kill -9, the ledger and the server agree and the budget holds',
  () =>
    withServer(faulty, async (server) => {
      const config = parse(await readFile(problem, 'utf8')) as Record<string, unknown>
      const models = [
        {
          provider: 'openai',
          model: 'local',
          base_url: server.baseUrl,
          max_tokens: 1000,
          price: { input: 1, output: 2 },
        },
      ]
      const file = path.join(root, 'problems', '.faults.yaml')
      const search = { operators: { diff: 1 }, concurrency: 16 }
      await writeFile(file, stringify({ ...config, llm: { models }, search, budget: { candidates: 500, usd: 20 } }))
      try {
        const killed = start([file, '--seed', '1', '--run', 'faults', '--runs-dir', runs])
        await new Promise((resolve) => setTimeout(resolve, 4000))
        killed.child.kill('SIGKILL')
        await killed.finished
        const resumed = await evolve(['resume', 'faults', '--runs-dir', runs, '--json'])
        expect(resumed.code, resumed.stderr).toBe(0)
        expect(await counted('faults')).toEqual([{ n: 500, last: 500 }])
        const [ok] = await ask(
          runs,
          'faults',
          "select count(*) as calls, sum(input_tokens) as input, sum(output_tokens) as output from llm_calls where status = 'ok'",
        )
        const [all] = await ask(
          runs,
          'faults',
          "select sum(tokens) as tokens, sum(usd) as usd, sum(status = 'open') as open, sum(status = 'lost') as lost from llm_calls",
        )
        const { settled, unsettled } = server.count()
        // A reply that the killed process never read was settled for the server alone; the ledger has it as lost.
        expect(Number(ok?.['calls'])).toBeLessThanOrEqual(settled.calls)
        expect(settled.calls - Number(ok?.['calls'])).toBeLessThanOrEqual(Number(all?.['lost']) + 60)
        const served = settled.input + settled.output + unsettled.input + unsettled.output
        expect(Number(all?.['tokens'])).toBeGreaterThanOrEqual(served)
        expect(Number(all?.['usd'])).toBeLessThanOrEqual(20)
        expect(all?.['open']).toBe(0)
        const twice =
          "select count(*) as n from (select 1 from llm_calls where status = 'ok' group by ordinal, purpose having count(*) > 1)"
        expect(await ask(runs, 'faults', twice)).toEqual([{ n: 0 }])
        const repaired = await ask(
          runs,
          'faults',
          "select count(*) as n from llm_calls where purpose = 'repair' and status = 'ok'",
        )
        expect(Number(repaired[0]?.['n'])).toBeGreaterThan(0)
      } finally {
        await rm(file, { force: true })
      }
    }),
  180_000,
)

test('a stored run is replayed without a key and takes the same course', () =>
  withServer(undefined, async (server) => {
    const config = parse(await readFile(problem, 'utf8')) as Record<string, unknown>
    const file = path.join(root, 'problems', '.replayed.yaml')
    const write = (models: unknown) =>
      writeFile(
        file,
        stringify({
          ...config,
          llm: { models },
          search: { operators: { diff: 3, perturb: 1 }, concurrency: 1 },
          budget: { candidates: 40 },
        }),
      )
    try {
      await write([{ name: 'm', provider: 'openai', model: 'local', base_url: server.baseUrl }])
      expect((await evolve([file, '--seed', '3', '--run', 'original', '--runs-dir', runs])).code).toBe(0)
      const before = server.count().requests
      await write([{ name: 'm', provider: 'replay', model: 'original' }])
      const replayed = await evolve([file, '--seed', '3', '--run', 'again', '--runs-dir', runs])
      expect(replayed.code, replayed.stderr).toBe(0)
      expect(server.count().requests).toBe(before)
      const course = 'select ordinal, operator, state, decision, value, failure_kind from programs order by ordinal'
      expect(await ask(runs, 'again', course)).toEqual(await ask(runs, 'original', course))
    } finally {
      await rm(file, { force: true })
    }
  }))

test('evolve prompt prints the exact next prompt of a problem and of a run, and sends nothing', () =>
  withServer(undefined, async (server) => {
    const env = { OPENAI_API_KEY: 'sk-local', OPENAI_BASE_URL: server.baseUrl, OPENAI_MODEL: 'local' }
    const first = await evolve(['prompt', problem, '--seed', '1', '--json'], { env })
    expect(first.code, first.stderr).toBe(0)
    const shown = JSON.parse(first.stdout) as { ordinal: number; system: string; user: string; tokens: number }
    expect(shown.user).toContain('EVOLVE-BLOCK-START')
    expect(shown.tokens).toBeGreaterThan(500)
    expect(server.count().requests).toBe(0)
    // A run with this seed then sends these very words.
    const flags = ['--seed', '1', '--concurrency', '1', '--run', 'prompted', '--runs-dir', runs]
    const run = await evolve([problem, '--candidates', String(shown.ordinal), ...flags], { env })
    expect(run.code, run.stderr).toBe(0)
    const sent = await ask(
      runs,
      'prompted',
      `select system, user from prompt_texts where ordinal = ${String(shown.ordinal)}`,
    )
    if (shown.ordinal === 1) expect(sent).toEqual([{ system: shown.system, user: shown.user }])
    else expect(sent).toHaveLength(1)
    const before = server.count().requests
    const next = await evolve(['prompt', 'prompted', '--runs-dir', runs], { env })
    expect(next.code, next.stderr).toBe(0)
    expect(next.stdout).toMatch(/whole prompt +\d+/)
    expect(next.stdout).toContain('nothing was sent')
    expect(server.count().requests).toBe(before)
  }))

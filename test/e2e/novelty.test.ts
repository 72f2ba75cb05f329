import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { startModelServer } from '../servers/model-server.ts'
import type { ModelServer, ServerAction } from '../servers/model-server.ts'
import type { ModelRequest } from '../servers/protocols.ts'
import { ask, evolve, start } from './cli.ts'
import { valueEvaluator } from '../small-problems.ts'

const program = `// EVOLVE-BLOCK-START
export function f() {
  const a = 0.5
  const b = 3.25
  return a * b + 17 / 7
}
// EVOLVE-BLOCK-END
`

const price = { embedding: 2, judge: { input: 3, output: 5 } }
const problem = (llm: string, options: string): string => `name: novel
program: { file: program.js, entry: f }
evaluator: evaluator.ts
objectives: [{ name: value, direction: maximize }]
archive: { islands: 2, axes: [{ descriptor: source-length, range: [0, 1000], bins: 10 }] }
search: { operators: { perturb-literals: 1 }, concurrency: 3 }
${llm}
pipeline:
  stages:
    - { kind: parse }
    - { kind: novelty${options} }
    - { kind: run }
    - { kind: score }
    - { kind: describe }
`

/** Texts point in one of twelve directions, 30 degrees apart, by their bytes. */
const direction = (text: string): number => Buffer.from(text).reduce((sum, byte) => sum + byte, 0) % 12
const vector = (text: string): string => {
  const angle = (direction(text) * Math.PI) / 6
  return JSON.stringify([Math.cos(angle), Math.sin(angle)])
}

let folder = ''
let server: ModelServer
let script: (request: ModelRequest) => ServerAction = () => ({ kind: 'status', status: 500 })
const answering = (request: ModelRequest): ServerAction =>
  request.protocol === 'embeddings'
    ? { kind: 'reply', text: vector(request.user) }
    : { kind: 'reply', text: `{"different": ${String(request.number % 2 === 0)}, "why": "so it seems"}` }

beforeAll(async () => {
  server = await startModelServer((request) => script(request))
})
afterAll(() => server.close())
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'evolve-novelty-'))
  writeFileSync(path.join(folder, 'program.js'), program)
  writeFileSync(path.join(folder, 'evaluator.ts'), valueEvaluator)
  script = answering
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const runs = () => path.join(folder, 'runs')
const sql = (query: string) => ask(runs(), 'novel', query)
const embedding = () =>
  `embedding: { model: vectors, base_url: '${server.baseUrl}', price: { input: ${String(price.embedding)} } }`
const written = (options = ', audit: 0', llm = `llm: { ${embedding()} }`): string => {
  const file = path.join(folder, 'novel.yaml')
  writeFileSync(file, problem(llm, options))
  return file
}
const begin = (file: string, ...more: string[]) => [
  file,
  '--candidates',
  '30',
  '--seed',
  '1',
  '--runs-dir',
  runs(),
  ...more,
]

test('refuses what points the same way as a program of its island, and pays for each vector what the server counts', async () => {
  const { code, stderr } = await evolve(begin(written(), '--usd', '1'))
  expect([code, stderr]).toEqual([0, ''])
  const [row] = await sql(
    `select count(*) as refused, min(similarity) as least, sum(audited) as audited,
       sum(twin.ordinal > 0 and twin.island <> programs.island) as strangers,
       sum(twin.state <> 'placed' or twin.finished > programs.seen) as late,
       (select count(*) from programs where failure_kind = 'duplicate') as failed,
       (select count(*) from rejections join stage_runs using (ordinal) where stage_runs.stage = 'run' and skipped is null) as ran
     from rejections join programs using (ordinal) join programs as twin on twin.ordinal = rejections.twin
     where "check" = 'embedding'`,
  )
  expect(row).toMatchObject({ audited: 0, strangers: 0, late: 0, ran: 0 })
  expect(Number(row?.['refused'])).toBeGreaterThan(3)
  expect(row?.['failed']).toBe(row?.['refused'])
  expect(Number(row?.['least'])).toBeGreaterThanOrEqual(0.99)
  // Two that were kept on one island point in different directions, unless neither had been there for the other.
  const [spend] = await sql(
    'select purpose, sum(tokens) as tokens, sum(usd) as usd, count(*) as calls from llm_calls group by 1',
  )
  const { settled, requests } = server.count()
  expect(spend).toMatchObject({ purpose: 'embedding', tokens: settled.input, calls: requests })
  expect(Number(spend?.['usd'])).toBeCloseTo((settled.input * price.embedding) / 1e6, 12)

  const replay = await evolve(['replay', 'novel', '--concurrency', '1', '--runs-dir', runs()])
  expect([replay.stderr, replay.stdout.slice(0, 29)]).toEqual(['', 'novel: identical, 30 candidate'.slice(0, 29)])
  const rescore = await evolve(['rescore', 'novel', '--runs-dir', runs(), '--json'])
  expect(rescore.stderr).toBe('')
  expect(JSON.parse(rescore.stdout)).toMatchObject({ gained: 0, lost: 0 })
  expect(server.count().requests).toBe(requests)
}, 60_000)

test('a judge spares those that it finds different; both questions are on the ledger', async () => {
  const judge = `models: [{ provider: openai, model: judge, base_url: '${server.baseUrl}', price: { input: 3, output: 5 } }]`
  const { code, stderr } = await evolve(begin(written(', audit: 0, model: judge', `llm: { ${judge}, ${embedding()} }`)))
  expect([code, stderr]).toEqual([0, ''])
  const [row] = await sql(
    `select sum(reply like '%true%') as spared, sum(reply like '%false%') as refused,
       (select count(*) from rejections) as rejections,
       (select count(*) from programs where failure ->> 'message' like '%judge finds no material difference: so it seems') as told
     from llm_calls where purpose = 'novelty'`,
  )
  expect(Number(row?.['spared'])).toBeGreaterThan(0)
  expect(Number(row?.['refused'])).toBeGreaterThan(0)
  expect([row?.['rejections'], row?.['told']]).toEqual([row?.['refused'], row?.['refused']])
  const questions = server.requests.filter(({ protocol }) => protocol === 'chat').map(({ user }) => user)
  expect(questions[0]).toContain('Say whether the second program is materially different')
  expect(await sql('select count(*) as n from transitions where reply is not null')).toEqual([{ n: 0 }])
}, 60_000)

test('killed in the middle, whenever that is, buys no vector twice', async () => {
  script = (request) => ({ ...answering(request), delayMs: 60 }) as ServerAction
  const { child, finished } = start(begin(written()))
  const before = server.requests.length
  while (server.requests.length < before + 8 && child.exitCode === null) {
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  child.kill('SIGKILL')
  await finished
  const bought = await sql("select ordinal, question, reply from llm_calls where status = 'ok' order by id")
  expect(bought.length).toBeGreaterThan(0)
  const asked = server.requests.length
  const { code, stderr } = await evolve(['resume', 'novel', '--runs-dir', runs()])
  expect([code, stderr]).toEqual([0, ''])
  const all = await sql("select ordinal, question, reply from llm_calls where status = 'ok' order by id")
  expect(all.slice(0, bought.length)).toEqual(bought)
  expect(new Set(all.map(({ ordinal, question }) => `${String(ordinal)} ${String(question)}`)).size).toBe(all.length)
  expect(server.requests.length - asked).toBe(all.length - bought.length)
  expect(await sql("select count(*) as n from programs where ordinal > 0 and state in ('placed', 'failed')")).toEqual([
    { n: 30 },
  ])
}, 60_000)

test('without a key, a model or a budget', async () => {
  const vendor = await evolve(begin(written(', audit: 0', 'llm: { embedding: { model: text-embedding-3-small } }')))
  expect(vendor.code).toBe(2)
  expect(vendor.stderr).toMatch(
    /novel\.yaml:7:\d+ llm\.embedding: model text-embedding-3-small needs a key: set OPENAI_API_KEY, or api_key in its entry under llm\n$/,
  )
  const judge = `llm: { models: [{ provider: openai, model: judge, base_url: '${server.baseUrl}' }] }`
  const lacking = await evolve(begin(written('', judge)))
  expect(lacking.code).toBe(2)
  expect(lacking.stderr).toMatch(/novel\.yaml:11:\d+ pipeline\.stages\[1\]\.kind: needs llm\.embedding/)
  const foreign = await evolve(begin(written('', 'llm: { embedding: { provider: anthropic } }')))
  expect(foreign.stderr).toMatch(/llm\.embedding\.provider: must be openai/)

  const before = server.requests.length
  const off = await evolve(begin(written(), '--no-llm', '--run', 'off'))
  expect([off.code, off.stderr]).toEqual([0, ''])
  expect(off.stdout).toContain('stage novelty lets everything pass: there is no llm.embedding')
  const poor = await evolve(begin(written(), '--tokens', '1', '--run', 'poor'))
  expect([poor.code, poor.stderr]).toEqual([0, ''])
  expect(await ask(runs(), 'poor', 'select count(*) as n from rejections')).toEqual([{ n: 0 }])
  expect(server.requests.length).toBe(before)
}, 60_000)

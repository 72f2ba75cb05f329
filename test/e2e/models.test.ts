import { mkdtemp, rm, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parse, stringify } from 'yaml'
import { rngStream } from '../../src/core/rng.ts'
import { editingReply } from '../servers/editing-reply.ts'
import { startModelServer } from '../servers/model-server.ts'
import type { ModelServer, ServerScript } from '../servers/model-server.ts'
import { ask, evolve, root, start } from './cli.ts'

const problem = path.join(root, 'problems/circle-packing.yaml')
let runs = ''
beforeAll(async () => {
  runs = await mkdtemp(path.join(tmpdir(), 'evolve-models-'))
})
afterAll(() => rm(runs, { recursive: true, force: true }))

const countedPrograms = (run: string) =>
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
    expect(await countedPrograms('env')).toEqual([{ n: 30, last: 30 }])
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

/** Candidates of the run with faults; the whole 500 on demand, for the sake of a quick `npm test`. */
const faultyCandidates = Number(process.env['EVOLVE_FAULTS_CANDIDATES'] ?? 100)

/**
 * Three requests in ten meet a fault, of every kind that a server may come up with. Each reply's reasoning tokens are the
 * number of its request, so that every row of the ledger names the one reply that it stands for.
 */
const faulty: ServerScript = (request) => {
  const rng = rngStream(7, 'faults', request.number)
  const reply = (text: string, finish: 'stop' | 'length' | 'refusal' = 'stop') =>
    ({ kind: 'reply', text, finish, reasoning: request.number, delayMs: rng.int(120) }) as const
  if (rng.next() > 0.3) return reply(editingReply(request.user, request.number))
  return rng.pick<Awaited<ReturnType<ServerScript>>>([
    { kind: 'status', status: 429, headers: { 'retry-after': '0' } },
    { kind: 'status', status: 500 },
    { kind: 'status', status: 529 },
    { kind: 'reset' },
    { kind: 'cut', text: 'half a re' },
    { kind: 'cut', text: 'half a re', politely: true },
    { kind: 'stall', within: 'I think' },
    { kind: 'malformed' },
    { kind: 'stream-error', type: 'server_error', message: 'overloaded' },
    { ...reply('a reply that tells no usage'), silent: true },
    reply(''),
    reply('I would rather not.', 'refusal'),
    reply('<<<<<<< SEARCH\ncut by max tok', 'length'),
    reply('prose without any code'),
    reply('```ts\nfirst\n```\nor\n```ts\nsecond\n```'),
    reply('<<<<<<< SEARCH\nnowhere\n=======\nx\n>>>>>>> REPLACE'),
  ])
}

/** A row of the ledger. */
interface Call {
  readonly id: number
  readonly ordinal: number
  readonly purpose: string
  readonly attempt: number
  readonly status: string
  readonly tokens: number
  readonly usd: number
  readonly reserved_tokens: number
  readonly reserved_usd: number
  readonly input_tokens: number | null
  readonly output_tokens: number | null
  readonly reasoning_tokens: number | null
}

const price = { input: 1, output: 2 }
const usdOf = ({ input, output }: { input: number; output: number }): number =>
  (input * price.input + output * price.output) / 1e6

async function ledgerOf(run: string): Promise<readonly Call[]> {
  const columns =
    'id, ordinal, purpose, attempt, status, tokens, usd, reserved_tokens, reserved_usd, input_tokens, output_tokens, reasoning_tokens'
  return (await ask(runs, run, `select ${columns} from llm_calls order by id`)) as unknown as Call[]
}

/** A run against the faulty server that is killed with calls in flight, each time at that request, and resumed to its end. */
async function killed(run: string, budget: { candidates: number; usd: number }, kills: readonly number[]) {
  const config = parse(await readFile(problem, 'utf8')) as Record<string, unknown>
  const file = path.join(root, 'problems', `.${run}.yaml`)
  let seen: (() => void) | undefined
  let killAt = Infinity
  const server = await startModelServer((request) => {
    if (request.number === killAt) seen?.()
    return faulty(request)
  })
  const models = [{ provider: 'openai', model: 'local', base_url: server.baseUrl, max_tokens: 4000, price }]
  const deadlines = { first_token: '5s', between_tokens: '1s', total: '10s' }
  const search = { operators: { diff: 1 }, concurrency: 16 }
  await writeFile(file, stringify({ ...config, llm: { models, deadlines }, search, budget }))
  try {
    const open = new Map<number, Call>()
    let atKill: readonly Call[] = []
    let unsent = 0
    const sentAtKills: number[] = []
    for (const [index, kill] of kills.entries()) {
      const args =
        index === 0 ? [file, '--seed', '1', '--run', run, '--runs-dir', runs] : ['resume', run, '--runs-dir', runs]
      const { child, finished } = start(args)
      await new Promise<void>((resolve) => {
        seen = resolve
        killAt = kill
        void finished.then(() => resolve())
      })
      child.kill('SIGKILL')
      expect((await finished).signal).toBe('SIGKILL')
      // The server learns from its sockets that nobody listens any more.
      while (server.inFlight() > 0) await new Promise((resolve) => setTimeout(resolve, 10))
      atKill = await ledgerOf(run)
      for (const call of atKill) if (call.status === 'open') open.set(call.id, call)
      unsent = atKill.length - server.requests.length
      sentAtKills.push(server.requests.length)
    }
    const resumed = await evolve(['resume', run, '--runs-dir', runs, '--json'])
    expect(resumed.code, resumed.stderr).toBe(0)
    return { server, open, atKill, unsent, sentAtKills, calls: await ledgerOf(run) }
  } finally {
    await server.close()
    await rm(file, { force: true })
  }
}

test.each([
  {
    run: 'faults',
    candidates: faultyCandidates,
    usd: 50,
    kills: [0.3, 0.7].map((f) => Math.ceil(faultyCandidates * f)),
  },
  { run: 'faults-poor', candidates: 100, usd: 0.6, kills: [30] },
])(
  'with 30 % faults and kill -9, the ledger of $run has every call as the server has it, and the budget holds',
  async ({ run, candidates, usd, kills }) => {
    const result = await killed(run, { candidates, usd }, kills)
    const { server, open, atKill, unsent, sentAtKills, calls } = result
    const served = new Map(server.served.map((reply) => [reply.number, reply]))
    const settled = server.served.filter((reply) => reply.settled)
    const lost = calls.filter(({ status }) => status === 'lost')
    const told = calls.filter(({ input_tokens: input }) => input !== null)

    // Call by call: what the ledger has settled is, to the token, what the server told for that very request.
    for (const call of told) {
      const reply = served.get(call.reasoning_tokens ?? -1)
      expect(call).toMatchObject({ input_tokens: reply?.usage.input, output_tokens: reply?.usage.output })
      expect(reply?.settled).toBe(true)
      expect(call.tokens).toBe(Number(call.input_tokens) + Number(call.output_tokens))
    }
    const known = new Set(told.map(({ reasoning_tokens: number }) => number))
    expect(known.size).toBe(told.length)
    // What the server settled and the ledger did not was on its way to a process that was killed.
    const unread = settled.filter(({ number }) => !known.has(number))
    expect(unread.every(({ number }) => number <= (sentAtKills.at(-1) ?? 0))).toBe(true)
    expect(unread.length).toBeLessThanOrEqual(lost.length)
    const sum = (rows: readonly Call[], column: 'input_tokens' | 'output_tokens' | 'tokens' | 'usd') =>
      rows.reduce((total, row) => total + Number(row[column]), 0)
    const counted = server.count()
    const less = (side: 'input' | 'output') => unread.reduce((total, { usage }) => total + usage[side], 0)
    expect({ input: sum(told, 'input_tokens'), output: sum(told, 'output_tokens') }).toEqual({
      input: counted.settled.input - less('input'),
      output: counted.settled.output - less('output'),
    })

    // Exactly the calls that were open at a kill are lost, each at its worst case, which covers what the server did for it.
    expect(lost.map(({ id }) => id)).toEqual([...open.keys()])
    expect(lost.length).toBeGreaterThan(0)
    for (const call of lost) {
      expect(call).toMatchObject({ tokens: call.reserved_tokens, usd: call.reserved_usd, input_tokens: null })
    }
    // Any other call without usage is charged its worst case, or nothing when it was refused outright.
    for (const call of calls.filter(({ status, input_tokens: input }) => status !== 'lost' && input === null)) {
      expect([0, call.reserved_tokens]).toContain(call.tokens)
    }

    // One row for every request and one request for every row, but for those that the kills kept from going out.
    expect(unsent).toBeGreaterThanOrEqual(0)
    expect(unsent).toBeLessThanOrEqual(lost.length)
    expect(calls.length - atKill.length).toBe(server.requests.length - (sentAtKills.at(-1) ?? 0))
    // A reply that was stored is never asked for again.
    const replied = calls.filter(({ status }) => status === 'ok').map(({ ordinal, purpose }) => `${purpose} ${ordinal}`)
    expect(new Set(replied).size).toBe(replied.length)
    for (const { ordinal, purpose, id } of atKill.filter(({ status }) => status === 'ok')) {
      expect(calls.filter((call) => call.id > id && call.ordinal === ordinal && call.purpose === purpose)).toEqual([])
    }

    const spent = { tokens: sum(calls, 'tokens'), usd: sum(calls, 'usd') }
    const { settled: whole, unsettled: cut } = counted
    const work = { input: whole.input + cut.input, output: whole.output + cut.output }
    expect(spent.tokens).toBeGreaterThanOrEqual(work.input + work.output)
    expect(spent.usd).toBeGreaterThanOrEqual(usdOf(work))
    expect(spent.usd).toBeLessThanOrEqual(usd)
    expect(calls.filter(({ status }) => status === 'open')).toEqual([])
    const [{ n: finished } = {}] = await countedPrograms(run)
    if (run === 'faults') {
      expect(finished).toBe(candidates)
      expect(calls.some(({ purpose, status }) => purpose === 'repair' && status === 'ok')).toBe(true)
    } else {
      // The money ran out first: what was left did not cover one more worst case.
      expect(Number(finished)).toBeLessThan(candidates)
      expect(usd - spent.usd).toBeLessThan(Math.max(...calls.map((call) => call.reserved_usd)) * 1.5)
    }
    console.log(
      `${run}: ${String(finished)} candidates, ${String(server.requests.length)} requests; settled: server ${JSON.stringify(whole)}, ` +
        `ledger ${JSON.stringify({ calls: told.length, input: sum(told, 'input_tokens'), output: sum(told, 'output_tokens') })}, ` +
        `unread at a kill ${String(unread.length)} (${String(less('input'))} + ${String(less('output'))}); lost ${String(lost.length)}; ` +
        `never sent ${String(unsent)}; spend ${String(spent.tokens)} tokens >= ${String(work.input + work.output)}, ` +
        `${spent.usd.toFixed(4)} USD >= ${usdOf(work).toFixed(4)} and <= ${String(usd)}`,
    )
  },
  600_000,
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

import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createSqliteRun } from '../../src/store/sqlite/run-store.ts'
import { startModelServer } from '../servers/model-server.ts'
import type { ModelServer, ServerScript } from '../servers/model-server.ts'
import type { ModelRequest } from '../servers/protocols.ts'
import { budget, identity, toPlaced } from '../store/run-values.ts'
import { ask, evolve, start } from './cli.ts'

let folder = ''
let runs = ''
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'evolve-memory-'))
  runs = path.join(folder, 'runs')
  await mkdir(runs)
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const program = `// EVOLVE-BLOCK-START
export function f(): number {
  const note = 'a'
  return 100
}
// EVOLVE-BLOCK-END
`
const evaluator = `import { defineEvaluator, z } from 'evolve-agent'
export default defineEvaluator({
  output: z.number(),
  cases: () => [{ id: 'only', args: [] }],
  score: ({ cases: [only] }) => (only.ok ? { objectives: { value: only.value } } : only.failure),
})
`

/** A problem whose score is a number in the program, with one model at the server. */
async function problemAt(server: ModelServer, name: string, more: string): Promise<string> {
  const file = path.join(folder, `${name}.yaml`)
  const yaml = `name: ${name}
program: { file: number.ts, entry: f }
evaluator: evaluator.ts
objectives: [{ name: value, direction: maximize }]
archive: { islands: 1 }
llm: { models: [{ provider: openai, model: local, base_url: '${server.baseUrl}', api_key: '\${LOCAL_KEY}' }], analysis: local }
search: { operators: { diff: 1 }, concurrency: 2 }
${more}`
  await writeFile(file, yaml)
  await writeFile(path.join(folder, 'number.ts'), program)
  await writeFile(path.join(folder, 'evaluator.ts'), evaluator)
  return file
}
const env = { LOCAL_KEY: 'sk-local' }

async function withServer(script: ServerScript, use: (server: ModelServer) => Promise<void>): Promise<void> {
  const server = await startModelServer(script)
  try {
    await use(server)
  } finally {
    await server.close()
  }
}

/** A reply that adds to the number in the prompt's program, or changes its note alone when there is nothing to add. */
function changedBy(amount: number, { user, number }: ModelRequest): string {
  const line = amount === 0 ? /^ {2}const note = .*$/gm : /^ {2}return -?[\d.]+$/gm
  const found = user.match(line)?.at(-1) ?? ''
  const changed =
    amount === 0 ? `  const note = 'n${String(number)}'` : `  return ${String(Number(found.slice(9)) + amount)}`
  return `<<<<<<< SEARCH\n${found}\n=======\n${changed}\n>>>>>>> REPLACE`
}

const isAnalysis = ({ system }: ModelRequest): boolean => system.includes('You study single steps')
const reply = (text: string) => ({ kind: 'reply', text }) as const
const nothingLearned = reply('{"lessons": []}')

const insight = (explanation: string) =>
  ({
    taxonomy: 'generalise',
    condition: 'always',
    applies: {},
    explanation,
    example: 'return 100',
    origin: 'program 0',
  }) as const

test(
  'an insight that helps is chosen, and one that hurts is retired, by what was measured',
  () =>
    withServer(
      (request) => {
        if (isAnalysis(request)) return nothingLearned
        if (request.user.includes('Raise it.')) return reply(changedBy(1, request))
        return reply(changedBy(request.user.includes('Lower it.') ? -1 : 0, request))
      },
      async (server) => {
        const source = createSqliteRun(path.join(runs, 'earlier'), { ...identity, name: 'earlier' }, budget)
        toPlaced(source, 0, 1)
        source.memory.add([insight('Raise it.'), insight('Lower it.')], 0)
        source.close()

        const file = await problemAt(
          server,
          'advice',
          'memory: { import: earlier, insights: 1 }\nbudget: { candidates: 220 }\n',
        )
        const run = await evolve([file, '--seed', '1', '--run', 'advice', '--runs-dir', runs], { env })
        expect(run).toMatchObject({ code: 0, stderr: '' })
        const effect = await ask(runs, 'advice', 'select explanation, status, uses, helped, hurt from insight_effect')
        const [raise, lower] = effect
        const uses = effect.reduce((sum, row) => sum + Number(row['uses']), 0)
        expect(raise).toMatchObject({ explanation: 'Raise it.', status: 'active', hurt: 0 })
        expect(Number(raise?.['uses']) / uses).toBeGreaterThan(0.8)
        expect(lower).toMatchObject({ explanation: 'Lower it.', status: 'retired', helped: 0 })
        const [within] = await ask(
          runs,
          'advice',
          `select count(*) as uses from insight_uses where ordinal <= (select max(ordinal) from insight_uses where insight = 2)`,
        )
        expect(Number(within?.['uses'])).toBeLessThanOrEqual(200)

        const told = await evolve(['insights', 'advice', '--runs-dir', runs])
        expect(told.stdout).toMatch(/active[\s\S]*Raise it\.[\s\S]*retired[\s\S]*Lower it\./)
        expect(told.stdout).toMatch(/prompts without insights: helped 0, hurt 0, irrelevant \d+/)
        const shown = await evolve(['show', 'advice', 'best', '--runs-dir', runs])
        expect(shown.stdout).toMatch(/insights in its prompt\n[\s\S]*Raise it\./)
      },
    ),
  240_000,
)

test('kill -9 in the middle of an analysis loses and repeats nothing, and what was learned before is used after', async () => {
  let stalled: () => void = () => undefined
  const reached = new Promise<void>((resolve) => (stalled = resolve))
  let analyses = 0
  let alive = true
  const script: ServerScript = (request) => {
    if (!isAnalysis(request)) return reply(changedBy(1, request))
    analyses++
    if (alive && analyses === 4) {
      stalled()
      return { kind: 'stall' }
    }
    const line = /became:\n\n```ts\n( {2}return .*)\n/.exec(request.user)?.[1] ?? ''
    const lesson = { kind: 'generalise', condition: 'always', anchor: line, explanation: `Advice ${String(analyses)}.` }
    return reply(JSON.stringify({ lessons: [lesson] }))
  }
  await withServer(script, async (server) => {
    const file = await problemAt(server, 'killed', 'budget: { candidates: 12 }\n')
    const run = start([file, '--seed', '1', '--run', 'killed', '--concurrency', '1', '--runs-dir', runs], { env })
    await reached
    run.child.kill('SIGKILL')
    await run.finished
    alive = false
    const before = await ask(runs, 'killed', 'select * from lessons order by ordinal')
    expect(before).toHaveLength(3)
    expect(await ask(runs, 'killed', "select count(*) as n from analyses where state = 'due'")).toEqual([{ n: 1 }])

    const resumed = await evolve(['resume', 'killed', '--runs-dir', runs], { env })
    expect(resumed.code).toBe(0)
    const after = await ask(runs, 'killed', 'select * from lessons order by ordinal')
    expect(after.slice(0, 3)).toEqual(before)
    const [ledger] = await ask(
      runs,
      'killed',
      `select sum(status = 'ok') as ok, count(distinct iif(status = 'ok', ordinal, null)) as candidates, sum(status = 'lost') as lost
       from llm_calls where purpose = 'analysis'`,
    )
    const [done] = await ask(runs, 'killed', "select count(*) as n from analyses where state = 'done' and note is null")
    expect(ledger).toEqual({ ok: done?.['n'], candidates: done?.['n'], lost: 1 })
    const [open] = await ask(runs, 'killed', "select count(*) as n from analyses where state = 'due'")
    expect(open).toEqual({ n: 0 })
    const [reused] = await ask(
      runs,
      'killed',
      `select count(*) as n from insight_uses join insights on insights.id = insight
       where insight_uses.ordinal > (select max(ordinal) from analyses where ordinal <= 4) and explanation in ('Advice 1.', 'Advice 2.', 'Advice 3.')`,
    )
    expect(Number(reused?.['n'])).toBeGreaterThan(0)
  })
})

test('no key reaches the disk', async () => {
  const file = await readFile(path.join(runs, 'killed', 'evolve.db'))
  expect(file.includes('sk-local')).toBe(false)
})

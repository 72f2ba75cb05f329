import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { editingReply } from '../servers/editing-reply.ts'
import { startModelServer } from '../servers/model-server.ts'
import type { ModelServer } from '../servers/model-server.ts'
import { ask, evolve, start } from './cli.ts'

/** The most there is to reach is near the first program, so that the search stands still soon, whatever comes first. */
const evaluator = `import { defineEvaluator, z } from 'evolve-agent'
export default defineEvaluator({
  output: z.number(),
  cases: () => [{ id: 'only', args: [3] }],
  score({ cases: [only] }) {
    return only.ok ? { objectives: { value: Math.min(1.8, only.value) } } : only.failure
  },
})
`
const program = `// EVOLVE-BLOCK-START
export function f(x) {
  const slope = 0.5
  const shift = 0.25
  return slope * x + shift
}
// EVOLVE-BLOCK-END
`
let folder = ''
let server: ModelServer
/** Called when a question for an instruction arrives, before it is answered. */
let asked: (number: number) => void = () => undefined
let questions = 0

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'evolve-instructions-'))
  server = await startModelServer(({ system, user, number }) => {
    if (system.startsWith('You write the instruction')) {
      questions++
      asked(questions)
      const words = { instruction: `Evolved instruction number ${String(questions)}.`, reason: 'It is newer.' }
      return { kind: 'reply', text: `\`\`\`json\n${JSON.stringify(words)}\n\`\`\``, delayMs: 150 }
    }
    if (user.includes('## Approaches that the search has already')) {
      const body = `export function f(x) {\n  return Math.cos(${String(number)}) - x\n}`
      return { kind: 'reply', text: `Something else.\n\n\`\`\`js\n${body}\n\`\`\`` }
    }
    return { kind: 'reply', text: editingReply(user, number) }
  })
  writeFileSync(path.join(folder, 'program.js'), program)
  writeFileSync(path.join(folder, 'evaluator.ts'), evaluator)
  writeFileSync(
    path.join(folder, 'slope.yaml'),
    `name: slope
program: { file: program.js, entry: f }
evaluator: evaluator.ts
objectives: [{ name: value, direction: maximize }]
archive: { islands: 1, axes: [{ descriptor: source-length, range: [0, 400], bins: 8 }] }
llm: { models: [{ provider: openai, model: local, base_url: "${server.baseUrl}", max_tokens: 2000, price: { input: 1, output: 2 } }] }
search:
  operators: { diff: 3, pivot: 1 }
  concurrency: 2
  meta: { interval: 6, population: 3 }
  pivot: { exhausted: 2, plateau: 5 }
memory: { lessons: off }
`,
  )
})
afterAll(async () => {
  await server.close()
  rmSync(folder, { recursive: true, force: true })
})

const runs = () => path.join(folder, 'runs')
const flags = () => ['--runs-dir', runs()]
const rows = (query: string) => ask(runs(), 'slope', query)

test('instructions evolve over a real socket: kill -9 while one is asked for, and resume, buy no reply twice', async () => {
  const args = [path.join(folder, 'slope.yaml'), '--usd', '5', '--candidates', '60', '--seed', '4', '--run', 'slope']
  const { child, finished } = start([...args, ...flags()])
  await new Promise<void>((resolve) => {
    asked = (number) => {
      if (number === 2) resolve()
    }
    void finished.then(() => resolve())
  })
  child.kill('SIGKILL')
  expect((await finished).signal).toBe('SIGKILL')
  asked = () => undefined
  const resumed = await evolve(['resume', 'slope', ...flags()])
  expect(resumed.stderr).toBe('')
  expect(resumed.code).toBe(0)

  const calls = await rows(
    "select question, status, count(*) as calls from llm_calls where purpose = 'meta' group by 1, 2",
  )
  const received = calls.filter(({ status }) => status === 'ok')
  expect(received.length).toBeGreaterThan(3)
  expect(received.every((row) => row['calls'] === 1)).toBe(true)
  // Both candidates at work may have been waiting for one: what was in flight is on the ledger as lost and was asked for again.
  expect(calls.filter(({ status }) => status === 'lost').length).toBeLessThanOrEqual(2)
  expect(received.map(({ question }) => question)).toContain('instruction/2')
})

test('an evolved instruction takes the place of the template own, and nothing else of the prompt changes', async () => {
  const evolved = await rows(
    `select count(*) as uses, sum(instr(user, text) > 0) as shown, count(distinct instruction) as several
     from instruction_uses join instructions on instructions.id = instruction join prompt_texts using (ordinal)
     where text is not null`,
  )
  expect(evolved[0]?.['uses']).toBeGreaterThan(5)
  expect(evolved[0]?.['several']).toBeGreaterThan(1)
  expect(evolved[0]?.['shown']).toBe(evolved[0]?.['uses'])
  const systems = await rows('select template, count(distinct system) as texts from prompt_texts group by template')
  expect(systems).toEqual([
    { template: 'diff', texts: 1 },
    { template: 'pivot', texts: 1 },
  ])
  const [fixed] = await rows(
    `select count(*) as prompts, sum(user like '%Reply in the reply format, with SEARCH text copied from the program above.') as kept
     from prompt_texts where template = 'diff'`,
  )
  expect(fixed?.['kept']).toBe(fixed?.['prompts'])
})

test('status, show and the view tell lineage and record, and what was drawn is what was counted', async () => {
  const status = await evolve(['status', 'slope', ...flags()])
  expect(status.stdout).toMatch(/instructions\n.*operator.*share[^]*as the template says[^]*Evolved instruction number/)
  const table = await rows('select * from instruction_effect order by id')
  expect(table.filter(({ parent }) => parent === null).map(({ operator }) => operator)).toEqual(['diff', 'pivot'])
  expect(table.filter((row) => row['operator'] === 'diff' && row['retired_by'] === null)).toHaveLength(3)
  const [counted] = await rows(
    `select sum(child.fitness > parents.fitness) as improved from instruction_uses join programs as child using (ordinal)
     join edges on edges.child = child.ordinal and position = 0 join programs as parents on parents.ordinal = edges.parent`,
  )
  expect(table.reduce((sum, row) => sum + Number(row['improved']), 0)).toBe(counted?.['improved'])
  const [used] = await rows('select max(ordinal) as ordinal from instruction_uses')
  const show = await evolve(['show', 'slope', String(used?.['ordinal']), ...flags()])
  expect(show.stdout).toContain('instruction in its prompt')
})

test('pivot waits for a standstill, is told the approaches, and its children take another one', async () => {
  const made = await rows(
    `select programs.ordinal, state, text from programs join sources on sources.id = source_id where operator = 'pivot'`,
  )
  expect(made.length).toBeGreaterThan(0)
  expect(made.every(({ text }) => String(text).includes('Math.cos('))).toBe(true)
  const [first] = await rows(
    "select min(ordinal) as ordinal, min(user like '%defines `f`%') as told from programs join prompt_texts using (ordinal) where operator = 'pivot'",
  )
  expect(Number(first?.['ordinal'])).toBeGreaterThan(2)
  expect(first?.['told']).toBe(1)
})

test('a replay of the run is identical and asks for no instruction', async () => {
  const before = questions
  const replay = await evolve(['replay', 'slope', ...flags()])
  expect(replay.stdout).toContain('identical')
  expect(questions).toBe(before)
})

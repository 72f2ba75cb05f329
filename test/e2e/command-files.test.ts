import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ask, evolve } from './cli.ts'

/** Answers with ten times the first number that stands in the program. */
const runner = (factor: number): string => `import { readFileSync, writeSync } from 'node:fs'
const value = ${String(factor)} * Number(/[\\d.]+/.exec(readFileSync(process.argv[2], 'utf8'))[0])
writeSync(4, JSON.stringify({ value }) + '\\n')
`
let folder = ''
const at = (name: string): string => path.join(folder, name)
const flags = () => ['--runs-dir', at('runs')]

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'evolve-command-'))
  writeFileSync(at('program.txt'), '# EVOLVE-BLOCK-START\n2.5\n# EVOLVE-BLOCK-END\n')
  writeFileSync(at('runner.mjs'), runner(10))
  writeFileSync(
    at('evaluator.ts'),
    `import { defineEvaluator, z } from 'evolve-agent'
export default defineEvaluator({
  output: z.number(),
  cases: () => [{ id: 'only', args: [] }],
  score: ({ cases: [only] }) => (only.ok ? { objectives: { value: only.value } } : only.failure),
})
`,
  )
  writeFileSync(
    at('named.yaml'),
    `name: named
program: { file: program.txt, language: text }
evaluation: { backend: process, command: ['{node}', runner.mjs, '{program}'], sandbox: off }
evaluator: evaluator.ts
objectives: [{ name: value, direction: maximize }]
archive: { islands: 1, axes: [{ descriptor: source-length, range: [0, 1000], bins: 10 }] }
search: { concurrency: 2 }
`,
  )
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('an edited file that the command names stops a resume, and a rescore runs the programs by it', async () => {
  const first = await evolve([at('named.yaml'), '--no-llm', '--candidates', '3', '--seed', '1', ...flags()])
  expect(first.stderr).toBe('')
  expect(await ask(at('runs'), 'named', 'select value from programs where ordinal = 0')).toEqual([{ value: 25 }])
  writeFileSync(at('runner.mjs'), runner(100))
  const refused = await evolve(['resume', 'named', '--candidates', '6', ...flags()])
  expect(refused.code).toBe(2)
  expect(refused.stderr).toContain('the evaluator or runner.mjs has changed since the run began')
  expect((await evolve(['rescore', 'named', ...flags()])).code).toBe(0)
  expect(await ask(at('runs'), 'named', 'select value from programs where ordinal = 0')).toEqual([{ value: 250 }])
  expect((await evolve(['resume', 'named', '--candidates', '4', ...flags()])).code).toBe(0)
})

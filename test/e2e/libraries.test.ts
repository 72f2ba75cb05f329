import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ask, evolve } from './cli.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'evolve-libraries-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function write(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(folder, name)), { recursive: true })
    await writeFile(path.join(folder, name), text)
  }
}

test('a problem lets its candidates import a library, and resume refuses another version of it', async () => {
  const manifest = (version: string) => JSON.stringify({ name: 'doubling', version, type: 'module', main: 'index.js' })
  await write({
    'problem.yaml': `name: import
program: { file: program.ts, entry: f, imports: [doubling, yalps] }
evaluator: evaluator.ts
objectives: [{ name: value, direction: maximize }]
`,
    'program.ts': `import { double } from 'doubling'
import { solve } from 'yalps'
// EVOLVE-BLOCK-START
export const f = (): number => double(1.5) + solve({ objective: 'x', constraints: { x: { max: 2 } }, variables: { y: { x: 1 } } }).result
// EVOLVE-BLOCK-END
`,
    'evaluator.ts': `import { defineEvaluator, z } from 'evolve-agent'
export default defineEvaluator({
  output: z.number(),
  cases: () => [{ id: 'only', args: [] }],
  score: ({ cases: [only] }) => (only.ok ? { objectives: { value: -Math.abs(only.value - 7) } } : only.failure),
})
`,
    'node_modules/doubling/package.json': manifest('1.2.3'),
    'node_modules/doubling/index.js': 'export const double = (x) => x * 2\n',
  })
  const runs = path.join(folder, 'runs')
  const file = path.join(folder, 'problem.yaml')
  const run = await evolve([file, '--candidates', '20', '--seed', '1', '--runs-dir', runs])
  expect(run.stderr).toBe('')
  expect(run.stdout).toMatch(/first value +-2\n/)
  const [stored] = await ask(
    runs,
    'import',
    "select (select libraries from runs) as libraries, (select count(*) from programs where state = 'placed') as placed",
  )
  expect(JSON.parse(String(stored?.['libraries']))).toMatchObject([
    { name: 'doubling', version: '1.2.3', exports: ['double'] },
    { name: 'yalps', exports: expect.arrayContaining(['solve']) as string[] },
  ])
  expect(Number(stored?.['placed'])).toBeGreaterThan(5)

  const next = await evolve(['prompt', 'import', '--runs-dir', runs])
  expect(next.stdout).toMatch(/may import the library `doubling` 1\.2\.3 \(exports `double`\) and the library `yalps` /)
  const checked = await evolve(['check', file])
  expect(checked.stdout).toMatch(/^libraries +doubling 1\.2\.3, yalps \d/m)

  await write({ 'node_modules/doubling/package.json': manifest('1.2.4') })
  const refused = await evolve(['resume', 'import', '--candidates', '30', '--runs-dir', runs])
  expect(refused.code).toBe(2)
  expect(refused.stderr).toMatch(
    /program\.imports: the library doubling has changed from 1\.2\.3 to 1\.2\.4 since the run began: put it back/,
  )
})

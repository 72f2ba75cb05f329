import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ask, evolve } from './cli.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'evolve-time-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const yaml = `name: climb
program: { file: climb.ts, entry: f }
evaluator: evaluator.ts
objectives: [{ name: height, direction: maximize }]
limits: { time: 2s }
time_budget: 20ms
search: { concurrency: 1 }
`
const program = `declare const timeBudget: { remaining(): number; best: { height: number } | undefined }
// EVOLVE-BLOCK-START
export function f(): { height: number } {
  let height = timeBudget.best?.height ?? 0
  while (timeBudget.remaining() > 10) height += 1e-9
  return { height: height + 1.5 }
}
// EVOLVE-BLOCK-END
`
const evaluator = `import { defineEvaluator, z } from 'evolve-agent'
export default defineEvaluator({
  output: z.object({ height: z.number() }),
  cases: () => [{ id: 'only', args: [] }],
  score: ({ cases: [only] }) => (only.ok ? { objectives: { height: only.value.height } } : only.failure),
})
`

test('with a time budget candidates start from what the best returned, and the run says that it is not reproducible', async () => {
  for (const [name, text] of Object.entries({ 'climb.yaml': yaml, 'climb.ts': program, 'evaluator.ts': evaluator })) {
    await writeFile(path.join(folder, name), text)
  }
  const runs = path.join(folder, 'runs')
  const run = await evolve([path.join(folder, 'climb.yaml'), '--candidates', '15', '--seed', '2', '--runs-dir', runs])
  expect(run.stderr).toBe('')
  expect(run.stdout).toMatch(/^ {2}repeatable +no: candidates have a clock \(time_budget\)$/m)

  const starts = await ask(
    runs,
    'climb',
    `select warm_starts.ordinal, source, earlier.value as was, programs.value as became
     from warm_starts join programs using (ordinal) join programs as earlier on earlier.ordinal = source order by 1`,
  )
  expect(starts.length).toBeGreaterThan(10)
  // Whoever still builds on the best of its time gets above it, which nobody could who starts from nothing.
  const climbed = starts.filter(({ was, became }) => became !== null && Number(became) > Number(was))
  expect(climbed.length).toBeGreaterThan(3)
  expect(new Set(starts.map(({ source }) => source)).size).toBeGreaterThan(3)
  const edges = await ask(runs, 'climb', "select count(*) as n from lineage where role = 'warm-start'")
  expect(edges).toEqual([{ n: starts.length }])

  expect(await ask(runs, 'climb', 'select reproducible from runs')).toEqual([{ reproducible: 0 }])
  const status = await evolve(['status', 'climb', '--runs-dir', runs])
  expect(status.stdout).toMatch(/^repeatable +no: candidates have a clock/m)
  const prompt = await evolve(['prompt', path.join(folder, 'climb.yaml')])
  expect(prompt.stdout).toContain('Each call has 20 ms to work with')
  expect(prompt.stdout).toContain('`timeBudget.best`')
})

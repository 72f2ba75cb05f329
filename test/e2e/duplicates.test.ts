import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ask, evolve } from './cli.ts'

/** One operator and no number, always the latest program: perturb soon comes back to what it had, by the same way at any speed. */
const program = `export function f() {
  const g = (a, b) => {
    // EVOLVE-BLOCK-START
    return a + b
    // EVOLVE-BLOCK-END
  }
  return g(2, 3)
}
`

const evaluator = `import { defineEvaluator, z } from 'evolve-agent'
export default defineEvaluator({
  output: z.number(),
  cases: () => [{ id: 'one', args: [] }],
  score: ({ cases: [only] }) => (only.ok ? { objectives: { value: only.value } } : only.failure),
})
`

const yaml = (name: string, audit: number): string => `name: ${name}
program: { file: program.js, entry: f }
evaluator: evaluator.ts
objectives: [{ name: value, direction: maximize }]
archive: { islands: 2, axes: [{ descriptor: source-length, range: [0, 1000], bins: 10 }] }
search: { sampler: sequential, operators: { perturb: 1 }, concurrency: 4, order: by-ordinal, lag: 8 }
pipeline:
  stages:
    - { kind: parse }
    - { kind: dedupe, name: again, by: lineage, audit: ${String(audit)} }
    - { kind: dedupe, audit: ${String(audit)} }
    - { kind: run }
    - { kind: dedupe, name: alike, by: behaviour, audit: ${String(audit)} }
    - { kind: score }
    - { kind: describe }
`

let folder = ''
const runs = () => path.join(folder, 'runs')
const write = (name: string, text: string): void => writeFileSync(path.join(folder, name), text)
const run = async (name: string, audit: number, ...more: string[]) => {
  write(`${name}.yaml`, yaml(name, audit))
  const args = ['--no-llm', '--candidates', '150', '--seed', '3', '--runs-dir', runs(), ...more]
  const { code, stderr } = await evolve([path.join(folder, `${name}.yaml`), ...args])
  expect(stderr).toBe('')
  expect(code).toBe(0)
}

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'evolve-duplicates-'))
  write('program.js', program)
  write('evaluator.ts', evaluator)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('what was there before is refused before it is run, with the check and the program that it repeats', async () => {
  await run('strict', 0)
  const [row] = await ask(
    runs(),
    'strict',
    `select count(*) as refused, min(failure ->> 'of' = twin and failure ->> 'check' = "check") as told,
       (select count(*) from programs where failure_kind = 'duplicate') as failed,
       (select count(*) from rejections join stage_runs using (ordinal)
        where "check" <> 'behaviour' and stage_runs.stage = 'run' and skipped is null) as ran,
       sum(operator <> 'perturb') as strangers
     from rejections join programs using (ordinal)`,
  )
  expect(row).toMatchObject({ told: 1, ran: 0, strangers: 0 })
  expect(Number(row?.['refused'])).toBeGreaterThan(5)
  expect(row?.['failed']).toBe(row?.['refused'])
  const back = await ask(
    runs(),
    'strict',
    `select failure ->> 'message' as message from programs join rejections using (ordinal)
     where "check" = 'lineage' and failure ->> 'message' like '%is an ancestor, and program%'`,
  )
  expect(back.length).toBeGreaterThan(0)
}, 60_000)

test('with an audit of all of them every one is evaluated, and status says how many were refused wrongly', async () => {
  await run('audited', 1)
  const [row] = await ask(
    runs(),
    'audited',
    `select count(*) as rejects, sum(audited) as audited, sum(differs) as differ,
      (select count(*) from programs where failure_kind = 'duplicate') as failed from duplicates`,
  )
  expect(row).toMatchObject({ failed: 0, differ: 0 })
  expect(row?.['audited']).toBe(row?.['rejects'])
  const { stdout } = await evolve(['status', 'audited', '--json', '--runs-dir', runs()])
  const { duplicates } = JSON.parse(stdout) as { duplicates: Record<string, unknown>[] }
  expect(duplicates.map((each) => each['stage']).sort()).toEqual(['again', 'alike', 'dedupe'])
  const text = await evolve(['status', 'audited', '--runs-dir', runs()])
  expect(text.stdout).toMatch(/\nre-added +[1-9]\d* of \d+ added lines \(\d+(\.\d)? %\) had been deleted before\n/)
  expect(text.stdout).toMatch(/\nduplicates\nstage +check +rejects +audited +differ +placed +false_rejects/)
}, 60_000)

test('the same are refused whatever finishes first, and a replay is identical', async () => {
  await run('ordered', 0.1, '--concurrency', '1')
  await run('wide', 0.1, '--concurrency', '8')
  const refused = 'select ordinal, stage, "check", twin, audited from rejections order by ordinal, stage'
  const one = await ask(runs(), 'ordered', refused)
  expect(one.length).toBeGreaterThan(5)
  expect(await ask(runs(), 'wide', refused)).toEqual(one)
  const { stdout } = await evolve(['replay', 'strict', '--runs-dir', runs()])
  expect(stdout).toContain('strict: identical, 150 candidates')
}, 60_000)

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ask, evolve, start } from './cli.ts'

/** A program whose literals perturb changes. */
const program = `// EVOLVE-BLOCK-START
export function f(mode) {
  const a = 0.5
  const b = 3.25
  const c = 17
  return a * b + c / 7
}
// EVOLVE-BLOCK-END
`
const firstValue = String(0.5 * 3.25 + 17 / 7)

/** Scatters values over 0 to 4, so that a condition on it is met by a fifth of all programs; by the first one, too. */
const scatter = (text: string): number => {
  let hash = 7
  for (let index = 0; index < text.length; index++) hash = (Math.imul(hash, 31) + text.charCodeAt(index)) >>> 0
  return hash % 5
}

const evaluator = `import { defineEvaluator, z } from 'evolve-agent'
const scatter = ${scatter.toString()}
export default defineEvaluator({
  output: z.number(),
  cases: () => [{ id: 'quick', args: ['quick'] }, { id: 'full', args: ['full'] }],
  score({ cases: [only] }) {
    if (!only.ok) return only.failure
    const value = only.value
    return { objectives: { value, bucket: (scatter(String(value)) + ${String(9 - scatter(firstValue))}) % 5 } }
  },
})
`

const yaml = (last: string): string => `name: cascade
program: { file: program.js, entry: f }
evaluator: evaluator.ts
objectives: [{ name: value, direction: maximize }, { name: bucket, direction: maximize }]
archive: { islands: 1, elites_per_cell: 1, axes: [{ descriptor: source-length, range: [0, 1000], bins: 10 }] }
search: { operators: { perturb-literals: 1 }, concurrency: 4 }
pipeline:
  stages:
    - { kind: parse }
    - { kind: run, name: quick, cases: [quick] }
    - { kind: score, name: quick-score }
    - { kind: gate, require: quick-score.bucket >= 4 }
    - { kind: run, name: full, cases: [full] }
    - { kind: score }
    - { kind: gate, name: last, require: ${last} }
    - { kind: describe }
`

let folder = ''
const runs = () => path.join(folder, 'runs')
const sql = (query: string) => ask(runs(), 'cascade', query)
const write = (name: string, text: string): void => writeFileSync(path.join(folder, name), text)

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'evolve-pipeline-'))
  write('program.js', program)
  write('evaluator.ts', evaluator)
  write('cascade.yaml', yaml('value > -1e9'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const ran = (stage: string, pass: number) =>
  `(select count(*) from stage_runs where stage = '${stage}' and pass = ${String(pass)} and ok is not null)`

describe('a cascade', () => {
  test('runs the expensive stage for the fifth of the candidates that passes the cheap gate only', async () => {
    const args = ['--no-llm', '--candidates', '200', '--seed', '3', '--runs-dir', runs()]
    const { code, stderr } = await evolve([path.join(folder, 'cascade.yaml'), ...args])
    expect(stderr).toBe('')
    expect(code).toBe(0)
    const [row] = await sql(
      `select ${ran('quick', 0)} as quick, ${ran('full', 0)} as expensive,
         (select count(*) from stage_runs where stage = 'gate' and ok) as passed,
         (select count(*) from stage_runs where stage = 'full' and skipped is not null) as spared`,
    )
    expect(row?.['expensive']).toBe(row?.['passed'])
    const share = Number(row?.['expensive']) / Number(row?.['quick'])
    expect(share).toBeGreaterThan(0.1)
    expect(share).toBeLessThan(0.3)
    expect(Number(row?.['spared'])).toBe(Number(row?.['quick']) - Number(row?.['expensive']))
    // Every candidate that was evaluated has a row for every stage, the skipped ones included.
    const [rows] = await sql(
      'select min(n) as least, max(n) as most from (select count(*) as n from stage_runs group by ordinal)',
    )
    expect(rows).toEqual({ least: 8, most: 8 })
  }, 60_000)

  test('is rescored after an edit of its last gate by running that gate again and nothing else', async () => {
    write('cascade.yaml', yaml('value < 4.06'))
    const { code, stdout, stderr } = await evolve(['rescore', 'cascade', '--runs-dir', runs(), '--json'])
    expect(stderr).toBe('')
    expect(code).toBe(0)
    const summary = JSON.parse(stdout) as { ran: Record<string, number>; lost: number; pass: number }
    expect(Object.keys(summary.ran)).toEqual(['last'])
    const again = await sql(
      'select stage, count(*) as n from stage_runs where pass = 1 and ok is not null and cached is null group by stage',
    )
    expect(again).toEqual([{ stage: 'last', n: summary.ran['last'] }])
    // Old verdicts stand beside the new ones, and the archive holds no program that the new gate refuses.
    const [low] = await sql(
      `select count(*) as n from scorings as before join scorings as after using (ordinal)
       where before.pass = 0 and after.pass = 1 and before.value >= 4.06 and after.failure_kind = 'gated'`,
    )
    expect(Number(low?.['n'])).toBe(summary.lost)
    expect(summary.lost).toBeGreaterThan(0)
    expect(
      await sql('select count(*) as n from elites join programs using (ordinal) where programs.value >= 4.06'),
    ).toEqual([{ n: 0 }])
  }, 60_000)

  test('goes on after a rescore with the evaluator as it is now', async () => {
    write('evaluator.ts', evaluator.replace('objectives: { value,', 'objectives: { value: value - 1,'))
    const refused = await evolve(['resume', 'cascade', '--candidates', '220', '--runs-dir', runs()])
    expect(refused.code).toBe(2)
    expect(refused.stderr).toContain('npx evolve rescore')
    const rescored = await evolve(['rescore', 'cascade', '--runs-dir', runs(), '--json'])
    expect(rescored.stderr).toBe('')
    const summary = JSON.parse(rescored.stdout) as { ran: Record<string, number>; pass: number; changed: number }
    // What the candidates returned is still the same: only what reads the score is computed again.
    expect(Object.keys(summary.ran).filter((stage) => ['parse', 'quick', 'full'].includes(stage))).toEqual([])
    expect(summary).toMatchObject({ pass: 2 })
    expect(summary.changed).toBeGreaterThan(0)
    const resumed = await evolve(['resume', 'cascade', '--candidates', '220', '--runs-dir', runs()])
    expect(resumed.stderr).toBe('')
    expect(resumed.code).toBe(0)
    expect(
      await sql("select count(*) as n, sum(state in ('placed', 'failed')) as ended from programs where ordinal > 0"),
    ).toEqual([{ n: 220, ended: 220 }])
    expect(await sql('select count(distinct pass) as n from scorings')).toEqual([{ n: 3 }])
    expect(await sql('select integrity_check from pragma_integrity_check')).toEqual([{ integrity_check: 'ok' }])
  }, 60_000)

  test('that is killed at any moment is rescored from what it had computed', async () => {
    write('cascade.yaml', yaml('value < 6'))
    const { child, finished } = start(['rescore', 'cascade', '--runs-dir', runs()])
    await new Promise((resolve) => setTimeout(resolve, 600))
    child.kill('SIGKILL')
    await finished
    const before = await sql('select pass from runs')
    const { code, stderr } = await evolve(['rescore', 'cascade', '--runs-dir', runs(), '--json'])
    expect(stderr).toBe('')
    expect(code).toBe(0)
    const [after] = await sql('select pass from runs')
    expect(Number(after?.['pass'])).toBeGreaterThan(Number(before[0]?.['pass']))
    expect(await sql('select integrity_check from pragma_integrity_check')).toEqual([{ integrity_check: 'ok' }])
  }, 60_000)
})

test('an evaluator that breaks on one candidate fails it alone; the same three times in a row pause the run', async () => {
  const place = mkdtempSync(path.join(tmpdir(), 'evolve-fault-'))
  try {
    const broken = `if (only.value !== ${firstValue}) throw new Error('the scorer has a hole')`
    writeFileSync(path.join(place, 'program.js'), program)
    writeFileSync(
      path.join(place, 'evaluator.ts'),
      evaluator.replace('const value = only.value', `${broken}\n    const value = only.value`),
    )
    writeFileSync(
      path.join(place, 'fault.yaml'),
      `name: fault
program: { file: program.js, entry: f }
evaluator: evaluator.ts
objectives: [{ name: value, direction: maximize }, { name: bucket, direction: maximize }]
search: { operators: { perturb: 1 }, concurrency: 1 }
`,
    )
    const args = ['--no-llm', '--candidates', '50', '--seed', '1', '--runs-dir', path.join(place, 'runs')]
    const { code, stderr } = await evolve([path.join(place, 'fault.yaml'), ...args])
    expect(code).toBe(2)
    expect(stderr).toMatch(
      /evaluator\.ts:\d+:\d+: the evaluator threw the scorer has a hole .*3 candidates in a row.*paused/,
    )
    expect(stderr.trim().split('\n')).toHaveLength(1)
    const failed = await ask(
      path.join(place, 'runs'),
      'fault',
      "select count(*) as n from programs where failure_kind = 'evaluator-threw'",
    )
    // A candidate that scores in between starts the count again.
    const faults = Number(failed[0]?.['n'])
    expect(faults).toBeGreaterThanOrEqual(3)
    writeFileSync(path.join(place, 'evaluator.ts'), evaluator)
    const rescored = await evolve(['rescore', 'fault', '--runs-dir', path.join(place, 'runs'), '--json'])
    expect(rescored.stderr).toBe('')
    expect(JSON.parse(rescored.stdout)).toMatchObject({ gained: faults, lost: 0 })
  } finally {
    rmSync(place, { recursive: true, force: true })
  }
}, 60_000)

import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import Database from 'better-sqlite3'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { evolve, start } from './cli.ts'
import { threeNumbers } from '../small-problems.ts'

const evaluator = `import { defineEvaluator, z } from 'evolve-agent'
export default defineEvaluator({
  output: z.number(),
  cases: () => Array.from({ length: 6 }, (_, k) => ({ id: 'k' + k, args: [k] })),
  score({ cases }) {
    const errors = cases.map((each) => (each.ok ? Math.abs(each.value - 3 * Number(each.args[0]) - 1) : 1000))
    return { objectives: { error: errors.reduce((sum, error) => sum + error, 0) / cases.length }, feedback: 'of ' + cases.length }
  },
})
`

const yaml = (last: string): string => `name: funnel
program: { file: program.js, entry: f }
evaluator: evaluator.ts
objectives: [{ name: error, direction: minimize }]
archive: { islands: 2, axes: [{ descriptor: source-length, range: [0, 1000], bins: 10 }] }
search: { order: by-ordinal, operators: { perturb-literals: 1 } }
pipeline:
  rungs: [{ cases: 1 }, { cases: 2, top: 0.5 }, ${last}]
`

let folder = ''
const runs = () => path.join(folder, 'runs')
const write = (name: string, text: string) => writeFile(path.join(folder, name), text)
/** Asks the database itself, which takes no process. */
function sql(run: string, query: string): Record<string, unknown>[] {
  const db = new Database(path.join(runs(), run, 'evolve.db'), { readonly: true })
  try {
    return db.prepare<[], Record<string, unknown>>(query).all()
  } finally {
    db.close()
  }
}
const placements = (run: string) => sql(run, 'select * from placements order by seq')
const rungs = (run: string) => sql(run, 'select * from rungs order by ordinal, stage')
const begin = (run: string, concurrency: number) => {
  const flags = ['--no-llm', '--candidates', '60', '--seed', '4', '--concurrency', String(concurrency)]
  return [path.join(folder, 'funnel.yaml'), ...flags, '--run', run, '--runs-dir', runs()]
}

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'evolve-funnel-'))
  await write('program.js', threeNumbers)
  await write('evaluator.ts', evaluator)
  await write('funnel.yaml', yaml('{ cases: 4, top: 0.5 }'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

test('only the best of a rung go on, and the archive holds nobody who has not finished the last one', async () => {
  const { code, stderr, stdout } = await evolve(begin('whole', 8))
  expect(stderr).toBe('')
  expect(code).toBe(0)
  expect(stdout).toMatch(/failures .* gated \d+/)
  const reached = sql(
    'whole',
    'select stage, count(*) as n, sum(promoted) as up from rungs group by stage order by stage',
  )
  const [second, third] = reached
  expect(Number(second?.['n'])).toBeGreaterThan(40)
  expect(Number(third?.['n'])).toBe(Number(second?.['up']))
  expect(Number(third?.['n'])).toBeLessThan(Number(second?.['n']))
  expect(Number(third?.['up'])).toBeLessThan(Number(third?.['n']))
  // Who was placed has run four cases, who was not promoted only those of its rungs, and none twice.
  const [counted] = sql(
    'whole',
    `select (select count(*) from programs where state = 'placed') as placed,
       (select count(*) from stage_runs where stage = 'score-3' and ok) as last,
       (select count(*) from programs where failure_kind = 'gated') as gated,
       (select count(*) from rungs where not promoted) as kept_back,
       (select max(json_array_length(output, '$.cases')) from stage_runs where stage = 'rung-2') as two,
       (select max(json_array_length(output, '$.cases')) from stage_runs where stage = 'rung-3') as four`,
  )
  expect(counted?.['placed']).toBe(counted?.['last'])
  expect(counted?.['gated']).toBe(counted?.['kept_back'])
  expect([counted?.['two'], counted?.['four']]).toEqual([2, 4])
  expect(sql('whole', 'select distinct feedback from evaluations')).toEqual([{ feedback: 'of 4' }])
}, 60_000)

test('by ordinal, concurrency 1 and 16 promote and place the same', async () => {
  for (const concurrency of [1, 16])
    expect((await evolve(begin(`at-${String(concurrency)}`, concurrency))).code).toBe(0)
  expect(placements('at-16')).toEqual(placements('at-1'))
  expect(rungs('at-16')).toEqual(rungs('at-1'))
  expect(placements('whole')).toEqual(placements('at-1'))
}, 90_000)

test('killed again and again it comes to the same, without running a finished rung twice', async () => {
  for (let kills = 0; ; kills++) {
    const begun = existsSync(path.join(runs(), 'killed', 'evolve.db'))
    const { child, finished } = start(begun ? ['resume', 'killed', '--runs-dir', runs()] : begin('killed', 8))
    const timer = setTimeout(() => kills < 4 && child.kill('SIGKILL'), 900 + 100 * kills)
    const { code } = await finished
    clearTimeout(timer)
    if (code === null) continue
    expect(code).toBe(0)
    expect(kills).toBeGreaterThan(0)
    break
  }
  expect(placements('killed')).toEqual(placements('whole'))
  expect(rungs('killed')).toEqual(rungs('whole'))
}, 90_000)

test('a replay decides alike', async () => {
  const { stdout } = await evolve(['replay', 'whole', '--concurrency', '3', '--runs-dir', runs()])
  expect(stdout).toMatch(/^whole: identical, 60 candidates/m)
}, 60_000)

test('a rescore after an edit of the last rung runs that rung again and no other', async () => {
  await write('funnel.yaml', yaml('{ cases: all, top: 0.5 }'))
  const before = rungs('whole')
  const { code, stdout, stderr } = await evolve(['rescore', 'whole', '--runs-dir', runs(), '--json'])
  expect(stderr).toBe('')
  expect(code).toBe(0)
  const { ran } = JSON.parse(stdout) as { ran: Record<string, number> }
  expect(Object.keys(ran).sort()).toEqual(['describe', 'promote-2', 'promote-3', 'rung-3', 'score-3'])
  const after = sql('whole', 'select * from rungs where pass = 1 order by ordinal, stage')
  expect(after.map((row) => ({ ...row, pass: 0 }))).toEqual(before)
  expect(sql('whole', 'select distinct feedback from evaluations')).toEqual([{ feedback: 'of 6' }])
  // The run goes on, its candidates compared with those that the rescore has put on the rungs.
  const more = await evolve(['resume', 'whole', '--candidates', '70', '--runs-dir', runs()])
  expect(more.code).toBe(0)
  const [latest] = sql('whole', "select max(of) as of from rungs where ordinal > 60 and stage = 'promote-2'")
  expect(Number(latest?.['of'])).toBeGreaterThan(40)
}, 60_000)

test('rungs that ask for more than there is are told all at once, each with its line, before anything runs', async () => {
  const text = (await readFile(path.join(folder, 'funnel.yaml'), 'utf8')).replace(
    /rungs: .*/,
    'rungs: [{ cases: 7 }, { cases: [k1, k9], top: 1 }]',
  )
  await write('wrong.yaml', text)
  const { code, stderr } = await evolve([path.join(folder, 'wrong.yaml'), '--no-llm', '--runs-dir', runs()])
  expect(code).toBe(2)
  const file = path.join(folder, 'wrong.yaml')
  expect(stderr.trimEnd().split('\n')).toEqual([
    `${file}:8:20 pipeline.rungs[0].cases: asks for 7 cases and the evaluator gives 6 cases: ask for fewer, or for all`,
    `${file}:8:34 pipeline.rungs[1].cases: asks for the case k9, which the evaluator does not ask for; it asks for k0, k1, k2, k3, k4, k5`,
  ])
}, 30_000)

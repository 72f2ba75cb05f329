import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { execFileSync, spawnSync } from 'node:child_process'
import process from 'node:process'
import Database from 'better-sqlite3'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startModelServer } from '../servers/model-server.ts'
import { evolve } from './cli.ts'
import { threeNumbers } from '../small-problems.ts'

/** The instance comes into the case and the score; the split tells the hold-out apart. */
const evaluator = `import { defineEvaluator, z } from 'evolve-agent'
export default defineEvaluator({
  output: z.number(),
  cases: ({ instance = 8, split }) => [{ id: split, args: [Number(instance) + (split === 'holdout' ? 100 : 0)] }],
  score({ cases: [only], instance }) {
    if (!only.ok) return only.failure
    // Level 5 is a thousand times as hard, so values of two levels cannot be taken for one another.
    const scale = instance === 5 ? 1000 : 1
    return {
      objectives: { error: scale * Math.abs(only.value - 3 * Number(only.args[0]) - 1) },
      feedback: 'instance ' + JSON.stringify(instance),
    }
  },
})
`

const yaml = `name: levels
program: { file: program.js, entry: f }
evaluator: evaluator.ts
objectives: [{ name: error, direction: minimize }]
known: [{ value: 0 }]
archive: { islands: 2, axes: [{ descriptor: source-length, range: [0, 1000], bins: 10 }], migration: { interval: 7 } }
search: { order: by-ordinal }
pipeline: { stages: [{ kind: parse }, { kind: dedupe }, { kind: run }, { kind: score }, { kind: describe }] }
curriculum: [5, { instance: 2, carry: 2 }, 8]
holdout: {}
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
const events = (run: string) => sql(run, "select kind, data from events where kind in ('level-ended', 'hand-over')")
const begin = (run: string, concurrency: number, file = 'levels.yaml') => {
  const flags = ['--no-llm', '--candidates', '48', '--seed', '4', '--concurrency', String(concurrency)]
  return [path.join(folder, file), ...flags, '--run', run, '--runs-dir', runs()]
}

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'evolve-curriculum-'))
  await write('program.js', threeNumbers)
  await write('evaluator.ts', evaluator)
  await write('levels.yaml', yaml)
})
afterAll(() => rm(folder, { recursive: true, force: true }))

describe('a curriculum', () => {
  test('lets the best of each level seed the next, and compares no values of two levels', async () => {
    const { code, stderr, stdout } = await evolve(begin('whole', 8))
    expect(stderr).toBe('')
    expect(code).toBe(0)
    expect(stdout).toMatch(
      /level 1 of 3: instance 5 is over, .* up to 16; level 2 of 3: instance 2 begins, seeded by \d+/,
    )
    expect(stdout).toMatch(/curriculum +level 3 of 3: instance 8\n/)
    const levels = sql(
      'whole',
      `select level, min(ordinal) as first, max(ordinal) as last, sum(operator = 'carry') as carried,
         count(distinct feedback) as told, min(feedback) as feedback
       from programs left join evaluations using (ordinal) group by level`,
    )
    expect(levels.map(({ carried: _, ...row }) => row)).toEqual([
      { level: 1, first: 0, last: 16, told: 1, feedback: 'instance 5' },
      { level: 2, first: 17, last: 32, told: 1, feedback: 'instance 2' },
      { level: 3, first: 33, last: 48, told: 1, feedback: 'instance 8' },
    ])
    expect(levels.map(({ carried }) => Number(carried) > 1)).toEqual([false, true, true])
    // What is carried is the program of the level before, word for word, and no duplicate of it.
    const carried = sql(
      'whole',
      `select own.state, own.source_id = before.source_id as same, own.level - before.level as step
       from carried join programs as own using (ordinal) join programs as before on before.ordinal = carried.source`,
    )
    expect(carried.every(({ state, same, step }) => state === 'placed' && same === 1 && step === 1)).toBe(true)
    const [mixed] = sql(
      'whole',
      `select (select count(*) from lineage join programs as child on child.ordinal = lineage.child
           join programs as parent on parent.ordinal = lineage.parent where role = 'parent' and child.level <> parent.level)
         as parents, (select count(*) from elites join programs using (ordinal) where level <> 3) as elites`,
    )
    expect(mixed).toEqual({ parents: 0, elites: 0 })
    const [best] = sql('whole', 'select min(value) as value from programs where level = 3')
    const status = JSON.parse((await evolve(['status', 'whole', '--json', '--runs-dir', runs()])).stdout) as {
      info: { best: number }
      best: { value: number }[]
      curriculum: { level: number; of: number; ends: unknown[] }
    }
    expect(status.info.best).toBe(best?.['value'])
    expect(status.best.at(-1)?.value).toBe(best?.['value'])
    expect(status.curriculum).toMatchObject({ level: 3, of: 3, isLast: true })
    expect(status.curriculum.ends).toHaveLength(2)
    const lineage = await evolve(['lineage', 'whole', 'best', '--runs-dir', runs()])
    expect(lineage.stdout).toMatch(/^0 .* first /)
    expect(lineage.stdout.match(/ carry /g)).toHaveLength(2)
    const held = sql('whole', 'select distinct objectives is not null as scored from holdout_scores')
    expect(held).toEqual([{ scored: 1 }])
    expect((await evolve(['report', 'whole', '--runs-dir', runs()])).code).toBe(0)
    expect(await readFile(path.join(runs(), 'whole/report.html'), 'utf8')).toContain('level 3 of 3: instance 8')
  }, 60_000)

  test('goes the same way at concurrency 1 and 16, and in a replay', async () => {
    for (const concurrency of [1, 16])
      expect((await evolve(begin(`at-${String(concurrency)}`, concurrency))).code).toBe(0)
    for (const run of ['at-1', 'at-16']) {
      expect(placements(run)).toEqual(placements('whole'))
      expect(events(run)).toEqual(events('whole'))
    }
    const replay = await evolve(['replay', 'whole', '--concurrency', '3', '--runs-dir', runs()])
    expect(replay.stdout).toMatch(/^whole: identical, 48 candidates/m)
    const asFinished = yaml.replace('search: { order: by-ordinal }\n', '').replace('name: levels', 'name: free')
    await write('free.yaml', asFinished)
    expect((await evolve(begin('free', 8, 'free.yaml'))).code).toBe(0)
    const again = await evolve(['replay', 'free', '--runs-dir', runs()])
    expect(again.stdout).toMatch(/^free: identical, 48 candidates/m)
  }, 90_000)

  // Verbs of the store and which call of them ends the process: within a level, after its end was written down, after
  // who seeds the next one was, and when the second of them was selected.
  test.each([
    ['place', 8],
    ['event', 1],
    ['event', 2],
    ['select', 19],
    ['event', 4],
  ])(
    'goes on alike after kill -9 at %s number %i',
    async (verb, count) => {
      const run = `killed-${verb}-${String(count)}`
      const dir = path.join(runs(), run)
      const file = path.join(folder, 'levels-48.yaml')
      await write('levels-48.yaml', `${yaml}budget: { candidates: 48 }\nllm: { models: [] }\n`)
      execFileSync('mkdir', ['-p', dir])
      const died = spawnSync(process.execPath, [
        path.join(import.meta.dirname, 'dying-run.ts'),
        dir,
        file,
        verb,
        String(count),
      ])
      expect(died.signal).toBe('SIGKILL')
      expect(existsSync(path.join(dir, 'evolve.db'))).toBe(true)
      const { code, stderr } = await evolve(['resume', run, '--runs-dir', runs(), '--problem', file])
      expect(stderr).toBe('')
      expect(code).toBe(0)
      if (reference === undefined) {
        const whole = begin('one', 8, 'levels-48.yaml').map((flag, index, all) =>
          all[index - 1] === '--seed' ? '1' : flag,
        )
        expect((await evolve(whole)).code).toBe(0)
        reference = { placements: placements('one'), events: events('one') }
      }
      expect(placements(run)).toEqual(reference.placements)
      expect(events(run).map(({ kind }) => kind)).toEqual(reference.events.map(({ kind }) => kind))
      expect(sql(run, "select count(*) as n from programs where state not in ('placed', 'failed')")).toEqual([{ n: 0 }])
    },
    60_000,
  )

  test('is scored again level by level, each program on its own instance', async () => {
    const before = sql('whole', 'select ordinal, level, value from programs where value is not null order by ordinal')
    await write('evaluator.ts', evaluator.replace('=== 5 ? 1000 : 1', '=== 5 ? 2000 : 2'))
    const { code, stderr } = await evolve(['rescore', 'whole', '--runs-dir', runs(), '--json'])
    await write('evaluator.ts', evaluator)
    expect(stderr).toBe('')
    expect(code).toBe(0)
    const after = sql('whole', 'select ordinal, level, value from programs where value is not null order by ordinal')
    expect(after).toEqual(before.map((row) => ({ ...row, value: 2 * Number(row['value']) })))
    expect(sql('whole', 'select distinct level from placements')).toEqual([{ level: 1 }, { level: 2 }, { level: 3 }])
  }, 60_000)

  test('is told to models, with the instance that counts now', async () => {
    const server = await startModelServer()
    const env = { OPENAI_API_KEY: 'sk-local', OPENAI_BASE_URL: server.baseUrl, OPENAI_MODEL: 'local' }
    const flags = ['--candidates', '12', '--seed', '2', '--run', 'asked', '--runs-dir', runs()]
    const run = await evolve([path.join(folder, 'levels.yaml'), ...flags], { env })
    await server.close()
    expect(run.code).toBe(0)
    const told = sql(
      'asked',
      `select distinct level, instr(system || user, 'scored on the instance ' || iif(level = 1, 5, iif(level = 2, 2, 8)) || ' of') > 0 as told
       from prompt_texts join programs using (ordinal) order by level`,
    )
    expect(told.length).toBeGreaterThan(0)
    expect(told.every((row) => row['told'] === 1)).toBe(true)
  }, 60_000)

  test('is left out by baselines, which work on the last instance alone', async () => {
    const flags = ['--no-llm', '--candidates', '5', '--sampler', 'greedy', '--run', 'greedy', '--runs-dir', runs()]
    expect((await evolve([path.join(folder, 'levels.yaml'), ...flags])).code).toBe(0)
    expect(sql('greedy', 'select distinct feedback from evaluations')).toEqual([{ feedback: 'instance 8' }])
  }, 30_000)

  test('stops when no program works on a level, not even the first one', async () => {
    const hopeless = evaluator.replace(
      'if (!only.ok)',
      "if (instance === 2) return { kind: 'constraint-violated', message: 'no' }\n    if (!only.ok)",
    )
    await write('hopeless.ts', hopeless)
    await write('hopeless.yaml', yaml.replace('evaluator.ts', 'hopeless.ts'))
    const { code, stdout } = await evolve(begin('hopeless', 4, 'hopeless.yaml'))
    expect(code).toBe(0)
    expect(stdout).toMatch(/no program works on level 2 of 3: instance 2/)
    expect(stdout).toMatch(/curriculum +level 1 of 3: instance 5/)
    expect(stdout).not.toMatch(/gap closed/)
  }, 30_000)
})

let reference: { readonly placements: unknown; readonly events: readonly Record<string, unknown>[] } | undefined

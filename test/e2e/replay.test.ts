import { cp, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import Database from 'better-sqlite3'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startModelServer } from '../servers/model-server.ts'
import { ask, evolve, root } from './cli.ts'

const problem = path.join(root, 'problems/circle-packing.yaml')
let runs = ''
beforeAll(async () => {
  runs = await mkdtemp(path.join(tmpdir(), 'evolve-replay-'))
})
afterAll(() => rm(runs, { recursive: true, force: true }))
const here = () => ['--runs-dir', runs]

test('a run with a model is replayed without it, identical, and leaves nothing behind', async () => {
  const server = await startModelServer()
  const env = { OPENAI_API_KEY: 'sk-local', OPENAI_BASE_URL: server.baseUrl, OPENAI_MODEL: 'local' }
  const run = await evolve([problem, '--candidates', '40', '--seed', '2', '--run', 'asked', ...here()], { env })
  await server.close()
  expect(run.code).toBe(0)
  const replay = await evolve(['replay', 'asked', '--concurrency', '3', ...here()])
  expect(replay.stderr).toBe('')
  expect(replay.stdout).toMatch(/^asked: identical, 40 candidates and \d+ placements$/m)
  expect(replay.code).toBe(0)
  expect(await readdir(runs)).toEqual(['asked'])
})

test('a replay that differs says where, and is kept', async () => {
  const db = new Database(path.join(runs, 'asked/evolve.db'))
  const changed = db
    .prepare(
      "UPDATE programs SET fitness = fitness + 1e-9 WHERE ordinal = (SELECT max(ordinal) FROM programs WHERE state = 'placed')",
    )
    .run()
  db.close()
  expect(changed.changes).toBe(1)
  const replay = await evolve(['replay', 'asked', ...here()])
  expect(replay.stdout).toMatch(
    /^asked: differs at candidate \d+, fitness: [\d.]+ before, [\d.]+ now; the replay is kept as asked-replay$/m,
  )
  expect(replay.code).toBe(1)
  expect(await readdir(runs)).toContain('asked-replay')
})

test('by ordinal, concurrency 1 and 16 place the same', async () => {
  const ordered = path.join(runs, 'ordered.yaml')
  const text = (await readFile(problem, 'utf8'))
    .replace('file: circle-packing.ts', `file: ${path.join(root, 'problems/circle-packing.ts')}`)
    .replace('../evaluators', path.join(root, 'evaluators'))
    .replace(/^search: \{/m, 'search: { order: by-ordinal,')
  await writeFile(ordered, text)
  const placed = async (concurrency: string) => {
    const run = `at-${concurrency}`
    const args = ['--candidates', '120', '--seed', '1', '--no-llm', '--concurrency', concurrency, '--run', run]
    expect((await evolve([ordered, ...args, ...here()])).code).toBe(0)
    return ask(runs, run, 'select * from placements order by seq')
  }
  const [one, sixteen] = [await placed('1'), await placed('16')]
  expect(one.length).toBeGreaterThan(50)
  expect(sixteen).toEqual(one)
  const tooMany = await evolve([ordered, '--concurrency', '17', ...here()])
  expect(tooMany.stderr).toMatch(
    /search\.order: by-ordinal needs a search\.lag of at least search\.concurrency \(17\), and it is 16/,
  )
})

test('a run whose evaluator has changed is not replayed', async () => {
  const folder = path.join(runs, 'problem')
  await cp(path.join(root, 'problems'), path.join(folder, 'problems'), { recursive: true })
  await cp(path.join(root, 'evaluators'), path.join(folder, 'evaluators'), { recursive: true })
  const copy = path.join(folder, 'problems/circle-packing.yaml')
  expect((await evolve([copy, '--candidates', '5', '--run', 'own', '--no-llm', ...here()])).code).toBe(0)
  const evaluator = path.join(folder, 'evaluators/circle-packing.ts')
  await writeFile(evaluator, `${await readFile(evaluator, 'utf8')}\n// changed\n`)
  const replay = await evolve(['replay', 'own', ...here()])
  expect(replay.stderr).toMatch(
    /circle-packing\.ts: the evaluator has changed since the run began: put it back to replay/,
  )
  expect(replay.code).toBe(2)
})

import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, rm, truncate, writeFile, open } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import Database from 'better-sqlite3'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ask, command, evolve, start } from './cli.ts'
import type { Finished } from './cli.ts'

let folder = ''

const yaml = `name: number
program: { file: number.ts, entry: f }
evaluator: evaluator.ts
objectives: [{ name: value, direction: maximize }]
budget: { candidates: 30 }
`
const program = `// EVOLVE-BLOCK-START
export function f(): number {
  return 1 + 0.5
}
// EVOLVE-BLOCK-END
`
const evaluator = `import { defineEvaluator, z } from 'evolve-agent'
export default defineEvaluator({
  output: z.number(),
  cases: () => [{ id: 'only', args: [] }],
  score({ cases: [only] }) {
    if (!only.ok) return only.failure
    return { objectives: { value: -Math.abs(only.value - 7) } }
  },
})
`

/** A problem folder of its own, with some of its files replaced. */
async function problem(files: Record<string, string> = {}): Promise<string> {
  const dir = await mkdtemp(path.join(folder, 'problem-'))
  const all = { 'number.yaml': yaml, 'number.ts': program, 'evaluator.ts': evaluator, ...files }
  for (const [name, text] of Object.entries(all)) await writeFile(path.join(dir, name), text)
  return dir
}

/** One line that says where and what, no stack, the right exit code. */
function expectOneLine({ code, stderr }: Finished, expected: RegExp, exitCode = 2): void {
  expect(stderr.trim().split('\n')).toHaveLength(1)
  expect(stderr).toMatch(expected)
  expect(stderr).not.toMatch(/^\s+at /m)
  expect(code).toBe(exitCode)
}

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'evolve-bad-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

describe('a problem with a mistake is one line with its place, and exit code 2', () => {
  const cases: readonly (readonly [what: string, files: Record<string, string>, message: RegExp])[] = [
    ['invalid YAML', { 'number.yaml': `${yaml}limits: { time: 1s\n` }, /number\.yaml:\d+:\d+/],
    ['an unknown key', { 'number.yaml': `${yaml}limit: { time: 1s }\n` }, /number\.yaml:6:1 limit: .*limits/],
    [
      'a sampler that needs the scores of several cases from an evaluator that gives none',
      { 'number.yaml': `${yaml}search: { sampler: per-input }\n` },
      /number\.yaml search\.sampler: .*per-input needs the scores of several cases.*choose another sampler/,
    ],
    ['a wrong type', { 'number.yaml': yaml.replace('30', 'many') }, /number\.yaml:5:\d+ budget\.candidates/],
    ['a missing marker', { 'number.ts': 'export const f = () => 1\n' }, /number\.ts.*EVOLVE-BLOCK-START/],
    ['nested markers', { 'number.ts': program.replace('export', '// EVOLVE-BLOCK-START\nexport') }, /number\.ts:2/],
    ['an unclosed marker', { 'number.ts': program.replace('// EVOLVE-BLOCK-END\n', '') }, /number\.ts:1/],
    [
      'an entry that does not exist',
      { 'number.yaml': yaml.replace('entry: f', 'entry: g') },
      /number\.ts.*named g.*exports f/,
    ],
    [
      'an evaluator that throws',
      { 'evaluator.ts': evaluator.replace('if (!only.ok)', "throw new Error('oh no')\n    if (!only.ok)") },
      /evaluator\.ts:6.*oh no/,
    ],
    [
      'an evaluator that returns NaN',
      { 'evaluator.ts': evaluator.replace('-Math.abs(only.value - 7)', 'NaN') },
      /evaluator\.ts.*value.*NaN/,
    ],
    ['an evaluator that is no evaluator', { 'evaluator.ts': 'export default 1\n' }, /evaluator\.ts.*defineEvaluator/],
    [
      'a first program that fails',
      { 'number.ts': program.replace('return 1', "throw new Error('at once')\n  return 1") },
      /number\.ts.*first program fails.*threw at line 3.*at once/,
    ],
  ]

  test.each(cases)('%s', async (_what, files, message) => {
    const dir = await problem(files)
    expectOneLine(await evolve(['number.yaml'], { cwd: dir }), message)
    // Nothing is left behind that would take the run's name.
    expect((await evolve(['runs'], { cwd: dir })).stdout).toMatch(/^no runs/)
  })

  test('a missing file', async () => {
    const dir = await problem()
    expectOneLine(await evolve(['numbr.yaml'], { cwd: dir }), /numbr\.yaml.*number\.yaml/)
  })

  test('a wrong flag names the flag', async () => {
    const dir = await problem()
    expectOneLine(await evolve(['number.yaml', '--candidates', 'x'], { cwd: dir }), /--candidates/)
    expect((await evolve(['number.yaml', '--candiates', '3'], { cwd: dir })).code).toBe(2)
  })

  test('--debug adds the stack', async () => {
    const dir = await problem({ 'number.yaml': `${yaml}limit: 1\n` })
    expect((await evolve(['number.yaml', '--debug'], { cwd: dir })).stderr).toMatch(/^\s+at /m)
  })
})

describe('a run that cannot be used', () => {
  async function finishedRun(): Promise<string> {
    const dir = await problem()
    expect((await evolve(['number.yaml', '--run', 'done'], { cwd: dir })).code).toBe(0)
    return dir
  }

  test('an unknown name is told with the nearest one', async () => {
    const dir = await finishedRun()
    for (const verb of ['status', 'best', 'resume']) {
      expectOneLine(await evolve([verb, 'donne'], { cwd: dir }), /no run "donne".*did you mean done/)
    }
  })

  test('a corrupt database is said to be corrupt', async () => {
    const dir = await finishedRun()
    const file = path.join(dir, 'runs/done/evolve.db')
    const handle = await open(file, 'r+')
    await handle.write(Buffer.alloc(100, 7), 0, 100, 0)
    await handle.close()
    expectOneLine(await evolve(['resume', 'done'], { cwd: dir }), /evolve\.db/, 3)
    expectOneLine(await evolve(['best', 'done'], { cwd: dir }), /evolve\.db/, 3)
    await truncate(file, 10)
    expectOneLine(await evolve(['resume', 'done'], { cwd: dir }), /evolve\.db/, 3)
  })

  test('a database of a newer version is refused', async () => {
    const dir = await finishedRun()
    const db = new Database(path.join(dir, 'runs/done/evolve.db'))
    db.pragma('user_version = 999')
    db.close()
    expectOneLine(await evolve(['resume', 'done'], { cwd: dir }), /newer|upgrade/i)
    expectOneLine(await evolve(['status', 'done'], { cwd: dir }), /newer|upgrade/i)
  })

  test('a changed evaluator or first program is named, and can be accepted', async () => {
    const dir = await finishedRun()
    await writeFile(path.join(dir, 'evaluator.ts'), evaluator.replace('- 7', '- 8'))
    expectOneLine(await evolve(['resume', 'done', '--candidates', '40'], { cwd: dir }), /evaluator\.ts.*changed/)
    const accepted = await evolve(['resume', 'done', '--candidates', '40', '--accept-changes'], { cwd: dir })
    expect(accepted.code).toBe(0)
    const events = await ask(
      path.join(dir, 'runs'),
      'done',
      "select count(*) as n from events where kind = 'changes-accepted'",
    )
    expect(events).toEqual([{ n: 1 }])
  })

  test('a run folder that was moved is resumed with --problem', async () => {
    const dir = await finishedRun()
    const moved = path.join(folder, 'moved')
    await mkdir(moved)
    await cp(dir, moved, { recursive: true })
    await rm(dir, { recursive: true })
    expectOneLine(await evolve(['resume', 'done', '--candidates', '40'], { cwd: moved }), /--problem/)
    const resumed = await evolve(['resume', 'done', '--candidates', '40', '--problem', 'number.yaml'], { cwd: moved })
    expect(resumed.code).toBe(0)
  })

  test('a full disk ends the run in one line, and what was written is sound', async () => {
    const dir = await problem()
    // A limit on the size of one file stands for the disk: writes beyond it fail like writes to a full one.
    const script = `trap '' XFSZ; ulimit -f 4000; exec "$0" "$1" number.yaml --candidates 100000 --run full`
    const finished = await new Promise<Finished>((resolve) => {
      execFile('/bin/sh', ['-c', script, process.execPath, command], { cwd: dir }, (error, stdout, stderr) => {
        resolve({ code: typeof error?.code === 'number' ? error.code : 0, signal: null, stdout, stderr })
      })
    })
    expect(finished.code).toBe(3)
    expect(finished.stderr).toMatch(/evolve\.db.*(full|disk|space|write)/i)
    expect(finished.stderr).not.toMatch(/^\s+at /m)
    const done = await ask(path.join(dir, 'runs'), 'full', 'select count(*) as n from programs')
    expect(Number(done[0]?.['n'])).toBeGreaterThan(5)
    const further = await evolve(['resume', 'full', '--candidates', String(Number(done[0]?.['n']) + 5)], { cwd: dir })
    expect(further.code).toBe(0)
  })

  test('keys never reach disk, output or candidates', async () => {
    const dir = await problem()
    const secret = 'sk-never-to-be-seen-4711'
    const env = { OPENAI_API_KEY: secret, OPENAI_BASE_URL: 'http://127.0.0.1:9/v1' }
    const { child, finished } = start(['number.yaml', '--run', 'keys', '--candidates', '4'], { cwd: dir, env })
    await new Promise((resolve) => setTimeout(resolve, 3000))
    child.kill('SIGINT')
    await new Promise((resolve) => setTimeout(resolve, 500))
    child.kill('SIGINT')
    const { stdout, stderr } = await finished
    expect(stdout + stderr).not.toContain(secret)
    const found = await new Promise<string>((resolve) => {
      execFile('grep', ['-rl', secret, dir], (_error, out) => resolve(out))
    })
    expect(found).toBe('')
  })
})

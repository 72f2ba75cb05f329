import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ask, command, evolve, start } from './cli.ts'

const problem = 'problems/circle-packing.yaml'
let runs = ''

beforeAll(async () => {
  runs = await mkdtemp(path.join(tmpdir(), 'evolve-runs-'))
})
afterAll(() => rm(runs, { recursive: true, force: true }))

const here = () => ['--runs-dir', runs]

describe('a run without a key', () => {
  test('evolves the first program and says what came of it', async () => {
    const { code, stdout } = await evolve([problem, '--candidates', '300', '--seed', '1', '--run', 'one', ...here()])
    expect(code).toBe(0)
    expect(stdout).toContain('no language model')
    expect(stdout).toMatch(/first value +0\.9/)
    expect(stdout).toMatch(/best known +2\.635983084917/)
    expect(stdout).toMatch(/gap closed/)
    expect(stdout).toContain('npx evolve resume one')
    expect(stdout).not.toContain('\u001b')
  })

  test('answers SQL: best so far, failures by kind, ancestry of the best', async () => {
    const best = await ask(runs, 'one', 'select ordinal, value from best_so_far order by seq')
    expect(best[0]).toMatchObject({ ordinal: 0 })
    expect(Number(best.at(-1)?.['value'])).toBeGreaterThan(Number(best[0]?.['value']))
    const counted = await ask(
      runs,
      'one',
      "select count(*) as n, max(ordinal) as last from programs where ordinal > 0 and state in ('placed', 'failed')",
    )
    expect(counted).toEqual([{ n: 300, last: 300 }])
    const failures = await ask(runs, 'one', 'select kind, sum(count) as n from failures group by kind')
    const failed = await ask(runs, 'one', "select count(*) as n from programs where state = 'failed'")
    expect(failures.reduce((sum, row) => sum + Number(row['n']), 0)).toBe(failed[0]?.['n'])
    const ancestry = await ask(
      runs,
      'one',
      `with recursive line(program, depth) as (
         select ordinal, 0 from (select ordinal from best_so_far order by seq desc limit 1)
         union all
         select edges.parent, depth + 1 from edges join line on edges.child = line.program where role = 'parent')
       select program, depth from line order by depth desc`,
    )
    expect(ancestry[0]).toMatchObject({ program: 0 })
    expect(ancestry.at(-1)).toMatchObject({ program: best.at(-1)?.['ordinal'], depth: 0 })
  })

  test('keeps the best program as a file that scores what the run says', async () => {
    const file = await readFile(path.join(runs, 'one', 'best.ts'), 'utf8')
    const { stdout } = await evolve(['best', 'one', ...here()])
    expect(file).toBe(stdout)
    const difference = await evolve(['best', 'one', '--diff', ...here()])
    expect(difference.stdout).toMatch(/^--- program 0\n\+\+\+ program \d+\n@@/)
  })

  test('shows its status, its list and a program', async () => {
    expect((await evolve(['status', 'one', ...here()])).stdout).toMatch(/one: done[\s\S]*candidates +300 of 300/)
    expect((await evolve(['runs', ...here()])).stdout).toMatch(/one +done +300/)
    const shown = await evolve(['show', 'one', '1', ...here()])
    expect(shown.code).toBe(0)
    expect(shown.stdout).toMatch(/operator +perturb/)
    expect(shown.stdout).toContain('EVOLVE-BLOCK-START')
  })

  test('prints one JSON object and nothing else with --json', async () => {
    const { code, stdout } = await evolve([problem, '--candidates', '20', '--seed', '2', '--json', ...here()])
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ finished: 20, interrupted: false })
  })

  test('a reader that goes away ends neither a question nor a run', async () => {
    const piped = async (args: string): Promise<{ code: number; stderr: string }> =>
      new Promise((resolve) => {
        const script = ` "$0" "$1" ${args} --runs-dir "$2" | head -c 20; exit \${PIPESTATUS[0]}`
        execFile('bash', ['-c', script, process.execPath, command, runs], (error, _out, stderr) => {
          resolve({ code: typeof error?.code === 'number' ? error.code : 0, stderr })
        })
      })
    expect(await piped('sql one "select a.* from programs a, programs b" --csv')).toEqual({ code: 0, stderr: '' })
    const run = await piped(`${problem} --candidates 60 --seed 1 --run piped`)
    expect(run).toEqual({ code: 0, stderr: '' })
    expect(await ask(runs, 'piped', 'select max(ordinal) as last from programs')).toEqual([{ last: 60 }])
  })

  test('goes further on resume with a larger budget', async () => {
    const { code } = await evolve(['resume', 'one', '--candidates', '350', '--json', ...here()])
    expect(code).toBe(0)
    expect(await ask(runs, 'one', 'select max(ordinal) as last from programs')).toEqual([{ last: 350 }])
  })

  test('drains on the first Ctrl+C, exits 130 and can be resumed', async () => {
    const { child, finished } = start([problem, '--candidates', '100000', '--run', 'stopped', ...here()])
    await new Promise((resolve) => setTimeout(resolve, 4000))
    child.kill('SIGINT')
    const { code, stdout } = await finished
    expect(code).toBe(130)
    expect(stdout).toContain('npx evolve resume stopped')
    const open = await ask(
      runs,
      'stopped',
      "select count(*) as n from programs where state not in ('placed', 'failed')",
    )
    expect(open).toEqual([{ n: 0 }])
  })

  test('refuses a second process on the same run', async () => {
    const first = start(['resume', 'stopped', ...here()])
    await new Promise((resolve) => setTimeout(resolve, 3000))
    const second = await evolve(['resume', 'stopped', ...here()])
    first.child.kill('SIGINT')
    await first.finished
    expect(second.code).toBe(2)
    expect(second.stderr).toMatch(new RegExp(`process ${String(first.child.pid)}|${String(first.child.pid)}`))
    expect(second.stderr.trim().split('\n')).toHaveLength(1)
  })
})

describe('evolve check', () => {
  test('evaluates the first program and tries to fool the evaluator', async () => {
    const { code, stdout } = await evolve(['check', problem])
    expect(code).toBe(0)
    expect(stdout).toContain('sum_radii = 0.9')
    expect(stdout).toMatch(/reachable cells/)
    expect(stdout).toMatch(/active +.+/)
    expect(stdout).toMatch(/NaN[^\n]*invalid-output/)
    expect(stdout).not.toMatch(/(NaN|Infinity)[^\n]*valid: \{/)
  })
})

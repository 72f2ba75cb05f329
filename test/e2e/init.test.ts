import { execFile, spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { evolve, root } from './cli.ts'

const files = ['README.md', 'evaluator.ts', 'problem.yaml', 'program.ts']
let folder = ''

beforeAll(async () => {
  folder = await realpath(await mkdtemp(path.join(tmpdir(), 'evolve-init-')))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

describe('evolve init', () => {
  test('writes a problem named after its folder, which evolve check finds sound', async () => {
    const { code, stdout, stderr } = await evolve(['init', 'Far points!'], { cwd: folder })
    expect(stderr).toBe('')
    expect(code).toBe(0)
    expect(stdout).toContain('npx evolve check')
    const made = path.join(folder, 'Far points!')
    expect((await readdir(made)).sort()).toEqual(files)
    const yaml = await readFile(path.join(made, 'problem.yaml'), 'utf8')
    expect(parse(yaml)).toMatchObject({ name: 'Far-points-' })
    const schema = /\$schema=(\S+)/.exec(yaml)?.[1] ?? ''
    expect(path.resolve(made, schema)).toBe(path.join(root, 'schemas/problem.schema.json'))
    expect(await readFile(path.join(made, 'README.md'), 'utf8')).toContain('npx evolve best Far-points- --diff')
    const check = await evolve(['check', path.join(made, 'problem.yaml')], { cwd: folder })
    expect(check.stderr).toBe('')
    expect(check.code).toBe(0)
    expect(check.stdout).not.toMatch(/lost its last item[^\n]*valid: \{/)
  })

  test('starts a problem in Python that runs at once and improves', async ({ skip }) => {
    if (spawnSync('python3', ['--version']).status !== 0) skip('there is no python3 here')
    const { code, stdout } = await evolve(['init', 'snake', '--language', 'python'], { cwd: folder })
    expect(code).toBe(0)
    expect(stdout).toContain('wrote problem.yaml, program.py, evaluator.ts, README.md')
    const made = path.join(folder, 'snake')
    expect((await readdir(made)).sort()).toEqual(['README.md', 'evaluator.ts', 'problem.yaml', 'program.py'])
    const schema = /\$schema=(\S+)/.exec(await readFile(path.join(made, 'problem.yaml'), 'utf8'))?.[1] ?? ''
    expect(path.resolve(made, schema)).toBe(path.join(root, 'schemas/problem.schema.json'))
    expect(await readFile(path.join(made, 'README.md'), 'utf8')).not.toContain('program.ts')
    const args = [path.join('snake', 'problem.yaml'), '--candidates', '60', '--seed', '1', '--no-llm', '--json']
    const run = await evolve(args, { cwd: folder })
    const { first, best } = JSON.parse(run.stdout) as { first: number; best: number }
    expect(best).toBeGreaterThan(first)
  })

  test('an unknown language is one line', async () => {
    const { code, stderr } = await evolve(['init', 'cobol', '--language', 'cobol'], { cwd: folder })
    expect(code).toBe(2)
    expect(stderr).toContain('there are starters in typescript and python')
  })

  test('overwrites nothing: one line per file that is in the way, and no file written', async () => {
    const taken = path.join(folder, 'taken')
    await mkdir(taken)
    await writeFile(path.join(taken, 'problem.yaml'), 'mine')
    await writeFile(path.join(taken, 'README.md'), 'mine too')
    await writeFile(path.join(taken, 'other.txt'), 'not in the way')
    const { code, stderr } = await evolve(['init', 'taken'], { cwd: folder })
    expect(code).toBe(2)
    expect(stderr.trim().split('\n')).toEqual([
      'taken/problem.yaml: is already there; nothing is overwritten: name another folder, or move this file away',
      'taken/README.md: is already there; nothing is overwritten: name another folder, or move this file away',
    ])
    expect((await readdir(taken)).sort()).toEqual(['README.md', 'other.txt', 'problem.yaml'])
    expect(await readFile(path.join(taken, 'problem.yaml'), 'utf8')).toBe('mine')
  })

  test('says so when the folder is a file', async () => {
    await writeFile(path.join(folder, 'a-file'), '')
    const { code, stderr } = await evolve(['init', 'a-file'], { cwd: folder })
    expect(code).toBe(2)
    expect(stderr).toBe('a-file: is a file: name a folder that is to hold the new problem\n')
  })
})

describe('evolve init --from', () => {
  const source = `/** Windows line endings, a helper, a constant and a type of the file. */
import { readFileSync } from 'node:fs'
type Level = 'low' | 'high'
const limits = { low: 1, high: 3 }
const apart = (a: number, b: number): number => Math.abs(a - b)
export function closePairs(values: number[], level: Level): number {
  let count = 0
  for (let i = 0; i < values.length; i++) {
    for (let j = 0; j < values.length; j++) if (i !== j && apart(values[i]!, values[j]!) < limits[level]) count++
  }
  return count / 2
}
export const load = (name: string) => readFileSync(name, 'utf8')
`

  test('makes a problem of a function that check finds sound and evolve runs', async () => {
    const home = path.join(folder, 'from')
    await mkdir(path.join(home, 'src'), { recursive: true })
    await mkdir(path.join(home, 'work'))
    await writeFile(path.join(home, 'src/pairs.ts'), source.replaceAll('\n', '\r\n'))
    const cwd = path.join(home, 'work')
    const made = await evolve(['init', 'pairs', '--from', '../src/pairs.ts#closePairs'], { cwd })
    expect(made.stderr).toBe('')
    expect(made.stdout).toContain('closePairs is called with { list: ')
    expect(made.stdout).toContain("{ oneOf: ['low', 'high'] } (read from its types)")
    const problem = path.join(cwd, 'pairs')
    expect((await readdir(problem)).sort()).toEqual([
      'README.md',
      'evaluator.ts',
      'problem.yaml',
      'program.ts',
      'reference.ts',
    ])
    const program = await readFile(path.join(problem, 'program.ts'), 'utf8')
    expect(program).not.toMatch(/\r|readFileSync/)
    expect(program).toContain('const apart')
    const check = await evolve(['check', 'pairs/problem.yaml'], { cwd })
    expect(check.stderr).toBe('')
    expect(check.stdout).not.toMatch(/valid: \{/)
    const run = await evolve(['pairs/problem.yaml', '--candidates', '12', '--seed', '1', '--no-llm', '--json'], { cwd })
    expect(run.code).toBe(0)
    expect(JSON.parse(run.stdout)).toMatchObject({ finished: 12 })
  })

  test('takes JavaScript with JSDoc, --args and a tolerance', async () => {
    const cwd = path.join(folder, 'from')
    await writeFile(
      path.join(cwd, 'mean.mjs'),
      'export default (xs) => { let s = 0; for (const x of xs) for (let k = 0; k < 30; k++) s += x * k; return s }',
    )
    const given = ['--args', '[{ list: number, length: [200, 200] }]', '--tolerance', '1e-9']
    const made = await evolve(['init', 'mean', '--from', 'mean.mjs#default', ...given], { cwd })
    expect(made.stderr).toBe('')
    expect((await readdir(path.join(cwd, 'mean'))).sort()).toContain('program.js')
    expect(parse(await readFile(path.join(cwd, 'mean/problem.yaml'), 'utf8'))).toMatchObject({
      program: { file: 'program.js', entry: 'mean' },
    })
    expect(await readFile(path.join(cwd, 'mean/evaluator.ts'), 'utf8')).toContain('const tolerance = 1e-9')
    const check = await evolve(['check', 'mean/problem.yaml'], { cwd })
    expect(check.code).toBe(0)
  })

  test.each([
    [['--from', 'src/pairs.ts#load'], 'src/pairs.ts:13: load needs readFileSync from node:fs'],
    [['--from', 'src/pairs.ts#closePair'], 'src/pairs.ts: has no function closePair: did you mean closePairs?'],
    [['--from', 'src/pairs.ts'], 'say which function: --from src/pairs.ts#'],
    [['--from', 'src/none.ts#f'], 'src/none.ts: cannot be read'],
    [['--from', 'src/pairs.py#f'], 'src/pairs.py: only functions in TypeScript and JavaScript can be taken'],
    [['--args', '[int]'], '--args goes with --from'],
    [
      ['--from', 'src/pairs.ts#closePairs', '--args', '[{ list: string }, { oneOf: [low] }, int]'],
      'tells of 3 arguments',
    ],
  ])('refuses %j in one line and writes nothing', async (args, message) => {
    const cwd = path.join(folder, 'from')
    const { code, stderr } = await evolve(['init', 'refused', ...args], { cwd })
    expect(code).toBe(2)
    expect(stderr).toContain(message)
    expect(stderr.trim()).not.toContain('\n')
    expect(await readdir(cwd)).not.toContain('refused')
  })

  test('writes into no folder that holds anything, and takes its files back when the function does not work', async () => {
    const cwd = path.join(folder, 'from')
    const taken = await evolve(['init', 'src', '--from', 'src/pairs.ts#closePairs'], { cwd })
    expect(taken.code).toBe(2)
    expect(taken.stderr).toBe('src: is not empty, and nothing is overwritten: name a new folder\n')
    await writeFile(
      path.join(cwd, 'throws.ts'),
      "export function f(n: number): number { throw new Error('never ' + n) }",
    )
    const failing = await evolve(['init', 'failing', '--from', 'throws.ts#f'], { cwd })
    expect(failing.code).toBe(2)
    expect(failing.stderr).toMatch(
      /^throws\.ts: f does not work on the inputs that were drawn for it \(.*never.*\): say what/,
    )
    expect(await readdir(cwd)).not.toContain('failing')
  })
})

describe('the packed package in an empty folder', () => {
  const run = promisify(execFile)
  /** As a user's shell: nothing of this repository on the PATH, no registry in reach. */
  const env = {
    PATH: (process.env['PATH'] ?? '')
      .split(path.delimiter)
      .filter((entry) => !entry.includes('node_modules'))
      .join(path.delimiter),
    HOME: process.env['HOME'] ?? '',
    npm_config_offline: 'true',
    npm_config_audit: 'false',
    npm_config_fund: 'false',
    npm_config_update_notifier: 'false',
    npm_config_loglevel: 'error',
  }

  /** npm 11.19 has stood still for good while it unpacked a tarball out of its cache: it gets one of its own, and a second try. */
  const install = async (tarball: string, cwd: string): Promise<void> => {
    for (let tries = 1; ; tries++) {
      const npm_config_cache = path.join(folder, `npm-cache-${String(tries)}`)
      try {
        await run('npm', ['install', '--ignore-scripts', tarball], {
          cwd,
          env: { ...env, npm_config_cache },
          timeout: 60_000,
          killSignal: 'SIGKILL',
        })
        return
      } catch (error) {
        if (tries === 2 || (error as { readonly killed?: boolean }).killed !== true) throw error
      }
    }
  }

  test('npx evolve init, then npx evolve, works and is our command', async () => {
    const home = path.join(folder, 'empty')
    await mkdir(home)
    const packed = await run('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', folder], {
      cwd: root,
      env,
    })
    const [tarball] = JSON.parse(packed.stdout) as { filename: string }[]
    // The dependencies come from this checkout instead of a registry, by links: a dependency that package.json
    // does not declare is therefore not found.
    const { dependencies, version } = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8')) as {
      dependencies: Record<string, string>
      version: string
    }
    const overrides = Object.fromEntries(
      Object.keys(dependencies).map((name) => [name, `file:${path.join(root, 'node_modules', name)}`]),
    )
    await writeFile(path.join(home, 'package.json'), JSON.stringify({ private: true, overrides }))
    await install(path.join(folder, tarball?.filename ?? ''), home)

    const { stdout } = await run(
      'sh',
      ['-c', 'npx evolve init my-problem && npx evolve my-problem/problem.yaml --candidates 200'],
      { cwd: home, env },
    )
    expect(stdout).toMatch(/my-problem: 200 candidates are done/)
    const [first, best] = ['first value', 'best '].map((label) =>
      Number(new RegExp(`^ *${label} +([\\d.]+)`, 'm').exec(stdout)?.[1]),
    )
    expect(best).toBeGreaterThan(first!)
    expect((await readdir(path.join(home, 'runs/my-problem'))).sort()).toContain('best.ts')

    await writeFile(
      path.join(home, 'pairs.ts'),
      'export function pairs(v: number[]): number { let s = 0; for (const a of v) for (const b of v) if (a < b) s++; return s }',
    )
    const from = await run(
      'sh',
      ['-c', 'npx evolve init faster --from pairs.ts#pairs && npx evolve faster/problem.yaml --candidates 3 --no-llm'],
      { cwd: home, env },
    )
    expect(from.stdout).toMatch(/faster: 3 candidates are done/)

    const where = await run('npx', ['-c', 'command -v evolve'], { cwd: home, env })
    const ours = path.join(home, 'node_modules/evolve-agent/dist/cli/main.js')
    expect(await realpath(where.stdout.trim())).toBe(ours)
    expect(await readFile(ours, 'utf8')).toBe(await readFile(path.join(root, 'dist/cli/main.js'), 'utf8'))
    expect((await run('npx', ['evolve', '--version'], { cwd: home, env })).stdout.trim()).toBe(version)
  }, 240_000)
})

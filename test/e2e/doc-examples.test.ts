import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { editing, startModelServer } from '../servers/model-server.ts'
import { ask, evolve, root } from './cli.ts'

/** Code blocks of a page that carry a file name, as ```` ```ts folder/file.ts ````. */
function namedBlocks(page: string): readonly (readonly [name: string, text: string])[] {
  const text = readFileSync(path.join(root, 'docs', page), 'utf8')
  return [...text.matchAll(/^```\w+ (\S+)\n([\s\S]*?)^```$/gm)].map(([, name = '', body = '']) => [name, body])
}

const blocks = [...namedBlocks('evaluators.md'), ...namedBlocks('pipeline.md')]

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'evolve-examples-'))
  for (const [name, text] of blocks) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true })
    writeFileSync(path.join(folder, name), text)
  }
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Whether a machine has a command; without it an example cannot be tried. */
function has(command: string, ...args: readonly string[]): boolean {
  try {
    execFileSync(command, args.length === 0 ? ['--version'] : args, { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

interface Summary {
  readonly first: number
  readonly best: number
  readonly failures: Readonly<Record<string, number>>
}

async function evolved(file: string, candidates: number, env: Record<string, string> = {}): Promise<Summary> {
  const flags = ['--candidates', String(candidates), '--seed', '1', '--json']
  const { code, stdout, stderr } = await evolve([file, ...flags], { cwd: folder, env })
  expect(code, stderr).toBe(0)
  return JSON.parse(stdout) as Summary
}

describe('the examples of docs/evaluators.md and docs/pipeline.md, copied and run', () => {
  test('are one for each backend, and no file stands twice', () => {
    const names = blocks.map(([name]) => name)
    expect(new Set(names).size).toBe(names.length)
    expect(names.filter((name) => name.endsWith('.yaml')).sort()).toEqual([
      'cascade/problem.yaml',
      'cascade/review.yaml',
      'gaps/cpp.yaml',
      'gaps/cuda.yaml',
      'gaps/problem.yaml',
      'gaps/python.yaml',
      'gaps/scorer.yaml',
      'rate/problem.yaml',
    ])
  })

  test('isolate: a program in TypeScript, also by check as the page says', async () => {
    const check = await evolve(['check', 'gaps/problem.yaml'], { cwd: folder })
    expect([check.code, check.stderr]).toEqual([0, ''])
    const { first, best } = await evolved('gaps/problem.yaml', 60)
    expect(first).toBeCloseTo(1 / 7, 12)
    expect(best).toBeGreaterThan(first)
  }, 60_000)

  test('none: a program that is data', async () => {
    const { first, best } = await evolved('rate/problem.yaml', 30)
    expect(first).toBeCloseTo(0.04, 12)
    expect(best).toBeLessThan(first)
  }, 60_000)

  test.runIf(has('python3'))(
    'process: a program in Python',
    async () => {
      const { first, best } = await evolved('gaps/python.yaml', 15)
      expect(first).toBeCloseTo(1 / 7, 12)
      expect(best).toBeGreaterThanOrEqual(first)
    },
    60_000,
  )

  test.runIf(has('g++'))(
    'process with a build: a program in C++',
    async () => {
      const { first, failures } = await evolved('gaps/cpp.yaml', 6)
      expect(first).toBeCloseTo(1 / 7, 12)
      expect(failures['syntax'] ?? 0).toBe(0)
    },
    60_000,
  )

  test.runIf(has('python3'))(
    'a warm scorer that speaks lines of JSON',
    async () => {
      const { first, best } = await evolved('gaps/scorer.yaml', 30)
      expect(first).toBeCloseTo(1 / 7, 12)
      expect(best).toBeGreaterThanOrEqual(first)
    },
    60_000,
  )

  test('process with a build and a device: a program in CUDA, or in one line why not', async () => {
    if (has('nvcc') && has('nvidia-smi', '-L')) {
      expect((await evolved('gaps/cuda.yaml', 4)).first).toBeCloseTo(1 / 7, 12)
      return
    }
    const { code, stdout, stderr } = await evolve(['check', 'gaps/cuda.yaml'], { cwd: folder })
    expect(code).toBe(2)
    if (!has('nvidia-smi', '-L')) expect(stdout).toMatch(/^devices +none: there is no GPU that CUDA can use: .+$/m)
    expect(stderr.trim()).toMatch(/^[^\n]*(?:there is no command nvcc|there is no GPU)[^\n]*$/)
  }, 60_000)

  test('a cascade, in which a cheap run decides who gets the expensive one', async () => {
    const { first, best, failures } = await evolved('cascade/problem.yaml', 120)
    expect(first).toBeGreaterThan(0)
    expect(best).toBeGreaterThan(first)
    expect(failures['gated'] ?? 0).toBeGreaterThan(0)
  }, 60_000)

  test('a review by a model', async () => {
    const answer = { general: { grade: 8, reason: 'all' }, clarity: { grade: 3, reason: 'short' } }
    const server = await startModelServer((request) =>
      request.system.startsWith('You grade a program')
        ? { kind: 'reply', text: JSON.stringify({ review: answer }) }
        : editing(request),
    )
    try {
      const env = { OPENAI_API_KEY: 'sk-local', OPENAI_BASE_URL: server.baseUrl }
      await evolved('cascade/review.yaml', 12, env)
      const graded = `select count(*) as n from stage_runs where stage = 'review' and output ->> '$.objectives.general' = 8`
      const [row] = await ask(path.join(folder, 'runs'), 'reviewed', graded)
      expect(Number(row?.['n'])).toBeGreaterThan(1)
    } finally {
      await server.close()
    }
  }, 60_000)
})

import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { splitFiles } from '../../src/core/program-files.ts'
import { startModelServer } from '../servers/model-server.ts'
import { ask, evolve } from './cli.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'evolve-files-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const files = {
  'problem.yaml': `name: parts
program: { files: [src/main.ts, src/lib/part.ts, { file: src/fixed.ts, fixed: true }], entry: f }
evaluator: evaluator.ts
objectives: [{ name: value, direction: maximize }]
search: { operators: { diff: 1, rewrite: 1 }, concurrency: 2 }
`,
  'src/main.ts': `import { part } from './lib/part.ts'
import { one } from './fixed.ts'
// EVOLVE-BLOCK-START
export const f = (): number => one + part(1.5)
// EVOLVE-BLOCK-END
`,
  'src/lib/part.ts': `export function part(x: number): number {
  return x * 2.5
}
`,
  'src/fixed.ts': 'export const one = 1\n',
  'evaluator.ts': `import { defineEvaluator, z } from 'evolve-agent'
export default defineEvaluator({
  output: z.number(),
  cases: () => [{ id: 'only', args: [] }],
  score: ({ cases: [only] }) => (only.ok ? { objectives: { value: -Math.abs(only.value - 9) } } : only.failure),
})
`,
}

/** What a model might answer to one prompt after another: good edits, bad files, a rewrite, a crash in a named file. */
function reply(prompt: string, turn: number): string {
  if (/Then give every file that you change anew/.test(prompt)) {
    return turn % 2 === 0
      ? `\`\`\`ts lib/part.ts\nexport function part(x: number): number {\n  return x * ${String(2 + turn / 4)}\n}\n\`\`\``
      : '```ts lib/part.ts\n\nexport const part = (x: number): number => x.y.z\n```'
  }
  const [, shown = ''] = /^ {2}return x \* (.+)$/m.exec(prompt) ?? []
  const blocks = [
    ['lib/part.ts', `  return x * ${shown}`, `  return x * ${String(3 + turn / 8)}`],
    ['fixed.ts', 'export const one = 1', 'export const one = 8'],
    ['main.ts', 'export const f = (): number => one + part(1.5)', '// EVOLVE-FILE more.ts\nexport const f = () => 9'],
  ] as const
  const [file, search, replace] = blocks[turn % 3] ?? blocks[0]
  return `I edit ${file}.\n<<<<<<< SEARCH ${file}\n${search}\n=======\n${replace}\n>>>>>>> REPLACE\n`
}

test('a program of several files evolves within what may change, and its best is a folder', async () => {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(folder, name)), { recursive: true })
    await writeFile(path.join(folder, name), text)
  }
  const server = await startModelServer((request) => ({
    kind: 'reply',
    text: reply(`${request.system}\n${request.user}`, request.number),
  }))
  try {
    const runs = path.join(folder, 'runs')
    const file = path.join(folder, 'problem.yaml')
    const env = { OPENAI_API_KEY: 'sk-local', OPENAI_BASE_URL: server.baseUrl, OPENAI_MODEL: 'local' }
    const run = await evolve([file, '--candidates', '24', '--seed', '3', '--runs-dir', runs], { env })
    expect(run.stderr).toBe('')
    expect(run.code).toBe(0)

    const programs = await ask(
      runs,
      'parts',
      'select ordinal, state, failure, text from programs left join sources on sources.id = programs.source_id',
    )
    const placed = programs.filter(({ state }) => state === 'placed')
    expect(placed.length).toBeGreaterThan(5)
    for (const { text } of placed) {
      const parts = splitFiles(String(text))
      expect(parts.map((part) => part.path)).toEqual(['main.ts', 'lib/part.ts', 'fixed.ts'])
      expect(parts[2]?.text).toBe(files['src/fixed.ts'])
    }
    const failures = programs.flatMap(({ failure }) => (typeof failure === 'string' ? [failure] : []))
    expect(failures.some((text) => text.includes('nothing in the file fixed.ts may change'))).toBe(true)
    expect(failures.some((text) => text.includes('must not contain EVOLVE-FILE lines'))).toBe(true)
    expect(failures.map((text) => JSON.parse(text) as object)).toContainEqual(
      expect.objectContaining({ kind: 'threw', file: 'lib/part.ts', line: 2 }),
    )

    const best = path.join(runs, 'parts/best')
    expect((await readdir(best, { recursive: true })).sort()).toEqual(['fixed.ts', 'lib', 'lib/part.ts', 'main.ts'])
    const part = await readFile(path.join(best, 'lib/part.ts'), 'utf8')
    expect(part).toMatch(/^export function part/)
    expect(part).not.toBe(files['src/lib/part.ts'])
    const printed = await evolve(['best', 'parts', '--runs-dir', runs])
    expect(splitFiles(printed.stdout).find(({ path: name }) => name === 'lib/part.ts')?.text).toBe(part)

    const next = await evolve(['prompt', 'parts', '--runs-dir', runs], { env })
    expect(next.stdout).toMatch(
      /^File `lib\/part\.ts`, all of which may change:\n\n```ts lib\/part\.ts\nexport function/m,
    )
    expect(next.stdout).toMatch(/^File `fixed\.ts`, which is fixed:/m)
    expect(next.stdout).toContain('its own files by their relative paths')
  } finally {
    await server.close()
  }
})

import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, test } from 'vitest'
import { evolve, root } from './e2e/cli.ts'

/** Code blocks of the README that carry a file name, as ```` ```ts my-file.ts ````. */
async function namedBlocks(): Promise<Map<string, string>> {
  const text = await readFile(path.join(root, 'README.md'), 'utf8')
  const blocks = text.matchAll(/^```\w+ (\S+)\n([\s\S]*?)^```$/gm)
  return new Map([...blocks].map((match) => [match[1] ?? '', match[2] ?? '']))
}

test("the README's own problem runs in an empty folder and gets better", async () => {
  const blocks = await namedBlocks()
  expect([...blocks.keys()].sort()).toEqual(['far-points.evaluator.ts', 'far-points.ts', 'far-points.yaml'])
  expect([...blocks.values()].join('').split('\n').length).toBeLessThanOrEqual(32)
  const folder = await mkdtemp(path.join(tmpdir(), 'evolve-readme-'))
  try {
    await mkdir(folder, { recursive: true })
    for (const [name, text] of blocks) await writeFile(path.join(folder, name), text)
    const check = await evolve(['check', 'far-points.yaml'], { cwd: folder })
    expect(check.stderr).toBe('')
    expect(check.code).toBe(0)
    const run = await evolve(['far-points.yaml', '--candidates', '200', '--seed', '1', '--json'], { cwd: folder })
    expect(run.code).toBe(0)
    const { first, best } = JSON.parse(run.stdout) as { first: number; best: number }
    expect(best).toBeGreaterThan(first)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})

test('the README shows the two commands and real commands only', async () => {
  const text = await readFile(path.join(root, 'README.md'), 'utf8')
  expect(text).toContain('npm ci && npx evolve problems/circle-packing.yaml')
  expect(text).toContain('npm ci && npm test')
  const help = (await evolve(['--help'])).stdout
  const verbs = [...text.matchAll(/npx evolve ([a-z]+)\b(?!\.yaml|\/|-)/g)].map((match) => match[1] ?? '')
  for (const verb of new Set(verbs)) expect(help, verb).toMatch(new RegExp(`^  ${verb}\\b`, 'm'))
})

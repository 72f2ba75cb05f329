import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parse } from 'yaml'
import { evolve, root } from './e2e/cli.ts'

let folder = ''
let text = ''

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'evolve-tutorial-'))
  text = await readFile(path.join(root, 'docs/tutorial.md'), 'utf8')
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** Splits a command line as a shell does, as far as the tutorial needs it. */
function wordsOf(line: string): string[] {
  return [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '')
}

test('the tutorial works in an empty folder, from its first command to its last', async () => {
  const outputs: Record<string, string> = {}
  const written: string[] = []
  for (const [, language = '', name, body = ''] of text.matchAll(/^```(\w+)(?: (\S+))?\n([\s\S]*?)^```$/gm)) {
    if (language !== 'sh') {
      if (name === undefined) continue
      await writeFile(path.join(folder, name), body)
      written.push(name)
      continue
    }
    for (const line of body.split('\n').filter((each) => each.startsWith('npx evolve '))) {
      const { code, stdout, stderr } = await evolve(wordsOf(line).slice(2), { cwd: folder })
      expect(stderr, line).toBe('')
      expect(code, line).toBe(0)
      outputs[line] = stdout
    }
  }
  expect(written).toEqual(['ruler/problem.yaml', 'ruler/program.ts', 'ruler/evaluator.ts', 'pairs.ts'])
  const run = outputs['npx evolve ruler/problem.yaml --candidates 300 --seed 1'] ?? ''
  const valueAt = (label: string): number => Number(new RegExp(`^ *${label} +([\\d.]+)`, 'm').exec(run)?.[1])
  expect(valueAt('best ')).toBeGreaterThan(valueAt('first value'))
  expect(run).toMatch(/gap closed +\d/)
  const check = outputs['npx evolve check ruler/problem.yaml'] ?? ''
  expect(check).toContain('are nearly as far apart')
  expect(outputs['npx evolve best ruler --diff']).toContain('@@')
  expect(outputs['npx evolve faster/problem.yaml --candidates 20 --seed 1']).toMatch(/speed_up, higher is better/)
})

test('the value that the tutorial calls known is that of the optimal ruler', () => {
  const yaml = /^```yaml ruler\/problem\.yaml\n([\s\S]*?)^```$/m.exec(text)?.[1] ?? ''
  const { known } = parse(yaml) as { known: { value: number }[] }
  const optimal = [0, 1, 5, 12, 25, 27, 35, 41, 44]
  const distances = optimal.flatMap((mark, i) => optimal.slice(0, i).map((other) => mark - other)).sort((a, b) => a - b)
  const steps = distances.slice(1).map((distance, i) => distance - distances[i]!)
  expect(Math.min(...steps) / 44).toBe(known[0]?.value)
})

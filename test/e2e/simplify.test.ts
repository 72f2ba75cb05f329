import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ask, evolve } from './cli.ts'

const evaluator = `import { defineEvaluator, z } from 'evolve-agent'
export default defineEvaluator({
  output: z.number(),
  cases: () => [3, 7, 12].map((n) => ({ id: 'n' + n, args: [n] })),
  score({ cases }) {
    let error = 0
    for (const each of cases) {
      if (!each.ok) return each.failure
      error += Math.abs(each.value - Number(each.id.slice(1)) * 4)
    }
    return { objectives: { error } }
  },
})
`
/** Four times n, with much that does nothing. */
const program = `// EVOLVE-BLOCK-START
// A table that nobody needs.
const table = [1, 2, 3, 0.123456789]

function unused(value) {
  return table[0] + value
}

export function f(n) {
  let sum = 0
  const twice = 2 * n
  for (let i = 0; i < 2; i++) {
    if (n > 1000) {
      sum -= table[1]
    } else {
      sum += Math.max(twice, -1)
    }
  }
  return sum + 0 * (n - 1)
}
// EVOLVE-BLOCK-END
`
const yaml = `name: lean
program: { file: program.js, entry: f }
evaluator: evaluator.ts
objectives: [{ name: error, direction: minimize }]
limits: { time: 1s }
search: { operators: { perturb: 1, simplify: 1 }, concurrency: 2 }
pipeline: { stages: [{ kind: parse }, { kind: dedupe }, { kind: run }, { kind: score }, { kind: describe }] }
`
let folder = ''
const runs = () => path.join(folder, 'runs')
const at = (name: string): string => path.join(folder, name)
const simplified = (args: readonly string[]) => evolve(['simplify', 'lean', '0', ...args, '--runs-dir', runs()])
const rows = (query: string) => ask(runs(), 'lean', query)

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'evolve-simplify-'))
  writeFileSync(at('program.js'), program)
  writeFileSync(at('evaluator.ts'), evaluator)
  writeFileSync(at('lean.yaml'), yaml)
  const { code, stderr } = await evolve([
    ...[at('lean.yaml'), '--no-llm', '--candidates', '40', '--seed', '5', '--run', 'lean', '--runs-dir', runs()],
  ])
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('evolve simplify', () => {
  test('the search has candidates of the operator, each shorter than its parent', async () => {
    const made = await rows(
      `select length(child.text) < length(parent.text) as shorter from programs as made
       join sources as child on child.id = made.source_id join edges on edges.child = made.ordinal and position = 0
       join programs as before on before.ordinal = edges.parent join sources as parent on parent.id = before.source_id
       where made.operator = 'simplify'`,
    )
    expect(made.length).toBeGreaterThan(5)
    expect(made.filter(({ shorter }) => shorter !== 1)).toEqual([])
  })

  test('stops at the bound, goes on from there, and leaves the search as it was', async () => {
    const search = await rows('select count(*) as programs, max(finished) as finished from programs')
    const first = await simplified(['--candidates', '5'])
    expect(first.stderr).toBe('')
    expect(first.stdout).toMatch(/attempts +5 tried, \d kept: more with --candidates 10/)
    const done = await simplified(['--json'])
    expect(done.stderr).toBe('')
    const told = JSON.parse(done.stdout) as Record<string, never>
    expect(told).toMatchObject({ ordinal: 0, ended: 'minimal', before: { objectives: { error: 0 } } })
    expect(told).toMatchObject({
      after: { objectives: { error: 0 } },
      written: path.join(runs(), 'lean/simplified-0.js'),
    })
    const text = readFileSync(path.join(runs(), 'lean/simplified-0.js'), 'utf8')
    expect(text).not.toMatch(/table|unused|1000|0 \*/)
    expect(text.length).toBeLessThan(200)
    const [kept] = await rows('select max(value) as worst from simplify_attempts where kept = 1')
    expect(kept?.['worst']).toBe(0)
    expect(await rows('select count(*) as programs, max(finished) as finished from programs')).toEqual(search)
    const replay = await evolve(['replay', 'lean', '--runs-dir', runs()])
    expect(replay.stdout).toContain('identical')
  })

  test('shows what came of it, and writes it where it is asked to', async () => {
    const written = await simplified(['--output', at('out/lean.js')])
    expect(written.stdout).toContain(`written   ${at('out/lean.js')}`)
    expect(readFileSync(at('out/lean.js'), 'utf8')).toBe(
      readFileSync(path.join(runs(), 'lean/simplified-0.js'), 'utf8'),
    )
    const show = await evolve(['show', 'lean', '0', '--runs-dir', runs()])
    expect(show.stdout).toMatch(/simplified\n.*characters/)
  })

  test('says in one line what it cannot work on', async () => {
    const unknown = await evolve(['simplify', 'lean', '4000', '--runs-dir', runs()])
    expect(unknown).toMatchObject({ code: 2, stdout: '' })
    expect(unknown.stderr).toContain('run lean has no program 4000')
    const [failed] = await rows("select ordinal from programs where state = 'failed' limit 1")
    if (failed !== undefined) {
      const refused = await evolve(['simplify', 'lean', String(failed['ordinal']), '--runs-dir', runs()])
      expect(refused).toMatchObject({ code: 2, stdout: '' })
      expect(refused.stderr).toContain('has no score that a shorter one could keep')
    }
    writeFileSync(at('evaluator.ts'), `${evaluator}// changed\n`)
    const changed = await simplified([])
    writeFileSync(at('evaluator.ts'), evaluator)
    expect(changed.code).toBe(2)
    expect(changed.stderr).toContain('the evaluator has changed since the run began')
  })
})

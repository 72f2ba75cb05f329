import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ask, evolve } from './cli.ts'

/** The search sees the sum at x = 2 only; the hold-out is worse the better that gets. */
const evaluator = `import { defineEvaluator, z } from 'evolve-agent'
export default defineEvaluator({
  output: z.number(),
  cases: ({ split }) => (split === 'search' ? [{ id: 'seen', args: [2] }] : [{ id: 'unseen', args: [-73] }]),
  score({ cases: [only] }) {
    return only.ok ? { objectives: { value: only.value } } : only.failure
  },
})
`
const program = `// EVOLVE-BLOCK-START
export function f(x) {
  const slope = 0.5
  return slope * x
}
// EVOLVE-BLOCK-END
`
const yaml = (holdout: string, evaluation = ''): string => `name: overfit
program: { file: program.js, entry: f }
evaluator: evaluator.ts
objectives: [{ name: value, direction: maximize }]
archive: { islands: 1, axes: [{ descriptor: source-length, range: [0, 1000], bins: 10 }] }
search: { operators: { perturb-literals: 1 }, concurrency: 2 }
${holdout}
${evaluation}
`
let folder = ''
const runs = () => path.join(folder, 'runs')
const at = (name: string): string => path.join(folder, name)

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'evolve-holdout-'))
  writeFileSync(at('program.js'), program)
  writeFileSync(at('evaluator.ts'), evaluator)
  writeFileSync(at('overfit.yaml'), yaml('holdout: {}'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('a problem with a hold-out', () => {
  test('says in the last lines that the champion is worse there than the first program', async () => {
    const flags = ['--no-llm', '--candidates', '30', '--seed', '5', '--runs-dir', runs()]
    const { code, stdout, stderr } = await evolve([at('overfit.yaml'), ...flags])
    expect(stderr).toBe('')
    expect(code).toBe(0)
    expect(stdout).toMatch(/hold-out +first -36\.5, best -\S+ \(program \d+\): WORSE than the first program there/)
  })

  test('never runs it during the search, and scores the first program and the champion only', async () => {
    const [row] = await ask(
      runs(),
      'overfit',
      `select (select count(*) from stage_runs where output like '%unseen%') as seen,
         (select count(*) from holdout_scores) as scored,
         (select max(ordinal) from holdout_scores) = (select ordinal from programs order by fitness desc, ordinal limit 1) as champion`,
    )
    expect(row).toEqual({ seen: 0, scored: 2, champion: 1 })
  })

  test('tells it in status and show, and keeps it when the run goes on', async () => {
    const flags = ['--runs-dir', runs()]
    expect((await evolve(['status', 'overfit', ...flags])).stdout).toMatch(/hold-out +first -36\.5, best -/)
    expect((await evolve(['show', 'overfit', '0', ...flags])).stdout).toMatch(/hold-out\n.*value[^]*-36\.5/)
    const [before] = await ask(runs(), 'overfit', 'select scored_at from holdout_scores where ordinal = 0')
    const again = await evolve(['resume', 'overfit', '--candidates', '60', ...flags])
    expect(again.stdout).toMatch(/hold-out +first -36\.5, best -/)
    expect(await ask(runs(), 'overfit', 'select scored_at from holdout_scores where ordinal = 0')).toEqual([before])
    const alone = await evolve(['holdout', 'overfit', '--json', ...flags])
    expect(JSON.parse(alone.stdout)).toMatchObject({ first: { ordinal: 0, value: -36.5 } })
  })

  test('is refused where nothing is run, with the line of the key', async () => {
    writeFileSync(at('none.yaml'), yaml('holdout: {}', 'evaluation: { backend: none }'))
    const { code, stderr } = await evolve([at('none.yaml'), '--no-llm', '--runs-dir', runs()])
    expect(code).toBe(2)
    expect(stderr).toMatch(/none\.yaml:7.*holdout: has no inputs to keep back/)
  })
})

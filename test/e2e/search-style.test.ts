import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import evaluator from '../../evaluators/heilbronn-convex-13.ts'
import type { Json } from '../../src/core/json.ts'
import type { Evaluator } from '../../src/evaluation/evaluator/define.ts'
import { scoreCases } from '../../src/evaluation/evaluator/score-cases.ts'
import { ask, evolve } from './cli.ts'

let runs = ''
beforeAll(async () => {
  runs = await mkdtemp(path.join(tmpdir(), 'evolve-search-style-'))
})
afterAll(() => rm(runs, { recursive: true, force: true }))

test('a search-style problem starts from the best so far, and its best object scores the same when checked alone', async () => {
  const { code } = await evolve([
    ...['problems/heilbronn-convex-13.yaml', '--no-llm', '--candidates', '12', '--seed', '3'],
    ...['--run', 'search', '--runs-dir', runs],
  ])
  expect(code).toBe(0)
  const [best] = await ask(runs, 'search', 'select ordinal, value from best_so_far order by seq desc limit 1')
  const [first] = await ask(runs, 'search', 'select value from best_so_far order by seq limit 1')
  expect(Number(best?.['value'])).toBeGreaterThan(Number(first?.['value']))
  const [{ given } = {}] = await ask(runs, 'search', 'select count(*) as given from warm_starts')
  expect(given).toBeGreaterThan(0)

  const [kept] = await ask(
    runs,
    'search',
    `select value from artifacts where ordinal = ${String(best?.['ordinal'])} and name = 'points'`,
  )
  const alone = {
    evaluator: evaluator as Evaluator,
    cases: evaluator.cases({ rng: {} as never, split: 'search' }),
    objectives: ['smallest_share'],
    evaluatorPath: 'heilbronn-convex-13.ts',
    source: '',
  }
  const value = JSON.parse(String(kept?.['value'])) as Json
  const outcome = await scoreCases(alone, [{ id: 'n13', ok: true, value, ms: 1 }])
  expect(outcome).toMatchObject({ ok: true, scored: { objectives: { smallest_share: best?.['value'] } } })
})

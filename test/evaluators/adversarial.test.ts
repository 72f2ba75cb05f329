import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Case } from '../../src/core/evaluation.ts'
import type { EvaluatorBackend } from '../../src/evaluation/backend.ts'
import { bundleEvaluator } from '../../src/evaluation/evaluator/bundle.ts'
import { createIsolateBackend } from '../../src/evaluation/isolate/backend.ts'
import type { ScoreOutcome, TrustedPool } from '../../src/evaluation/trusted-pool.ts'
import { createTrustedPool } from '../../src/evaluation/trusted/pool.ts'

const folder = path.resolve(import.meta.dirname, '../fixtures/adversarial')
const evaluatorPath = path.resolve(import.meta.dirname, '../../evaluators/circle-packing.ts')
const limits = { timeMs: 5_000, memoryBytes: 256 * 2 ** 20, outputBytes: 2 ** 20, consoleBytes: 1_000 }

let work: string
let pool: TrustedPool
let backend: EvaluatorBackend
let cases: readonly Case[]

beforeAll(async () => {
  work = await mkdtemp(path.join(os.tmpdir(), 'evolve-adversarial-'))
  const { file } = await bundleEvaluator(evaluatorPath, work)
  pool = createTrustedPool({
    evaluatorFile: file,
    evaluatorPath,
    form: { language: 'javascript', entry: 'pack' },
    objectives: ['sum_radii'],
    threads: 1,
  })
  backend = createIsolateBackend({ hosts: 1 })
  cases = await pool.cases('adversarial', 'search')
})

afterAll(async () => {
  await Promise.all([pool.close(), backend.close()])
  await rm(work, { recursive: true })
})

/** The whole way of a candidate: parse, run in an isolate, score. */
async function evaluate(file: string): Promise<ScoreOutcome> {
  const parsed = await pool.parse(await readFile(file, 'utf8'))
  if (!parsed.ok) throw new Error(`a fixture must parse: ${parsed.failure.message}`)
  const { code } = parsed.parsed
  const signal = new AbortController().signal
  const report = await backend.run({ code, entry: 'pack', cases, limits, seed: 'adversarial' }, signal)
  return pool.score(report.cases, '')
}

describe('a candidate that cheats', async () => {
  it.each(await readdir(path.join(folder, 'invalid')))('is refused: %s', async (name) => {
    const outcome = await evaluate(path.join(folder, 'invalid', name))
    const kinds = name === 'throws-data.js' ? ['threw'] : ['invalid-output', 'constraint-violated']
    expect(outcome.ok).toBe(false)
    expect(kinds).toContain(!outcome.ok && outcome.failure.kind)
    expect(!outcome.ok && outcome.failure.message).toMatch(/^.{10,300}$/)
  })
})

describe('a candidate whose trick changes nothing', async () => {
  /** 25 circles of radius 0.0999 and one of 0.0414, as the fixtures return them. */
  const honest = 25 * 0.0999 + 0.0414

  it.each(await readdir(path.join(folder, 'harmless')))('gets what its data is worth at most: %s', async (name) => {
    const outcome = await evaluate(path.join(folder, 'harmless', name))
    if (outcome.ok) expect(outcome.scored.objectives['sum_radii']).toBeLessThanOrEqual(honest + 1e-12)
    else expect(outcome.failure.kind).toBe('invalid-output')
  })

  it('loses nothing by a patched prototype', async () => {
    const outcome = await evaluate(path.join(folder, 'harmless', 'patched-prototypes.js'))
    expect(outcome.ok && outcome.scored.objectives['sum_radii']).toBeCloseTo(honest, 12)
  })
})
